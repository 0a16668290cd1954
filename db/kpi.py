"""Figures of past and present incidents out of the guard table: the same as `core.kpi` says of the fold.

Incidents are counted by their marks (`core.kpi.Marks`), so that what a count means stands in one place; the
spread of durations is read off a histogram, which PostgreSQL can fill by several processes at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import array

from core.kpi import INTERVALS, NEVER_OURS, Interval, Marks, Spread
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
    conn: Connection, wanted: Wanted, grouping: Grouping | None = None
) -> dict[Key, dict[str, Spread]]:
    """Median and ninth decile of each interval that has any, by key of the grouping."""
    key, source = _grouped(grouping)
    each = (
        func.unnest(array([_seconds(one) for one in INTERVALS]))
        .table_valued("took", with_ordinality="number", name="each")
        .render_derived()
    )
    told = _told(each.c.took)
    held = (
        select(key.label("key"), each.c.number, told.label("told"), func.count().label("n"))
        .select_from(source.join(each, true()))
        .where(*_conditions(wanted), _T.status.not_in(NEVER_OURS), each.c.took >= 0)
        .group_by(key, each.c.number, told)
        .cte("held")
    )
    part = [held.c.key, held.c.number]
    running = select(
        held,
        func.sum(held.c.n).over(partition_by=part, order_by=held.c.told).label("so_far"),
        func.sum(held.c.n).over(partition_by=part).label("all"),
    ).cte("running")
    r = running.c
    query = select(
        r.key, r.number, func.max(r.all),
        func.min(r.told).filter(2 * r.so_far >= r.all), func.min(r.told).filter(10 * r.so_far >= 9 * r.all),
    ).group_by(r.key, r.number)  # fmt: skip
    found: dict[Key, dict[str, Spread]] = {}
    for name, number, n, median, p90 in conn.execute(query):
        found.setdefault(str(name or ""), {})[INTERVALS[number - 1].code] = Spread(int(n), median, p90)
    return found


def _seconds(interval: Interval) -> ColumnElement[Any]:
    took = func.date_part("epoch", _T[interval.end] - _T[interval.start])
    return cast(func.floor(took), BigInteger)


def _told(took: ColumnElement[int]) -> ColumnElement[int]:
    """As `core.kpi.told`: to three significant digits; a 32 bit integer has ten."""
    steps = [10**power for power in range(8)]
    rules = [(took < 1000 * step, took - took % step) for step in steps[:-1]]
    return case(*rules, else_=took - took % steps[-1])


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
        query = query.where(_T.status.not_in(NEVER_OURS), _seconds(interval) >= 0)
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
