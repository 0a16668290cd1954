"""Hierarchical codes: a place belongs to an area when its code begins with the area's.

Lengths are configuration (国标 sources differ): county 6, town 9, community 12, base grid 15. A code of
another shape ("G-0001", a city that has none) stands for itself alone.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeScheme:
    """Lengths of the codes of tier 0 (county), 1 (town), 2 (community), 3 (base grid)."""

    lengths: tuple[int, ...] = (6, 9, 12, 15)

    def tier(self, code: str) -> int | None:
        """0 to 3, or None when the code is not hierarchical."""
        if code.isascii() and code.isdigit() and len(code) in self.lengths:
            return self.lengths.index(len(code))
        return None

    def parent(self, code: str) -> str | None:
        """The code one tier up; None at the top and for codes that are not hierarchical."""
        tier = self.tier(code)
        return code[: self.lengths[tier - 1]] if tier else None

    def prefixes(self, code: str) -> tuple[str, ...]:
        """The areas that contain the code, widest first, the code itself last."""
        tier = self.tier(code)
        if tier is None:
            return (code,)
        return tuple(code[:length] for length in self.lengths[: tier + 1])

    def within(self, code: str, area: str) -> bool:
        """Whether `code` lies in `area` ("" is the whole city; a city prefix such as 9901 works too)."""
        if code == area or not area:
            return True
        return self.tier(code) is not None and area.isdigit() and code.startswith(area)


STANDARD = CodeScheme()


def made_code(letter: str, number: int) -> str:
    """A stable code for a city that has none: G-0001, G-0002, …"""
    return f"{letter}-{number:04d}"
