"""Several statements in one round trip: results, errors, and what a connection keeps prepared."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from db.batch import Batch

SCRATCH = Table("scratch", MetaData(), Column("id", Integer, primary_key=True), Column("body", Text))
PUT = insert(SCRATCH).values(id=bindparam("id", type_=Integer), body=bindparam("body", type_=Text))
GET = select(SCRATCH.c.body).where(SCRATCH.c.id == bindparam("id", type_=Integer))
ALL = select(SCRATCH.c.id).order_by(SCRATCH.c.id)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    SCRATCH.metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection


def put(conn: Connection, *ids: int, commit: bool = False) -> None:
    batch = Batch(conn)
    batch.add(PUT, [{"id": ident, "body": f"b{ident}"} for ident in ids])
    batch.run(commit=commit)


def test_each_statement_has_its_rows_in_order(conn: Connection) -> None:
    batch = Batch(conn)
    batch.add(PUT, [{"id": 1, "body": "one"}, {"id": 2, "body": None}])
    first, all_, second = batch.add(GET, {"id": 1}), batch.add(ALL, {}), batch.add(GET, {"id": 2})
    rows = batch.run()
    assert (rows[first], rows[all_], rows[second]) == ([("one",)], [(1,), (2,)], [(None,)])


def test_what_is_not_committed_is_not_there(conn: Connection, engine: Engine) -> None:
    put(conn, 1, commit=True)
    put(conn, 2)
    conn.rollback()
    with engine.connect() as other:
        assert other.scalars(ALL).all() == [1]


def test_a_refused_batch_writes_nothing_and_leaves_the_connection_good(conn: Connection) -> None:
    put(conn, 1, commit=True)
    with pytest.raises(IntegrityError, match="scratch_pkey"):
        put(conn, 2, 1, 3, commit=True)
    conn.rollback()
    put(conn, 4, commit=True)
    assert conn.scalars(ALL).all() == [1, 4]


def test_a_value_that_cannot_be_written_sends_nothing(conn: Connection) -> None:
    batch = Batch(conn)
    batch.add(PUT, {"id": 1, "body": "good"})
    batch.add(PUT, {"id": 2, "body": "NUL \0"})
    with pytest.raises(psycopg.DataError):
        batch.run(commit=True)
    put(conn, 3, commit=True)
    assert conn.scalars(ALL).all() == [3]


def test_a_statement_is_prepared_once_a_connection_and_outlives_a_rollback(conn: Connection) -> None:
    for ident in range(8):
        put(conn, ident)
        conn.execute(text("SELECT 1"))
        conn.rollback()
    count = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO scratch%'")
    assert conn.scalar(count) == 1


def test_more_than_any_buffer_holds_goes_both_ways(conn: Connection) -> None:
    batch, long = Batch(conn), "x" * 200_000
    for ident in range(100):
        batch.add(PUT, {"id": ident, "body": long})
        batch.add(GET, {"id": ident})
    rows = batch.run(commit=True)
    assert rows[1::2] == [[(long,)]] * 100
