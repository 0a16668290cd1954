"""Films: where units were, and chapters of a drill: phases for all, injects for players when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from actions import drills, replay
from actions.accounts import add_user
from actions.drill_commands import PauseCommand, StopCommand
from actions.drills import realm_of
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import SYSTEM, Principal
from db import track
from tests.cast import IN_B, LEADER, OFFICER_A, START
from tests.drilling import CONTROL, JUDGE, PLAYER, by_hand, inject, message, of, sit, started
from tests.parts import Clock, head, report


def kinds(city: Services, principal: Principal, ident: str) -> list[str]:
    return [chapter["kind"] for chapter in chapters(city, principal, ident)]


def chapters(city: Services, principal: Principal, ident: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = replay.read_span(city, principal, realm_of(ident), None, None)["chapters"]
    return found


def test_players_read_of_injects_when_the_drill_is_over(city: Services) -> None:
    ident = started(city, inject(1, message()))
    by_hand(city, ident, 1)
    drills.pause(city, Call(CONTROL), ident, PauseCommand())
    assert kinds(city, CONTROL, ident) == ["DrillStarted", "InjectDelivered", "DrillPaused"]
    assert kinds(city, PLAYER, ident) == ["DrillStarted", "DrillPaused"]
    drills.stop(city, Call(CONTROL), ident, StopCommand())
    assert kinds(city, PLAYER, ident) == ["DrillStarted", "InjectDelivered", "DrillPaused", "DrillStopped"]


def test_evaluators_read_of_injects_as_the_script_has_them(city: Services) -> None:
    add_user(city, SYSTEM, "qian", "officer")
    ident = started(city, inject(1, message()))
    sit(city, ident, "judge", CONTROL, person="qian")
    (sits,) = [one for one in of(city, ident).seats if one.seat == "judge"]
    judge = replace(JUDGE, id=sits.person)
    by_hand(city, ident, 1)
    (found,) = [one for one in chapters(city, judge, ident) if one["chapter"] == "inject"]
    assert found["args"] == {"number": 1, "synopsis": "情况 1"}


def test_units_stand_and_drive_where_they_did_then(city: Services, clock: Clock) -> None:
    known, ms = head(city), int(START.timestamp() * 1000)
    way = [["M1", 118.10 + n / 1000, 24.49, ms + n * 1000, None, None] for n in range(60)]
    with city.engine.begin() as conn:
        track.write(conn, "live", [*way, ["F2", *IN_B, ms, None, None]])
    clock.pass_(minutes=10)
    report(city)
    half = START + timedelta(seconds=30)
    standing = orjson.loads(replay.read_state(city, LEADER, "live", half))["positions"]
    assert {row[0]: row[1] for row in standing} == {"M1": pytest.approx(118.13), "F2": IN_B[0]}

    def driven(by: Principal, step_s: float) -> list[Any]:
        asked = replay.Reel(known, since=half, step_s=step_s)
        rows: list[Any] = orjson.loads(replay.read_frames(city, by, "live", asked))["positions"]
        return [(row[0], (row[3] - ms) / 1000) for row in rows]

    assert driven(LEADER, 10) == [("M1", 39), ("M1", 49), ("M1", 59)]
    assert len(driven(LEADER, 1)) == 29
    assert len(driven(OFFICER_A, 1)) == 29
    own = orjson.loads(replay.read_state(city, OFFICER_A, "live", half))["positions"]
    assert [row[0] for row in own] == ["M1"]


def test_more_positions_than_one_answer_holds_are_told_in_wider_steps(
    city: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "ROWS_MOST", 60)
    known, ms = head(city), int(START.timestamp() * 1000)
    with city.engine.begin() as conn:
        track.write(conn, "live", [["M1", 118.1, 24.49, ms + n * 1000, None, None] for n in range(600)])
    clock.pass_(minutes=10)
    report(city)
    piece = orjson.loads(replay.read_frames(city, LEADER, "live", replay.Reel(known, step_s=1)))
    assert 0 < len(piece["positions"]) <= 60
