"""演练评定: 优秀, 良好, 合格, 不合格 by rules that a city sets (`db/data/drill_levels.csv`). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from core.drill_score import FAILED, Measured, Score

Condition = Literal["share", "key", "mark"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a drill needs for a level: at least `share` (0…1) of its indicators met, by weight; of its key
    indicators, which are those of weight `key_weight` and more, at most `key_failed` (None = any number) not
    met; evaluators' marks of at least `mark` (1 to 5) in the mean, where they gave any.

    `rank` 1 is the best level; `mend_days` is how long its findings may take (整改期限).
    """

    code: str
    name: str
    name_en: str
    rank: int
    share: float
    key_weight: float
    key_failed: int | None
    mark: float
    mend_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Lack:
    """Why it is not the next better level: `found` where the rule wants `wanted`."""

    condition: Condition
    found: float
    wanted: float


@dataclass(frozen=True, slots=True)
class Grade:
    """`lacks`: what the level above would have wanted, none at the best. `key_failed`: key indicators that
    were not met."""

    rule: Rule
    share: float
    mark: float | None
    key_failed: tuple[Measured, ...]
    lacks: tuple[Lack, ...]


def grade(score: Score, rules: Iterable[Rule]) -> Grade | None:
    """None while the drill runs, when it was aborted, and where nothing was measured: these have no level."""
    share = score.share
    if score.ended is None or score.aborted or share is None:
        return None
    lacks: tuple[Lack, ...] = ()
    for rule in sorted(rules, key=lambda one: one.rank):
        failed = _failed(score, rule)
        missing = tuple(_lacks(rule, share, score.mark, len(failed)))
        if not missing:
            return Grade(rule, share, score.mark, failed, lacks)
        lacks = missing
    return None


def is_key(one: Measured, rule: Rule) -> bool:
    """关键指标."""
    return one.indicator.weight >= rule.key_weight


def _failed(score: Score, rule: Rule) -> tuple[Measured, ...]:
    return tuple(one for one in score.indicators if one.state in FAILED and is_key(one, rule))


def _lacks(rule: Rule, share: float, mark: float | None, failed: int) -> Iterator[Lack]:
    if share < rule.share:
        yield Lack("share", share, rule.share)
    if rule.key_failed is not None and failed > rule.key_failed:
        yield Lack("key", failed, rule.key_failed)
    if mark is not None and mark < rule.mark:
        yield Lack("mark", mark, rule.mark)
