"""Figures by area: incidents, and what base grids say of themselves, summed up the tree of grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Double,
    Select,
    cast,
    extract,
    func,
    select,
)

from core.masking import HIDDEN_BELOW, PEOPLE
from core.model import DONE, OPEN
from db.places import lies_in
from db.tables import Time, incident
from db.tables_places import grid

Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Span:
    """Incidents of a realm reported within since..until (half open), of one class or of all."""

    realm: str
    since: datetime
    until: datetime
    class_code: str | None = None


def tiers(conn: Connection, area: str) -> list[int]:
    """The tiers that have grids in an area, the widest first."""
    query = select(grid.c.tier).where(lies_in(grid.c.code, area)).distinct()
    return list(conn.scalars(query.order_by(grid.c.tier)))


def names(conn: Connection, tier: int, areas: Sequence[str]) -> dict[str, str]:
    """Code → name of the grids of a tier that lie in all of these areas."""
    query = select(grid.c.code, grid.c.name).where(
        grid.c.tier == tier, *(lies_in(grid.c.code, a) for a in areas)
    )
    return {row.code: row.name for row in conn.execute(query.order_by(grid.c.code))}


def _above(tier: int) -> CTE:
    """Which grid of `tier` each grid lies in, itself for those of the tier: columns `low` and `code`.

    By the parents that grids name and not by their codes: not every city's codes are hierarchical.
    """
    start = select(grid.c.code.label("low"), grid.c.code, grid.c.parent, grid.c.tier)
    way = start.where(grid.c.tier >= tier).cte("way", recursive=True)
    over = grid.alias("over")
    step = select(way.c.low, over.c.code, over.c.parent, over.c.tier).join(way, over.c.code == way.c.parent)
    way = way.union_all(step.where(over.c.tier < way.c.tier, over.c.tier >= tier))
    return select(way.c.low, way.c.code).where(way.c.tier == tier).cte("above")


_DOC = incident.c.doc
_DISPATCHED = cast(_DOC["dispatched_at"].astext, Time)
_ARRIVED_S = cast(_DOC["arrivals"][0]["seconds"].astext, Double)
_OVER = _DOC["deadline"]["state"].astext == "over"


def _share(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """Of all rows; null counts as no."""
    return cast(func.count().filter(condition), Double) / func.count()


def _median(seconds: ColumnElement[Any]) -> ColumnElement[Any]:
    """Null where no row has a value."""
    return func.percentile_cont(0.5).within_group(seconds)


_FIGURES: dict[str, ColumnElement[Any]] = {
    "count": func.count(),
    "closed": _share(incident.c.status.in_(sorted(DONE))),
    "overdue": _share(_OVER),
    "dispatch": _median(extract("epoch", _DISPATCHED - incident.c.reported_at)),
    "arrival": _median(_ARRIVED_S),
}
"""What is worked out of the incidents of an area. Shares are 0..1, medians seconds."""


def incidents(conn: Connection, tier: int, figure: str, span: Span) -> Values:
    """A figure of the incidents reported within the period, by grid of the tier."""
    query = _by_area(tier, figure, span)
    return _values(
        conn, query.where(incident.c.reported_at >= span.since, incident.c.reported_at < span.until)
    )


def open_incidents(conn: Connection, tier: int, figure: str, span: Span) -> Values:
    """A figure of the incidents that are open now, whenever they came in."""
    return _values(conn, _by_area(tier, figure, span).where(incident.c.status.in_(sorted(OPEN))))


def _by_area(tier: int, figure: str, span: Span) -> Select[Any]:
    """By the grid an incident happened in, or by its area where that grid is no more."""
    above = _above(tier)
    own, wide = above.alias("own"), above.alias("wide")
    code = func.coalesce(own.c.code, wide.c.code)
    joined = incident.outerjoin(own, own.c.low == incident.c.grid).outerjoin(
        wide, wide.c.low == incident.c.area
    )
    query = select(code.label("code"), _FIGURES[figure].label("value")).select_from(joined)
    query = query.where(incident.c.realm == span.realm, code.is_not(None)).group_by(code)
    return query.where(incident.c["class"] == span.class_code) if span.class_code else query


def _values(conn: Connection, query: Select[Any]) -> Values:
    return {row.code: float(row.value) for row in conn.execute(query) if row.value is not None}


def grid_sums(conn: Connection, tier: int, *fields: str) -> Values:
    """What the base grids say of themselves, summed up; areas whose base grids say nothing are left out, and
    people and households where they are fewer than HIDDEN_BELOW."""
    above = _above(tier)
    finest = select(func.max(grid.c.tier)).scalar_subquery()
    each = [cast(grid.c.props[field].astext, Double) for field in fields]
    total = func.sum(sum((func.coalesce(value, 0.0) for value in each[1:]), each[0]))
    query = select(above.c.code, total.label("value")).join(grid, grid.c.code == above.c.low)
    found = _values(conn, query.where(grid.c.tier == finest).group_by(above.c.code))
    if PEOPLE.isdisjoint(fields):
        return found
    return {code: value for code, value in found.items() if value >= HIDDEN_BELOW}
