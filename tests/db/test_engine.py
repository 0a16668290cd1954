"""Connections that died while they rested in the pool are replaced before anybody is given one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, Integer, bindparam, select, text

from db.batch import Batch
from db.cluster import Cluster
from db.engine import make_engine


def all_at_once(engine: Engine, connections: int) -> list[int]:
    """Backends of so many connections open at the same time."""
    held = [engine.connect() for _ in range(connections)]
    try:
        return [int(conn.scalar(text("SELECT pg_backend_pid()")) or 0) for conn in held]
    finally:
        for conn in held:
            conn.close()


@pytest.mark.slow
def test_after_a_restart_of_postgresql_no_caller_sees_an_old_connection(memory_folder: Path) -> None:
    cluster = Cluster(memory_folder / "own", fast=True)
    engine = make_engine(cluster.start())
    try:
        before = all_at_once(engine, 3)
        cluster.stop()
        cluster.start()
        after = all_at_once(engine, 3)
        assert not set(before) & set(after)
    finally:
        engine.dispose()
        cluster.stop()


def test_a_connection_ended_by_the_server_is_replaced(engine: Engine) -> None:
    with (
        make_engine(engine.url.render_as_string(hide_password=False)).connect() as killer,
        engine.connect() as conn,
    ):
        victim = conn.scalar(text("SELECT pg_backend_pid()"))
        conn.close()
        ended = text("SELECT pg_terminate_backend(:pid, 5000)")
        assert killer.scalar(ended, {"pid": victim})
    with engine.connect() as conn:
        batch = Batch(conn)
        batch.add(select(bindparam("one", type_=Integer)), {"one": 1})
        assert batch.run() == [[(1,)]]
