"""Offices (责任单位): who is accountable, a department in an area, written `DEPT@AREA`.

"@990101001" is the desk of that town itself, "chengguan@990101" a county's city management, "gongan@" the
city's police and "@" the city's command centre. Levels (网格 → 村居 → 镇街 → 区县 → 市) follow the length of
the division code (domain.md §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Level = Literal["grid", "community", "town", "county", "city"]
LEVELS: tuple[Level, ...] = ("grid", "community", "town", "county", "city")

#: Lengths at which a division or grid code may be cut: province, city, county, town, community, base grid.
AREA_LENGTHS = (2, 4, 6, 9, 12, 15)


@dataclass(frozen=True, slots=True)
class Office:
    dept: str = ""
    area: str = ""

    def __str__(self) -> str:
        return f"{self.dept}@{self.area}"

    @property
    def level(self) -> Level:
        """How high it stands; an area whose code is no division counts as a base grid."""
        if not self.area:
            return "city"
        if not is_division(self.area):
            return "grid"
        steps: dict[int, Level] = {12: "community", 9: "town", 6: "county", 4: "city", 2: "city"}
        return steps.get(len(self.area), "grid")

    def above(self) -> Office | None:
        """The desk one level up, where what is not done in time goes (小事不出村, 大事不出镇)."""
        if not self.area:
            return Office() if self.dept else None
        cut = [area for area in prefixes(self.area)[:-1] if len(area) not in (2, 4)]
        return Office("", cut[-1])


CITY_DESK = Office()


@lru_cache(maxsize=65536)
def parse(text: str) -> Office:
    """The office of its text; without a department's mark it is an area's desk."""
    dept, _, area = text.rpartition("@")
    return Office(dept, area)


@lru_cache(maxsize=65536)
def prefixes(area: str) -> tuple[str, ...]:
    """Every area that contains this one, widest first, itself last: ("", "99", "9901", …, "990101001").

    Codes that are not divisions (a city that has only "G-0001") contain nothing but themselves, so that
    "G-1" never sees "G-10".
    """
    if not area:
        return ("",)
    if not is_division(area):
        return ("", area)
    cuts = [area[:length] for length in AREA_LENGTHS if length < len(area)]
    return ("", *cuts, area)


def is_division(area: str) -> bool:
    """Whether the code is a division's, or a base grid's made of one."""
    longest = AREA_LENGTHS[-1]
    return area.isascii() and area.isdigit() and (len(area) in AREA_LENGTHS or len(area) > longest)


@lru_cache(maxsize=65536)
def keys(offices: tuple[str, ...]) -> frozenset[str]:
    """Every scope but the whole city's that reaches something through its offices: areas ("9901") and
    departments in areas ("chengguan@", "chengguan@9901")."""
    found: set[str] = set()
    for office in map(parse, offices):
        wide = prefixes(office.area)
        found.update(area for area in wide if area)
        if office.dept:
            found.update(f"{office.dept}@{area}" for area in wide)
    return frozenset(found)
