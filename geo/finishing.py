"""What a file leaves out: codes, names, tiers, parents. Whatever is made up is said in a note."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

import shapely

from geo.codes import STANDARD, CodeScheme, made_code
from geo.kinds import Kind
from geo.problems import Problem, note
from geo.table import Row

_WITH_COUNTRY = re.compile(r"156[1-8]\d{5}")
#: The tier of a city that has but one.
ONLY_TIER = 3


def finish(rows: list[Row], kind: Kind, problems: list[Problem], scheme: CodeScheme = STANDARD) -> None:
    """Complete rows in place; duplicates of a code are errors."""
    if kind.name == "grids":
        _drop_country(rows, problems)
    if kind.letter:
        _fill_codes(rows, kind.letter, problems)
        _fill_names(rows, problems)
        _refuse_duplicates(rows, problems)
    if kind.name == "grids":
        _fill_tiers([row for row in rows if row["special"] is None], problems, scheme)
        for row in rows:
            row["parent"] = row["parent"] or scheme.parent(row["code"])
            row["geom"] = _multi(row["geom"])


def _drop_country(rows: list[Row], problems: list[Problem]) -> None:
    """National map files write a county as 156 (China in ISO 3166-1) and its six digits, in a column `gb`.

    No division code of GB/T 2260 begins so: 15 is Inner Mongolia, which has no prefecture 63 to 68."""
    if all(row["code"] and _WITH_COUNTRY.fullmatch(row["code"]) for row in rows):
        for row in rows:
            row["code"] = row["code"].removeprefix("156")
        problems.append(note("country_dropped", count=len(rows), first=rows[0]["code"]))


def _fill_codes(rows: list[Row], letter: str, problems: list[Problem]) -> None:
    """Numbered in the order of the file, so that the same file gives the same codes."""
    missing = [row for row in rows if row["code"] is None]
    given = {row["code"] for row in rows}
    free = (code for number in count(1) if (code := made_code(letter, number)) not in given)
    for row, code in zip(missing, free, strict=False):
        row["code"] = code
    if missing:
        made = {"first": missing[0]["code"], "last": missing[-1]["code"], "count": len(missing)}
        problems.append(note("codes_made", **made))


def _fill_names(rows: list[Row], problems: list[Problem]) -> None:
    missing = [row for row in rows if row["name"] is None]
    for row in missing:
        row["name"] = row["code"]
    if missing:
        problems.append(note("names_made", count=len(missing)))


def _refuse_duplicates(rows: Sequence[Row], problems: list[Problem]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        seen = first.setdefault(row["code"], row["row"])
        if seen != row["row"]:
            params = {"value": row["code"], "first": seen}
            problems.append(Problem("code_duplicate", row["row"], "code", params=params))


def _fill_tiers(rows: Sequence[Row], problems: list[Problem], scheme: CodeScheme) -> None:
    assumed = 0
    for row in _without(rows, "tier"):
        tier = scheme.tier(row["code"])
        assumed += tier is None
        row["tier"] = ONLY_TIER if tier is None else tier
    if assumed:
        problems.append(note("tier_assumed", count=assumed, tier=ONLY_TIER))


def _without(rows: Sequence[Row], field: str) -> Iterator[Row]:
    return (row for row in rows if row[field] is None)


def _multi(geometry: shapely.Geometry | None) -> shapely.Geometry | None:
    return shapely.MultiPolygon([geometry]) if isinstance(geometry, shapely.Polygon) else geometry
