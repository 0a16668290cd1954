"""Figures of past and present incidents out of the guard table: the same as `core.kpi` says of the fold.

Incidents are counted by their marks (`core.kpi.Marks`), so that what a count means stands in one place. All
columns that are looked at stand in the index `ix_incident_kpi`: the table itself is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Date,
    Double,
    FromClause,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from core.kpi import INTERVALS, NEVER_OURS, QUANTILES, Interval, Marks, Spread, told
from core.permissions import Scope
from db.scoping import incident_seen, lies_in
from db.shipped import put_shipped
from db.tables import incident
from db.tables_kpi import kpi_weight

_T = incident.c
Key = str
LISTED = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Incidents of a realm reported within since..until (half open), within a scope.

    `area`: within a division ("" = all), `areas`: of these codes, `grid`: of a base grid; None = all.
    """

    realm: str
    scope: Scope
    since: datetime
    until: datetime
    area: str = ""
    areas: tuple[str, ...] | None = None
    grid: str | None = None
    dept: str | None = None
    class_code: str | None = None
    channel: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """How incidents are put together: by one of `_COLUMNS`, by "day", "week" … of the zone, or by the area
    that `above` names for theirs (code of an area → that of the one it is counted for)."""

    by: str
    above: Mapping[str, str] | None = None
    zone: str = "UTC"


_COLUMNS = {"department": _T.dept, "class": _T["class"], "level": _T.handled_level, "channel": _T.channel,
            "grid": _T.grid, "area": _T.area}  # fmt: skip
PERIODS = ("day", "week", "month", "quarter", "year")
_MARKS: dict[str, ColumnElement[Any]] = {
    "status": _T.status,
    "verified": _T.verified_at.is_not(None),
    "missed": _T.missed,
    "over": func.coalesce(_T.clock == "over", False),
    "rating": _T.rating,
    "returned": _T.returns > 0,
    "reopened": _T.reopened > 0,
    "level": _T.handled_level,
}


def marks_by(
    conn: Connection, wanted: Wanted, grouping: Grouping | None = None
) -> dict[Key, dict[Marks, int]]:
    """How many incidents there are of each marks, by key of the grouping ("" without one)."""
    key, source = _grouped(grouping)
    query = select(key.label("key"), *(value.label(name) for name, value in _MARKS.items()), func.count())
    query = query.select_from(source).where(*_conditions(wanted)).group_by(key, *_MARKS.values())
    found: dict[Key, dict[Marks, int]] = {}
    for row in conn.execute(query):
        found.setdefault(str(row[0] or ""), {})[Marks(*row[1:-1])] = row[-1]
    return found


def _grouped(grouping: Grouping | None) -> tuple[ColumnElement[Any], FromClause]:
    if grouping is None:
        return literal(""), incident
    if grouping.above is None and grouping.by in _COLUMNS:
        return _COLUMNS[grouping.by], incident
    if grouping.by in PERIODS:
        local = func.timezone(grouping.zone, _T.reported_at)
        return cast(func.date_trunc(grouping.by, local), Date), incident
    above: Mapping[str, str] = grouping.above or {}
    pairs = (
        func.unnest(literal(list(above), ARRAY(Text)), literal(list(above.values()), ARRAY(Text)))
        .table_valued("low", "high", name="above")
        .render_derived()
    )
    return pairs.c.high, incident.outerjoin(pairs, pairs.c.low == _T.area)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield _T.realm == wanted.realm
    yield _T.reported_at >= wanted.since
    yield _T.reported_at < wanted.until
    yield incident_seen(wanted.scope)
    if wanted.area:
        yield lies_in(wanted.area)
    if wanted.areas is not None:
        yield _T.area.in_(wanted.areas)
    for given, value in (
        (wanted.grid, _T.grid), (wanted.dept, _T.dept), (wanted.class_code, _T["class"]),
        (wanted.channel, _T.channel), (wanted.level, _T.handled_level),
    ):  # fmt: skip
        if given is not None:
            yield value == given


def spreads_by(
    conn: Connection,
    wanted: Wanted,
    grouping: Grouping | None = None,
    intervals: Sequence[Interval] = INTERVALS,
) -> dict[Key, dict[str, Spread]]:
    """Median and ninth decile of each of these intervals that has any, by key of the grouping."""
    key, source = _grouped(grouping)
    columns: list[ColumnElement[Any]] = []
    for one in intervals:
        took = func.date_part("epoch", _T[one.end] - _T[one.start])
        ranks = func.percentile_disc(literal(list(QUANTILES), ARRAY(Double))).within_group(took)
        columns += [func.count().filter(_taken(one)), ranks.filter(_taken(one))]
    query = select(key.label("key"), *columns).select_from(source)
    query = query.where(*_conditions(wanted), _T.status.not_in(NEVER_OURS)).group_by(key)
    return {str(row[0] or ""): _spreads(row[1:], intervals) for row in conn.execute(query)}


def give_room(conn: Connection) -> None:
    """Until the transaction ends, sort millions of durations in memory, 24 bytes each."""
    conn.execute(select(func.set_config("work_mem", "64MB", True)))


def _spreads(values: Sequence[Any], intervals: Sequence[Interval]) -> dict[str, Spread]:
    """Of counts and quantiles by turns."""
    pairs = zip(intervals, values[::2], values[1::2], strict=True)
    return {one.code: Spread(n, *(told(int(rank)) for rank in ranks)) for one, n, ranks in pairs if n}


def _taken(interval: Interval) -> ColumnElement[bool]:
    return _T[interval.end] >= _T[interval.start]


# --- what stands behind a figure -------------------------------------------------------------------------


def listing(
    conn: Connection,
    wanted: Wanted,
    held: Iterable[Marks] | None,
    interval: Interval | None,
    after: tuple[datetime, str] | None,
) -> list[dict[str, Any]]:
    """Documents of the incidents that have these marks (None = any) and this interval, newest first; LISTED
    and one more at most, from below a position."""
    query = select(_T.doc).where(*_conditions(wanted))
    if held is not None:
        query = query.where(_one_of(list(held)))
    if interval is not None:
        query = query.where(_T.status.not_in(NEVER_OURS), _taken(interval))
    if after is not None:
        query = query.where(tuple_(_T.reported_at, _T.id) < tuple_(*after))
    query = query.order_by(_T.reported_at.desc(), _T.id.desc()).limit(LISTED + 1)
    return list(conn.scalars(query))


def _one_of(held: Sequence[Marks]) -> ColumnElement[bool]:
    if not held:
        return false()
    return or_(*(_has(marks) for marks in held))


def _has(marks: Marks) -> ColumnElement[bool]:
    return and_(
        *(
            value.is_(None) if wanted is None else value == wanted
            for value, wanted in zip(_MARKS.values(), marks, strict=True)
        )
    )


def load_kpi_weights(conn: Connection) -> None:
    """Put the shipped weights in; those of a city stay."""
    put_shipped(conn, kpi_weight, "kpi_weights.csv", {"weight": float})


def weights(conn: Connection) -> dict[str, float]:
    """What each indicator weighs in the joint assessment."""
    return {row.kpi: row.weight for row in conn.execute(select(kpi_weight).order_by(kpi_weight.c.kpi))}
