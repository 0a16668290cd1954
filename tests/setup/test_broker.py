"""The private Redis: killed, stopped, and keeping nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from db.local import wait_for_death
from feed.broker import Broker, RedisMissing


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Broker]:
    server = Broker(tmp_path)
    yield server
    server.stop()


def test_a_killed_server_comes_back_empty(own: Broker) -> None:
    with redis.Redis.from_url(own.start()) as client:
        client.set("tile", "x")
    first = own.pid
    assert first
    os.kill(first, signal.SIGKILL)
    wait_for_death([first], 5)
    with redis.Redis.from_url(own.start()) as client:
        assert client.get("tile") is None
    assert own.pid != first


def test_stopping_leaves_no_process_and_no_socket(own: Broker) -> None:
    own.start()
    pid = own.pid
    own.stop()
    assert not Path(f"/proc/{pid}").exists()
    assert not own.sockets.exists()


def test_two_data_folders_have_two_servers(own: Broker, tmp_path: Path) -> None:
    other = Broker(tmp_path / "other")
    try:
        assert own.start() != other.start()
        assert own.pid != other.pid
    finally:
        other.stop()


def test_a_machine_without_redis_is_told_so(own: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RedisMissing):
        own.start()
