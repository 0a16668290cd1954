"""Clocks that fall due by the hundred, fired by processes of which one is killed at work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, func, select, text

from actions.imports import import_file
from actions.services import Services
from actions.timers import BATCH, run_due
from core.permissions import SYSTEM
from db.tables import incident, realm
from settings import ROOT
from tests.cast import FIRE, IN_A, START
from tests.parts import Clock, Follower, eventually, facts, head

WORKERS = 4
AT_ONCE = WORKERS * BATCH + 5


def reported_at_once(city: Services, folder: Path) -> None:
    """Emergencies reported at START: each near after 48 s, over after 60."""
    usual = {"class": FIRE, "text": "冒烟", "channel": "110", "lon": IN_A[0], "lat": IN_A[1]}
    rows = [usual | {"source_id": f"A{n}", "occurred_at": START.isoformat()} for n in range(AT_ONCE)]
    path = folder / "open.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    assert import_file(city, SYSTEM, "incidents", path).ok


@contextmanager
def workers(database: str, redis: str, secret: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.actions.waker", database, redis, str(secret), str(seconds), "4"]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        assert process.wait(20) == 0


def line(process: subprocess.Popen[str]) -> Any:
    assert process.stdout
    return json.loads(process.stdout.readline())


def waiting(engine: Engine) -> int:
    """Sessions of this database that wait for a lock."""
    query = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                 "AND wait_event_type = 'Lock'")  # fmt: skip
    with engine.connect() as conn:
        return int(conn.scalar(query) or 0)


def asleep(city: Services) -> int:
    """How many incidents have not been told that they are near."""
    late = select(func.count()).where(incident.c.wakes_at < START + timedelta(seconds=60))
    with city.engine.connect() as conn:
        return int(conn.scalar(late) or 0)


def hold_counter(conn: Connection) -> None:
    """Nobody appends to the realm until this transaction ends."""
    conn.execute(select(realm.c.id).where(realm.c.id == "live").with_for_update()).one()


def test_each_line_is_crossed_once_by_four_processes_of_which_one_is_killed_while_it_fires(
    city: Services, clock: Clock, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    reported_at_once(city, tmp_path)
    seq = head(city)
    with workers(database_url, redis_url, tmp_path / "secret", 50) as process:
        with city.engine.begin() as conn:
            hold_counter(conn)
            pids = line(process)
            eventually(lambda: waiting(city.engine) == WORKERS, within_s=20)
            os.kill(pids[1], signal.SIGKILL)
        assert sorted(line(process)) == [0, 0, 0, signal.SIGKILL]
    clock.pass_(seconds=50)
    eventually(lambda: not run_due(city, "live") and not asleep(city))
    told = Counter((wire["kind"], wire["subject"]) for wire in facts(city, after=seq))
    assert (len(told), set(told.values())) == (AT_ONCE, {1})
    assert {kind for kind, _ in told} == {"DeadlineNeared"}
    Follower(city).compare()
