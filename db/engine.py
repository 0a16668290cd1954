"""Connections to the city's schema."""

from __future__ import annotations

import re
import select
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError


def make_engine(database_url: str, schema: str = "city", pool_size: int = 10) -> Engine:
    """An engine whose connections see the city's schema first, then PostGIS in `public`; UTC throughout.

    Raises ValueError when the schema's name is not a plain identifier.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise ValueError(f"not a plain schema name: {schema!r}")
    engine = create_engine(
        database_url,
        pool_size=pool_size,
        max_overflow=0,
        pool_recycle=1800,
        connect_args={
            "options": f"-c search_path={schema},public -c timezone=UTC",
            "connect_timeout": 5,
            "application_name": "zhihui",
            # `db.batch` prepares for itself; psycopg, if it prepared too, would drop that on a rollback.
            "prepare_threshold": None,
        },
    )
    event.listen(engine, "checkout", _check_alive)
    return engine


def _check_alive(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """A server that ended has closed its side, which is seen without asking it: a ping would cost every verb
    a round trip. Raises InvalidatePoolError: the pool then connects anew, also in place of the others."""
    readable = select.poll()
    readable.register(connection.pgconn.socket, select.POLLIN)
    try:
        while readable.poll(0):
            connection.pgconn.consume_input()
    except psycopg.OperationalError as error:
        raise InvalidatePoolError from error
