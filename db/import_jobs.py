"""Rows of import jobs. Work that lives holds an advisory lock on a connection of its own: when its process
dies, however, PostgreSQL lets the lock go, and everybody sees at once that nobody works on it any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, text, update

from db.tables_imports import import_job
from db.tables_places import place_version

LOCKS = 7301
"""Class of the advisory locks of import jobs; the second half of the key is the job's number."""
_LIVES = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :locks AND objsubid = 2 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND (:number < 0 OR objid = :number)"
)
Values = dict[str, Any]


def add(conn: Connection, values: Values) -> None:
    conn.execute(insert(import_job).values(values))


def change(conn: Connection, ident: str, **values: Any) -> None:
    conn.execute(update(import_job).where(import_job.c.id == ident).values(values))


def find(conn: Connection, ident: str, *, lock: bool = False) -> RowMapping | None:
    query = select(import_job).where(import_job.c.id == ident)
    return conn.execute(query.with_for_update() if lock else query).mappings().first()


def older_than(conn: Connection, when: datetime) -> list[str]:
    return list(conn.scalars(select(import_job.c.id).where(import_job.c.created_at < when)))


def idents(conn: Connection) -> set[str]:
    """Of all jobs there are."""
    return set(conn.scalars(select(import_job.c.id)))


def forget(conn: Connection, idents: list[str]) -> None:
    conn.execute(delete(import_job).where(import_job.c.id.in_(idents)))


def lives(conn: Connection, number: int) -> bool:
    """Whether somebody works on the job."""
    return bool(conn.scalar(_LIVES, {"locks": LOCKS, "number": number}))


def living(conn: Connection) -> int:
    """How many jobs are being worked on, by all processes."""
    return int(conn.scalar(_LIVES, {"locks": LOCKS, "number": -1}) or 0)


@contextmanager
def working(engine: Engine, number: int) -> Iterator[Connection]:
    """A connection that holds the job's lock, and commits each statement by itself."""
    with engine.connect() as plain:
        conn = plain.execution_options(isolation_level="AUTOCOMMIT")
        conn.execute(select(func.pg_advisory_lock(LOCKS, number)))
        try:
            yield conn
        finally:
            conn.execute(select(func.pg_advisory_unlock(LOCKS, number)))


def version_of(conn: Connection, kind: str, sha256: str, since: datetime) -> RowMapping | None:
    """The import of just this file that was written since then."""
    query = select(place_version).where(
        place_version.c.kind == kind,
        place_version.c.sha256 == sha256,
        place_version.c.imported_at >= since,
    )
    return conn.execute(query.order_by(place_version.c.version.desc())).mappings().first()


def history(conn: Connection, limit: int) -> list[RowMapping]:
    """The newest imports of all kinds."""
    newest = select(place_version).order_by(place_version.c.imported_at.desc(), place_version.c.kind)
    return list(conn.execute(newest.limit(limit)).mappings())
