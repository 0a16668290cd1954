"""Cells of run cards: kinds of units, levels also by their numerals."""

from __future__ import annotations

import re
from typing import Any

from geo import values
from geo.kinds import UNIT_KINDS

_LEVELS = {"Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "I": 1, "II": 2, "III": 3, "IV": 4, "全部": 0, "所有": 0}
MOST_UNITS = 50


def words(cell: Any) -> str:
    """Words apart by commas or spaces → apart by spaces."""
    return " ".join(part for word in values.words(cell) for part in word.split())


def kinds(cell: Any) -> str:
    """Kinds of units. Raises ValueError for what is none."""
    found = words(cell)
    if not found or not set(found.split()) <= set(UNIT_KINDS):
        raise ValueError(found)
    return found


def level(cell: Any) -> int:
    """1 to 4, Ⅰ级 to Ⅳ级; 0 = all, or none."""
    said = re.sub(r"级$", "", values.text(cell))
    found = _LEVELS[said] if said in _LEVELS else values.whole(said)
    if not 0 <= found <= 4:
        raise ValueError(said)
    return found


def number(cell: Any) -> int:
    found = values.whole(cell)
    if not 1 <= found <= MOST_UNITS:
        raise ValueError(str(found))
    return found


def amount(cell: Any) -> float:
    """More than nothing."""
    found = values.number(cell)
    if not 0 < found <= 1e6:
        raise ValueError(str(found))
    return found


def weight(cell: Any) -> float:
    """Nothing, or more."""
    found = values.number(cell)
    if not 0 <= found <= 1e5:
        raise ValueError(str(found))
    return found
