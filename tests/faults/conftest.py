"""A whole instance in processes of its own: two web workers, its own PostgreSQL and Redis."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from actions import units
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from instance.ending import down
from instance.services import services as services_of
from instance.state import read_run
from settings import ROOT, Settings
from tests.cast import AREA_A, AREA_B, build_city, unit_body
from tests.parts import eventually

UNITS = [f"U{n:02}" for n in range(24)]


@dataclass
class Instance:
    """A running one; `kill` ends a process the hard way and waits until another has its place."""

    url: str
    wall_url: str
    token: str
    data: Path
    services: Services

    @property
    def pids(self) -> dict[str, Any]:
        found: dict[str, Any] = read_run(self.data)["pids"]
        return found

    def kill(self, name: str) -> None:
        """redis, postgres, or web:0, web:1."""
        before = self.pids
        server, _, number = name.partition(":")
        os.kill(before["web"][int(number)] if number else before[server], signal.SIGKILL)
        eventually(lambda: self._replaced(before, server), 30)

    def _replaced(self, before: dict[str, Any], name: str) -> bool:
        now = self.pids
        complete = now["postgres"] and now["redis"] and len(now["web"]) == 2
        return bool(complete and now[name] != before[name])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def up(data: Path) -> dict[str, Any]:
    """`up --detach` without the demo city; its answer."""
    words = ["up", "--detach", "--data", str(data), "--port", str(free_port()), "--workers", "2",
             "--sample", "none", "--json"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "cli.py", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="package")
def instance(memory_folder: Path) -> Iterator[Instance]:
    data = memory_folder / f"faults-{time.monotonic_ns()}"
    data.mkdir()
    settings = Settings.from_env(data, {})
    try:
        answer = up(data)
        with services_of(settings) as services:
            with services.engine.begin() as conn:
                build_city(conn)
            areas = (AREA_A, AREA_B)
            known = [(code, areas[n % 2], unit_body(code, area=areas[n % 2])) for n, code in enumerate(UNITS)]
            units.register(services, Call(SYSTEM), known)
            yield Instance(answer["url"], answer["wall_url"], answer["api_token"], data, services)
    finally:
        down(settings)
