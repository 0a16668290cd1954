"""The private PostgreSQL: made, killed, stopped, and where its files go."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db.cluster import OWNER, Cluster
from db.local import is_root, wait_for_death


@pytest.fixture
def data(memory_folder: Path, request: pytest.FixtureRequest) -> Path:
    """A data folder the postgres user can reach (pytest's own temporary folders are closed)."""
    folder = memory_folder / request.node.name
    folder.mkdir()
    return folder


@pytest.fixture
def own(data: Path) -> Iterator[Cluster]:
    server = Cluster(data, fast=True)
    yield server
    server.stop()


def query(server: Cluster, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(host=str(server.sockets), user=OWNER, dbname=OWNER, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_what_was_committed_survives_a_kill(own: Cluster) -> None:
    own.start()
    query(own, "CREATE TABLE kept AS SELECT 1 AS n")
    query(own, "CHECKPOINT")
    first = own.pid
    assert first
    os.kill(first, signal.SIGKILL)
    wait_for_death([first], 5)
    own.start()
    assert own.pid != first
    assert query(own, "SELECT n FROM kept") == [(1,)]


def test_stopping_leaves_no_process_and_no_socket(own: Cluster) -> None:
    own.start()
    pid = own.pid
    own.stop()
    assert own.pid is None
    assert not Path(f"/proc/{pid}").exists()
    assert not own.sockets.exists()


def test_starting_a_running_server_changes_nothing(own: Cluster, data: Path) -> None:
    url = own.start()
    assert Cluster(data, fast=True).start() == url
    assert Cluster(data).pid == own.pid


def test_it_listens_on_no_network_address_and_sorts_chinese(own: Cluster) -> None:
    own.start()
    assert query(own, "SHOW listen_addresses") == [("",)]
    names = "SELECT n FROM (VALUES ('张'), ('阿'), ('李')) AS t(n) ORDER BY n COLLATE \"zh-x-icu\""
    assert query(own, names) == [("阿",), ("李",), ("张",)]


def test_the_socket_is_closed_to_other_users(own: Cluster) -> None:
    own.start()
    assert own.sockets.stat().st_mode & 0o777 == 0o700


def test_a_deep_data_folder_has_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    assert len(f"{Cluster(deep).sockets}/.s.PGSQL.5432.lock") < 107


def test_a_half_made_cluster_is_made_anew(own: Cluster, data: Path) -> None:
    (data / "postgres" / "pgdata.new" / "base").mkdir(parents=True)
    own.start()
    assert query(own, "SELECT 1") == [(1,)]


@pytest.mark.skipif(not is_root(), reason="only root hands the cluster to another user")
def test_below_a_closed_folder_the_cluster_lives_elsewhere_and_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory_folder: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr("db.cluster.OUTSIDE", memory_folder / "outside")
    server = Cluster(closed / "data", fast=True)
    server.data.mkdir()
    try:
        server.start()
        query(server, "CREATE TABLE kept AS SELECT 1 AS n")
        server.stop()
        assert memory_folder / "outside" in server.home.parents
        server.start()
        assert query(server, "SELECT n FROM kept") == [(1,)]
    finally:
        server.stop()
