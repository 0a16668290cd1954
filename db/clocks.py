"""Limits of steps and the working time of a city: shipped as data, replaced by a city's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from core.limits import Limit, Limits
from core.worktime import Hours, WorkCalendar
from db.history import Counts
from db.org import put_rows
from db.shipped import Row, put_shipped, shipped, truth
from db.tables_clocks import limit_rule, work_hours, workday

KINDS = ("limits", "workhours", "workdays")
"""The lists by which they come in."""
_GENERAL, _OF_CLASSES = "limits.csv", "class_limits.csv"


def load_clock_tables(conn: Connection) -> None:
    """Put the shipped rows into empty tables: a city that brought its own does not get these back. The limits
    for all classes and areas are always there, so that no step is without one."""
    amount = {"amount": float}
    for table, file, readers in (
        (limit_rule, _OF_CLASSES, amount),
        (work_hours, "work_hours.csv", None),
        (workday, "workdays.csv", {"day": date.fromisoformat, "worked": truth}),
    ):
        if conn.execute(select(table).limit(1)).first() is None:
            put_shipped(conn, table, file, readers)
    put_shipped(conn, limit_rule, _GENERAL, amount)


def read_limits(conn: Connection, zone: ZoneInfo) -> Limits:
    """The limits with the calendar by which they are counted."""
    keys = (limit_rule.c.step, limit_rule.c.class_code, limit_rule.c.area, limit_rule.c.urgency)
    rules = [Limit(**row) for row in conn.execute(select(limit_rule).order_by(*keys)).mappings()]
    return Limits(rules, read_calendar(conn, zone))


def read_calendar(conn: Connection, zone: ZoneInfo) -> WorkCalendar:
    hours = sorted(Hours.parse(row["starts"], row["ends"]) for row in read_hours(conn))
    return WorkCalendar(zone, hours, {row["day"]: row["worked"] for row in read_exceptions(conn)})


def read_hours(conn: Connection) -> list[Row]:
    """{starts, ends, source} of each stretch of a working day."""
    rows = conn.execute(select(work_hours).order_by(work_hours.c.starts))
    return [{"starts": row.starts, "ends": row.ends, "source": row.source} for row in rows]


def read_exceptions(conn: Connection) -> list[Row]:
    """{day, worked, source} of each day that is not as the calendar has it."""
    rows = conn.execute(select(workday).order_by(workday.c.day))
    return [{"day": row.day, "worked": row.worked, "source": row.source} for row in rows]


def shipped_limits(zone: ZoneInfo) -> Limits:
    """What a new city has, without a database."""
    rows = [*shipped(_OF_CLASSES, {"amount": float}), *shipped(_GENERAL, {"amount": float})]
    hours = [Hours.parse(row["starts"], row["ends"]) for row in shipped("work_hours.csv")]
    return Limits([Limit(**row) for row in rows], WorkCalendar(zone, hours))


def put_limits(conn: Connection, rows: Sequence[Row], *, replace: bool) -> Counts:
    """As `put_rows`; limits for all classes and areas that are not among the rows stay in any case."""
    if not replace:
        return put_rows(conn, limit_rule, rows, replace=False)
    keys = [column.name for column in limit_rule.primary_key]
    named = {tuple(row[key] for key in keys) for row in rows}
    general = select(limit_rule).where(limit_rule.c.class_code == "", limit_rule.c.area == "")
    held = map(dict, conn.execute(general).mappings())
    kept = [row for row in held if tuple(row[key] for key in keys) not in named]
    counts = put_rows(conn, limit_rule, [*rows, *kept], replace=True)
    return dataclasses.replace(counts, unchanged=counts.unchanged - len(kept))
