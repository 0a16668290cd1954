"""What words say: of what class an event may be and how grave, proposed to the officer, never decided.

The words are rows of db/data/intake_rules.csv; the longest word at a spot counts there, so that 灭火器 is not
a fire.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.cap_rules import Word

SURE = 0.5
"""A proposal with this score may stand where the source gave no class."""
_CLASSES, _NOT, _LEVEL, _GRADE = "class_word", "no_word", "severity_word", "grade"


@dataclass(frozen=True, slots=True)
class ClassProposal:
    """`score` 0-1; `why` are the words that speak for it, as they stand in the text."""

    code: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelProposal:
    """1-4, and what was said that makes it so."""

    level: int
    why: tuple[str, ...]


def normal(text: str) -> str:
    """Narrow, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def classes_of(text: str, words: Sequence[Word], most: int = 3) -> list[ClassProposal]:
    """The likeliest classes, best first: weights of the words found, as a share of what all of them have,
    drawn in where little was found."""
    wanted = {word.word.lower(): word for word in words if word.kind in (_CLASSES, _NOT)}
    meanings: dict[str, list[Word]] = {}
    for word in words:
        if word.kind == _CLASSES:
            meanings.setdefault(word.word.lower(), []).append(word)
    found = dict.fromkeys(_hits(normal(text), wanted))
    scores: dict[str, float] = {}
    why: dict[str, list[str]] = {}
    for hit in found:
        for word in meanings.get(hit, ()):
            scores[word.value] = scores.get(word.value, 0.0) + word.weight
            why.setdefault(word.value, []).append(hit)
    total = sum(scores.values())
    ranked = sorted(scores, key=lambda code: (-scores[code], code))[:most]
    return [
        ClassProposal(code, round(scores[code] / total * min(1.0, scores[code]), 2), tuple(why[code]))
        for code in ranked
    ]


def _hits(text: str, words: Iterable[str]) -> list[str]:
    """Words found from left to right, the longest at each spot, none inside another."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.findall("|".join(map(re.escape, longest_first)), text) if longest_first else []


_CHINESE = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMBER = r"(\d{1,5}|[零〇一二两三四五六七八九十百]{1,7})"
_COUNT = r"{number}\s*(?:余|多)?\s*(?:名|个|位)?\s*(?:人|群众|居民|工人|学生)?\s*(?:{words})"
_COUNT_AFTER = r"(?:{words})\s*(?:人数)?\s*{number}\s*(?:余|多)?\s*(?:名|个|位)?\s*人"


def level_of(text: str, words: Sequence[Word]) -> LevelProposal | None:
    """The gravest of what is said: counts of dead and hurt by the table of grades, words by theirs."""
    said = normal(text)
    levels = {word.word.lower(): word for word in words if word.kind == _LEVEL}
    told = [(int(levels[hit].value), hit) for hit in _hits(said, levels)]
    told += list(_graded(said, words))
    if not told:
        return None
    gravest = min(level for level, _ in told)
    why = dict.fromkeys(reason for level, reason in told if level == gravest)
    return LevelProposal(gravest, tuple(why))


def _graded(said: str, words: Sequence[Word]) -> list[tuple[int, str]]:
    """Grades (`word` = words with |, `weight` = at least so many): the first that is reached, per measure."""
    told: list[tuple[int, str]] = []
    rows = [word for word in words if word.kind == _GRADE]
    for measure in dict.fromkeys(row.word for row in rows):
        counts = _counts(said, measure)
        grades = sorted((row for row in rows if row.word == measure), key=lambda row: -row.weight)
        for count, reason in counts:
            reached = next((row for row in grades if count >= row.weight), None)
            if reached is not None:
                told.append((int(reached.value), reason))
    return told


def _counts(said: str, measure: str) -> list[tuple[int, str]]:
    found = []
    for pattern in (_COUNT, _COUNT_AFTER):
        shaped = pattern.replace("{number}", _NUMBER).replace("{words}", measure)
        found += [(number_of(match[1]), match[0]) for match in re.finditer(shaped, said)]
    return found


def number_of(text: str) -> int:
    """12, 十二, 三十, 一百二十; what is no number is 0."""
    if text.isascii():
        return int(text)
    whole = part = 0
    for sign in text:
        if sign in _CHINESE:
            part = _CHINESE[sign]
        else:
            whole += (part or 1) * {"十": 10, "百": 100}[sign]
            part = 0
    return whole + part


# --- likeness --------------------------------------------------------------------------------------------

_SIGNS = re.compile(r"[\W_]+")


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters without signs: what Chinese has in place of words."""
    plain = _SIGNS.sub("", normal(text))
    return frozenset(one + other for one, other in pairwise(plain)) or frozenset([plain] if plain else [])


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient: 0 nothing in common, 1 the same pairs."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
