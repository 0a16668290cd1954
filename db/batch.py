"""Several statements in one round trip, by libpq's pipeline.

A verb needs a dozen statements; sent one by one each costs a switch to PostgreSQL and back, which on a small
machine is most of its time. The statements are SQLAlchemy's, compiled and prepared once a connection. They
leave in one write: psycopg's own pipeline sends each by itself, which wakes the server for each (and took
three times our processor time).
"""

from __future__ import annotations

import itertools
import select
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from sqlalchemy import Column, Connection, Select, Table, bindparam, cast, column, exc, func
from sqlalchemy import select as select_
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect
from sqlalchemy.sql import ClauseElement

Params = Mapping[str, Any]
Rows = list[tuple[Any, ...]]
Unstorable = (psycopg.DataError, exc.DataError)
"""What PostgreSQL cannot hold, from a batch or from a single statement."""

Entry = tuple[ClauseElement, Params | Sequence[Params]]
Command = tuple[int, bytes, Sequence[Any]]

_DIALECT = psycopg_dialect.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_names = itertools.count(1)


@lru_cache(maxsize=256)
def _compiled(statement: ClauseElement) -> tuple[bytes, tuple[str, ...]]:
    """The text with $1, $2 …, and the names of its values in that order."""
    compiled: Any = statement.compile(dialect=_DIALECT)
    return str(compiled).encode(), tuple(compiled.positiontup or ())


MANY = 100
"""From so many rows on they travel as one document: each statement costs both sides more than its row."""


class RowWriter:
    """Puts rows into a table; with `keys`, over those that have them. Values are text, as in a Batch."""

    def __init__(self, table: Table, keys: Sequence[str] = ()) -> None:
        names = [c.name for c in _written(table)]
        self._one = self._finished(
            insert(table).values({c.name: bindparam(c.name, type_=c.type) for c in _written(table)}),
            table,
            keys,
        )
        self._many = self._finished(insert(table).from_select(names, _as_rows(table)), table, keys)
        self._json = [c.name for c in table.c if isinstance(c.type, JSONB)]

    def _finished(self, statement: Insert, table: Table, keys: Sequence[str]) -> Insert:
        if not keys:
            return statement
        fresh = {c.name: statement.excluded[c.name] for c in _written(table) if not c.primary_key}
        return statement.on_conflict_do_update(index_elements=list(keys), set_=fresh)

    def add(self, batch: Batch, rows: Sequence[Params]) -> None:
        if len(rows) < MANY:
            batch.add(self._one, rows)
            return
        told = [{**row, **{name: orjson.Fragment(row[name]) for name in self._json}} for row in rows]
        batch.add(self._many, {"rows": orjson.dumps(told).decode()})


def _written(table: Table) -> list[Column[Any]]:
    """The columns that rows bring; others PostgreSQL computes."""
    return [c for c in table.c if c.computed is None]


def _as_rows(table: Table) -> Select[Any]:
    """The rows of a JSON document, with the table's columns."""
    given = func.jsonb_to_recordset(cast(bindparam("rows"), JSONB))
    rows = given.table_valued(*(column(c.name, c.type) for c in _written(table))).render_derived(
        with_types=True
    )
    return select_(*rows.c)


class Batch:
    """Statements gathered on one connection, run together by `run`.

    Every value of a statement must be a named `bindparam`; it travels as text, its type is the statement's
    affair (a cast, or the column it goes to). JSON goes in as text, geometry as EWKT. `binary`: rows come
    back as PostgreSQL holds them, which for bytes is half as long.
    Raises SQLAlchemy's IntegrityError and OperationalError, as the connection itself would.
    """

    def __init__(self, conn: Connection, *, binary: bool = False) -> None:
        self._conn = conn
        self._rows_as = pq.Format.BINARY if binary else pq.Format.TEXT
        self._entries: list[Entry] = []

    def add(self, statement: ClauseElement, params: Params | Sequence[Params]) -> int:
        """Its place among the results. A sequence of params runs the statement once for each."""
        self._entries.append((statement, params))
        return len(self._entries) - 1

    def run(self, *, commit: bool = False) -> list[Rows]:
        """Send everything (and COMMIT with it); the rows of each statement, in order."""
        entries, self._entries = self._entries, []
        if not self._conn.in_transaction():
            self._conn.begin()  # no more than a note to SQLAlchemy, so that its rollback works
        raw: Any = self._conn.connection.driver_connection
        try:
            return _Trip(raw, self._conn.info.setdefault("prepared", {}), self._rows_as).run(
                entries, commit=commit
            )
        except psycopg.IntegrityError as error:
            raise exc.IntegrityError("batch", None, error) from error
        except psycopg.OperationalError as error:
            gone = bool(raw.closed)
            if gone:
                self._conn.invalidate(error)
            raise exc.OperationalError("batch", None, error, connection_invalidated=gone) from error


