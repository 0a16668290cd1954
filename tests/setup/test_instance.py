"""Real processes: `up` and `down`, and every kind of death between them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db.cluster import Cluster
from db.local import wait_for_death
from db.migrate import upgrade
from instance.ending import down
from instance.state import born, is_running, read_run
from settings import ROOT, Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def attempt(data: Path, port: int, workers: int = 1) -> subprocess.CompletedProcess[str]:
    """`up --detach` over the stand-in application."""
    command = [sys.executable, "-m", "tests.setup.run_instance", str(data), str(port), str(workers), "detach"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def start(data: Path, port: int, workers: int = 1) -> dict[str, Any]:
    """The same, and its answer."""
    done = attempt(data, port, workers)
    assert done.returncode == 0, done.stderr + (data / "logs" / "zhihui.log").read_text()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def run_of(data: Path) -> dict[str, Any]:
    return read_run(data)


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


def eventually(condition: Callable[[], Any], within_s: float = 20) -> Any:
    """Asks again and again; the value once it is true."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def every_pid(run: dict[str, Any]) -> list[int]:
    pids = run["pids"]
    return [run["pid"], pids["postgres"], pids["redis"], pids["chores"], *pids["web"]]


@pytest.fixture
def bare(memory_folder: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data folder in which nothing was ever started."""
    folder = memory_folder / request.node.name
    folder.mkdir()
    yield folder
    down(Settings.from_env(folder, {}))


@pytest.fixture(scope="module")
def made(memory_folder: Path) -> Path:
    """The files of a cluster that was made, migrated and stopped."""
    folder = memory_folder / "made"
    folder.mkdir()
    server = Cluster(folder, fast=True)
    try:
        upgrade(server.start())
    finally:
        server.stop()
    return server.home


@pytest.fixture
def data(bare: Path, made: Path) -> Path:
    """A data folder with a cluster, which takes longer to make than all else that a test here does."""
    subprocess.run(["cp", "-a", str(made), str(bare / "postgres")], check=True)
    return bare


def test_up_answers_when_ready_and_a_second_up_says_the_same(bare: Path) -> None:
    port = free_port()
    first = start(bare, port)
    assert healthy(first["url"])
    second = start(bare, port)
    assert second["already"]
    assert (second["url"], second["pid"]) == (first["url"], first["pid"])


def test_whatever_is_killed_comes_back_and_the_others_stay(data: Path) -> None:
    url = start(data, free_port(), workers=2)["url"]
    for victim in ("postgres", "redis", "chores", "web"):
        before = run_of(data)["pids"]
        pid = before["web"][0] if victim == "web" else before[victim]
        os.kill(pid, signal.SIGKILL)
        after = eventually(lambda v=victim, b=before: _replaced(run_of(data)["pids"], b, v))
        untouched = {"postgres", "redis", "chores"} - {victim}
        assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
        assert set(after["web"]) & set(before["web"]), "the other web process was left alone"
        assert healthy(url)


def _replaced(pids: dict[str, Any], before: dict[str, Any], victim: str) -> dict[str, Any] | None:
    complete = all(pids[name] for name in ("postgres", "redis", "chores")) and len(pids["web"]) == 2
    return pids if complete and pids[victim] != before[victim] else None


def test_down_leaves_no_process(data: Path) -> None:
    start(data, free_port(), workers=2)
    pids = every_pid(run_of(data))
    assert down(Settings.from_env(data, {}))
    assert [pid for pid in pids if born(pid)] == []
    assert not is_running(run_of(data))


@pytest.mark.whole
def test_interrupting_a_foreground_instance_leaves_no_process(data: Path) -> None:
    command = [sys.executable, "-m", "tests.setup.run_instance", str(data), str(free_port()), "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert json.loads(process.stdout.readline())["pid"] == process.pid
        pids = every_pid(run_of(data))
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert [pid for pid in pids if born(pid)] == []


def test_after_everything_was_killed_up_comes_back_whole(data: Path) -> None:
    port = free_port()
    start(data, port)
    pids = every_pid(run_of(data))
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        wait_for_death([pid], 5)
    again = start(data, port)
    assert healthy(again["url"])
    assert not set(every_pid(run_of(data))) & set(pids)


def test_when_the_instance_itself_is_killed_its_servers_end(data: Path) -> None:
    start(data, free_port())
    pids = every_pid(run_of(data))
    os.kill(pids[0], signal.SIGKILL)
    eventually(lambda: not any(born(pid) for pid in pids))


def test_a_taken_port_is_refused_before_anything_is_started(bare: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = attempt(bare, taken.getsockname()[1])
    assert said.returncode
    assert "PortInUse" in said.stderr
    assert not (bare / "postgres").exists()


@pytest.mark.whole
def test_two_instances_do_not_collide(data: Path) -> None:
    other = data / "other"
    try:
        urls = [start(folder, free_port())["url"] for folder in (data, other)]
        assert all(healthy(url) for url in urls)
        assert not set(every_pid(run_of(data))) & set(every_pid(run_of(other)))
    finally:
        down(Settings.from_env(other, {}))
    assert healthy(urls[0])
