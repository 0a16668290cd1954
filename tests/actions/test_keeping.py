"""What a web process does by itself, and what is not kept for ever."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from actions import incidents
from actions.background import Chores
from actions.keeping import forget_old
from actions.services import Services
from actions.unit_of_work import Call
from db import track
from db.tables import answer
from tests.cast import OFFICER
from tests.parts import Clock, eventually, fold, report, report_command


def fix_at(clock: Clock) -> list[list[object]]:
    return [["F1", 118.11, 24.49, int(clock().timestamp() * 1000), None, None]]


def test_live_traces_are_kept_thirty_days_and_a_drills_for_ever(city: Services, clock: Clock) -> None:
    with city.engine.begin() as conn:
        for realm in ("live", "drill:1"):
            track.write(conn, realm, fix_at(clock))
    clock.pass_(days=29)
    assert forget_old(city) == 0
    clock.pass_(days=2)
    assert forget_old(city) == 1
    with city.engine.connect() as conn:
        assert track.latest(conn, "live") == []
        assert len(track.latest(conn, "drill:1")) == 1


def test_answers_are_kept_a_week(city: Services, clock: Clock) -> None:
    incidents.report(city, Call(OFFICER, key="k1", request_hash="h"), report_command())
    clock.pass_(days=6)
    assert forget_old(city) == 0
    clock.pass_(days=2)
    assert forget_old(city) == 1
    with city.engine.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(answer)) == 0


def test_files_that_nobody_handed_in_to_the_end_are_kept_a_day(services: Services, tmp_path: Path) -> None:
    parts = replace(services, uploads=tmp_path / "uploads", now=lambda: datetime.now(UTC))
    for name, age_s in (("OLD", 90_000), ("NEW", 80_000)):
        folder = parts.uploads / name
        folder.mkdir(parents=True)
        then = parts.now().timestamp() - age_s
        os.utime(folder, (then, then))
    forget_old(parts)
    assert [folder.name for folder in parts.uploads.iterdir()] == ["NEW"]


def test_a_web_process_fires_timers_by_itself_and_leaves_no_position_unwritten(
    city: Services, clock: Clock
) -> None:
    ident = report(city)
    chores = Chores(city)
    chores.start()
    clock.pass_(minutes=2)
    eventually(lambda: (deadline := fold(city).incidents[ident].deadline) and deadline.state == "over", 5)
    city.trace.add("live", fix_at(clock))
    chores.stop()
    with city.engine.connect() as conn:
        assert len(track.latest(conn, "live")) == 1