class _Trip:
    """One way there and back. `prepared`: the names of the statements that this connection knows."""

    def __init__(
        self, raw: psycopg.Connection[Any], prepared: dict[bytes, bytes], rows_as: pq.Format
    ) -> None:
        self._raw, self._pg, self._prepared, self._rows_as = raw, raw.pgconn, prepared, rows_as
        self._values = Transformer(raw)
        self._ready = select.poll()
        self._ready.register(self._pg.socket)
        self._new: dict[bytes, bytes] = {}
        self._owners: list[int | None] = []
        """For each command sent the entry it belongs to; None where nobody asks for its result."""

    def run(self, entries: Sequence[Entry], *, commit: bool) -> list[Rows]:
        commands = list(self._commands(entries))
        self._pg.enter_pipeline_mode()
        try:
            self._send(commands, commit=commit)
            results = list(self._results())
        finally:
            if self._pg.status == pq.ConnStatus.OK:
                self._pg.exit_pipeline_mode()
            else:
                self._raw.close()
        self._prepared.update(self._new)
        return self._rows(results, len(entries))

    def _commands(self, entries: Sequence[Entry]) -> Iterator[Command]:
        """Each execution's place, text, values. Raises DataError for what PostgreSQL's text cannot hold."""
        for place, (statement, params) in enumerate(entries):
            text, names = _compiled(statement)
            formats = [PyFormat.TEXT] * len(names)
            for row in (params,) if isinstance(params, Mapping) else params:
                yield place, text, self._values.dump_sequence([row[name] for name in names], formats)

    def _send(self, commands: Sequence[Command], *, commit: bool) -> None:
        """Into libpq's buffer: nothing leaves before the end, unless it is very long."""
        if not self._raw.autocommit and self._pg.transaction_status == pq.TransactionStatus.IDLE:
            self._command(b"BEGIN")
        for place, text, values in commands:
            self._pg.send_query_prepared(self._prepare(text), values, result_format=self._rows_as)
            self._owners.append(place)
        if commit:
            self._command(b"COMMIT")
        self._pg.pipeline_sync()

    def _command(self, text: bytes) -> None:
        self._pg.send_query_params(text, None)
        self._owners.append(None)

    def _prepare(self, text: bytes) -> bytes:
        name = self._prepared.get(text) or self._new.get(text)
        if name is None:
            name = self._new[text] = b"batch_%d" % next(_names)
            self._pg.send_prepare(name, text)
            self._owners.append(None)
        return name

    def _results(self) -> Iterator[pq.abc.PGresult]:
        """The result of each command. Raises the error of the one that failed; those after it are void."""
        failure = None
        for _ in self._owners:
            while (result := self._next()) is not None:
                failure = failure or (result if result.status == pq.ExecStatus.FATAL_ERROR else None)
                yield result
        self._next()  # the sync's own
        if failure is not None:
            raise error_from_result(failure, self._values.encoding)

    def _next(self) -> pq.abc.PGresult | None:
        """Waits without holding up other threads; what does not fit into the socket leaves meanwhile."""
        while (unsent := self._pg.flush()) or self._pg.is_busy():
            self._ready.modify(self._pg.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
            self._ready.poll()
            self._pg.consume_input()
        return self._pg.get_result()

    def _rows(self, results: Sequence[pq.abc.PGresult], entries: int) -> list[Rows]:
        rows: list[Rows] = [[] for _ in range(entries)]
        for place, result in zip(self._owners, results, strict=True):
            if place is not None and result.status == pq.ExecStatus.TUPLES_OK:
                self._values.set_pgresult(result)
                rows[place] += self._values.load_rows(0, result.ntuples, tuple)
        return rows
