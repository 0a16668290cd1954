"""Partitions of one UTC day each, made when their first row comes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection


def ensure_day(conn: Connection, table: str, day: date) -> None:
    """See that a table partitioned by time has room for a day."""
    name = f"{table}_{day:%Y%m%d}"
    if conn.scalar(select(func.to_regclass(name))):
        return
    conn.execute(text("SELECT pg_advisory_xact_lock(7426153002)"))
    statement = sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})")
    bounds = (
        sql.Literal(day.isoformat() + "T00:00:00Z"),
        sql.Literal((day + timedelta(days=1)).isoformat() + "T00:00:00Z"),
    )
    driver: DBAPIConnection | None = conn.connection.driver_connection
    raw: Any = driver
    raw.execute(statement.format(sql.Identifier(name), sql.Identifier(table), *bounds))
