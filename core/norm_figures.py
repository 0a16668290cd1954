"""定额与标准: which figures a city may set, within which bounds, and what must fit together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from core.errors import Refusal


class NormOutOfBounds(Refusal):
    """params: low, high."""

    code = "norm_out_of_bounds"


class NormNotWhole(Refusal):
    """Half a person, half a day; params: value."""

    code = "norm_not_whole"


class NormContradicts(Refusal):
    """It does not fit another figure of the norm; params: rule (which one is broken), other (its value)."""

    code = "norm_contradicts"


class NormChangedMeanwhile(Refusal):
    """Somebody else set it since it was read; params: value (as it is now)."""

    code = "norm_changed_meanwhile"


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of a table of norms that a city may set."""

    field: str
    low: float
    high: float
    whole: bool = False


_DAY_S = 86_400
_PEOPLE_MOST = 1_000
FIGURES: dict[str, tuple[Figure, ...]] = {
    "stock": (Figure("quantity", 0.001, 1e9),),
    "posts": (Figure("officers", 0, _PEOPLE_MOST, whole=True),
              Figure("auxiliaries", 0, _PEOPLE_MOST, whole=True), Figure("share", 0, 1)),
    "sensors": (
        Figure("limit", -1e6, 1e6), Figure("clear", -1e6, 1e6),
        Figure("hold_s", 0, _DAY_S), Figure("stale_s", 1, 31 * _DAY_S),
    ),
    "patrols": (Figure("days", 1, 366, whole=True), Figure("sensitive_days", 1, 366, whole=True)),
    "sites": (Figure("value", 0, 1e6),),
    "kpis": (Figure("weight", 0, 1000),),
    "drill_levels": (
        Figure("share", 0, 1), Figure("key_weight", 0, 1000), Figure("key_failed", 0, 999, whole=True),
        Figure("mark", 0, 5), Figure("mend_days", 1, 366, whole=True),
    ),
}  # fmt: skip
"""Table → its figures; the rows are in the database (`db.norms`)."""

ORDERED = (("staff_least", "staff_most"), ("households_least", "households_most"))
"""Rows of `sites` of which the first is at most the second."""
WHOLE_SITES = frozenset({"staff_managers", *(name for pair in ORDERED for name in pair)})


def check_value(table: str, row: Mapping[str, Any], field: str, value: float) -> None:
    """Raises NormOutOfBounds, NormNotWhole. `field` is one of the table's figures."""
    figure = next(one for one in FIGURES[table] if one.field == field)
    if not figure.low <= value <= figure.high:
        raise NormOutOfBounds(low=f"{figure.low:g}", high=f"{figure.high:,.0f}")
    whole = figure.whole or (table == "sites" and row["name"] in WHOLE_SITES)
    if whole and value != int(value):
        raise NormNotWhole(value=f"{value:g}")


def check_fit(table: str, row: Mapping[str, Any], others: Mapping[str, float]) -> None:
    """Whether the figures of a row as it shall be fit together; `others`: what the rows of `sites` or `kpis`
    say, by name.

    Raises NormContradicts.
    """
    if table == "sensors" and None not in (row["limit"], row["clear"]):
        good = row["clear"] <= row["limit"] if row["above"] else row["clear"] >= row["limit"]
        if not good:
            raise NormContradicts(rule="clear_below" if row["above"] else "clear_above", other=row["limit"])
    if table == "patrols" and row["sensitive_days"] > row["days"]:
        raise NormContradicts(rule="denser", other=row["days"])
    if table == "sites":
        _check_order(str(row["name"]), {**others, str(row["name"]): row["value"]})
    if table == "kpis" and not sum({**others, str(row["kpi"]): row["weight"]}.values()):
        raise NormContradicts(rule="weighty", other=0)


_MILDER = frozenset({"share", "mark"})
"""What a worse level of drills wants no more of than a better one; the worst wants nothing, so that whatever
happens has a level."""


def check_levels(rows: Iterable[Mapping[str, Any]], field: str) -> None:
    """Whether a figure of the levels of drills fits with the others, `rank` 1 being the best.

    Raises NormContradicts.
    """
    if field not in _MILDER:
        return
    wanted = [float(row[field]) for row in sorted(rows, key=lambda row: int(row["rank"]))]
    for better, worse in pairwise(wanted):
        if worse > better:
            raise NormContradicts(rule="milder", other=f"{better:g}")
    if wanted[-1]:
        raise NormContradicts(rule="milder", other=0)


def _check_order(name: str, values: Mapping[str, float]) -> None:
    for least, most in ORDERED:
        if name in (least, most) and values[least] > values[most]:
            other = most if name == least else least
            raise NormContradicts(rule="order", other=f"{values[other]:g}")
