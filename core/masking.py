"""What may be shown of persons on a screen: of a reporter enough to tell two apart, too little to know who;
of those who live somewhere their number, where they are not few."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN_BELOW = 5
"""Counts of people and of households under this are not told: few are as good as named (domain.md §7)."""
PEOPLE = frozenset({"population", "households"})
"""Properties of grids that count them."""

_PERSONAL = re.compile(r"(?<![0-9])(?:[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})(?![0-9])")
"""Numbers of identity cards and of mobile telephones."""


def without_numbers(text: str) -> str:
    """Words somebody wrote, without the numbers by which a person could be called or known."""
    return _PERSONAL.sub(lambda found: "*" * len(found.group()), text)


def mask_name(name: str) -> str:
    """陈志强 → 陈**; a single character is hidden whole."""
    text = name.strip()
    if len(text) < 2:
        return "*" * len(text)
    return text[0] + "*" * min(len(text) - 1, 6)


def mask_phone(phone: str) -> str:
    """13812342207 → 138****2207; shorter numbers keep their last two digits, very short ones nothing."""
    text = "".join(phone.split())
    if len(text) >= 11:
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    if len(text) >= 7:
        return "*" * (len(text) - 2) + text[-2:]
    return "*" * len(text)


def mask_reporter(name: str | None, phone: str | None) -> str | None:
    """The one line that stands in the log and on the card; None when nothing was given."""
    parts = [mask_name(name or ""), mask_phone(phone or "")]
    return " ".join(part for part in parts if part) or None


def without_few(props: Mapping[str, Any]) -> dict[str, Any]:
    """A grid's properties without counts of people that are too small to tell."""
    return {name: value for name, value in props.items() if name not in PEOPLE or not _is_few(value)}


def unless_few(count: int) -> int | None:
    """A count of people, None where they are few; nobody at all is told."""
    return None if 0 < count < HIDDEN_BELOW else count


def _is_few(count: Any) -> bool:
    return isinstance(count, (int, float)) and count < HIDDEN_BELOW
