"""Several statements in one round trip, by libpq's pipeline.

A verb needs a dozen statements; sent one by one each costs a switch to PostgreSQL and back, which on a small
machine is most of its time. The statements are SQLAlchemy's, compiled once; values travel as parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection, exc
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect
from sqlalchemy.sql import ClauseElement

Params = Mapping[str, Any]
Rows = list[tuple[Any, ...]]

_DIALECT = psycopg_dialect.dialect()  # type: ignore[no-untyped-call]


@lru_cache(maxsize=256)
def _sql(statement: ClauseElement) -> bytes:
    return str(statement.compile(dialect=_DIALECT)).encode()


class Batch:
    """Statements gathered on one connection, run together by `run`.

    Every value of a statement must be a named `bindparam`. JSON goes in as text, geometry as EWKT.
    Raises SQLAlchemy's IntegrityError and OperationalError, as the connection itself would.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._entries: list[tuple[ClauseElement, Params | Sequence[Params]]] = []

    def add(self, statement: ClauseElement, params: Params | Sequence[Params]) -> int:
        """Its place among the results. A sequence of params runs the statement once for each."""
        self._entries.append((statement, params))
        return len(self._entries) - 1

    def run(self, *, commit: bool = False) -> list[Rows]:
        """Send everything (and COMMIT with it); the rows of each statement, in order."""
        entries, self._entries = self._entries, []
        raw: Any = self._conn.connection.driver_connection
        try:
            with raw.pipeline():
                cursors = [self._send(raw, *entry) for entry in entries]
                if commit:
                    raw.commit()
            return [cursor.fetchall() if cursor and cursor.description else [] for cursor in cursors]
        except psycopg.IntegrityError as error:
            raise exc.IntegrityError("batch", None, error) from error
        except psycopg.DataError as error:
            raise exc.DataError("batch", None, error) from error
        except psycopg.OperationalError as error:
            gone = bool(raw.closed)
            if gone:
                self._conn.invalidate(error)
            raise exc.OperationalError("batch", None, error, connection_invalidated=gone) from error

    def _send(self, raw: Any, statement: ClauseElement, params: Params | Sequence[Params]) -> Any:
        cursor = raw.cursor()
        if isinstance(params, Mapping):
            cursor.execute(_sql(statement), params)
            return cursor
        cursor.executemany(_sql(statement), params)
        return None
