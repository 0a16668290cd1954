"""The shipped tables of reports, read; and what reports ask of the log."""

from __future__ import annotations

from sqlalchemy import Connection, select

from core.losses import Field
from core.reports import Limits
from db.shipped import put_shipped, truth
from db.tables_briefing import loss_field, report_limit


def load_briefing_tables(conn: Connection) -> None:
    """Put the shipped rows into their tables; those a city changed or added are left as they are."""
    put_shipped(conn, report_limit, "report_limits.csv", {"level": int, "minutes": float})
    put_shipped(conn, loss_field, "loss_fields.csv", {"rank": int, "whole": truth})


def report_limits(conn: Connection) -> Limits:
    """Seconds by level and stage."""
    return {(row.level, row.stage): row.minutes * 60 for row in conn.execute(select(report_limit))}


def loss_fields(conn: Connection) -> tuple[Field, ...]:
    """In their order."""
    names = ("code", "name", "name_en", "unit", "unit_en", "whole")
    query = select(*(loss_field.c[name] for name in names)).order_by(loss_field.c.rank, loss_field.c.code)
    return tuple(Field(*row) for row in conn.execute(query))
