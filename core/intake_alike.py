"""疑似重复: how likely two reports tell of one event, by space, time, class and words. An officer decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.intake_words import bigrams, likeness

_SPACE, _TIME, _CLASS, _WORDS = 0.3, 0.2, 0.2, 0.3
_SAME_GROUP = 0.5
"""Of the points for the class: a fire and an alarm are of one group."""
_UNRELATED_WORDS = 0.3
"""Classes that have nothing in common are one event only where as much is said alike: who took the call may
have chosen the wrong class."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """A row of db/data/duplicate_rules.csv: within what two reports of a class may be one; `least` is the
    score from which they are told."""

    prefix: str
    metres: float
    minutes: float
    least: float


@dataclass(frozen=True, slots=True)
class Told:
    """What is compared of a report."""

    id: str
    class_code: str
    class_group: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` 0-1 and its reasons: metres apart, minutes apart, how the classes are related ("class",
    "group", ""), share of common words."""

    id: str
    score: float
    metres: float
    minutes: float
    related: str
    words: float


def rule_for(class_code: str, rules: Iterable[Nearness]) -> Nearness | None:
    """The row with the longest fitting prefix."""
    fitting = [rule for rule in rules if class_code.startswith(rule.prefix)]
    return max(fitting, key=lambda rule: len(rule.prefix), default=None)


def compare(one: Told, others: Sequence[tuple[Told, float]], rule: Nearness) -> list[Likeness]:
    """The likely ones, best first; with each of `others` the metres between them."""
    pairs = bigrams(one.text)
    found = [_likeness(one, pairs, other, metres, rule) for other, metres in others]
    kept = [each for each in found if each is not None and each.score >= rule.least]
    return sorted(kept, key=lambda each: (-each.score, each.id))


def _likeness(
    one: Told, pairs: frozenset[str], other: Told, metres: float, rule: Nearness
) -> Likeness | None:
    minutes = abs((one.at - other.at).total_seconds()) / 60
    if metres > rule.metres or minutes > rule.minutes:
        return None
    words = likeness(pairs, bigrams(other.text))
    related = "class" if one.class_code == other.class_code else ""
    related = related or ("group" if one.class_group == other.class_group else "")
    if not related and words < _UNRELATED_WORDS:
        return None
    score = (
        _SPACE * (1 - metres / rule.metres)
        + _TIME * (1 - minutes / rule.minutes)
        + _CLASS * {"class": 1.0, "group": _SAME_GROUP}.get(related, 0.0)
        + _WORDS * words
    )
    return Likeness(other.id, round(score, 3), round(metres, 1), round(minutes, 1), related, round(words, 2))
