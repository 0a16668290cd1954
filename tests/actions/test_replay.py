"""Films: where units were, and chapters of a drill: phases for all, injects for players when it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

import core.events_drills as d
from actions import replay
from actions.realms import open_realm
from actions.services import Services
from core.clock import RealmClock
from core.drill_script import Inject, Message, Script, Seat
from core.envelope import Body, Draft
from core.permissions import SYSTEM, Principal
from db import log, track
from tests.cast import IN_B, LEADER, OFFICER, OFFICER_A, START
from tests.parts import Clock, head, report

REALM = "drill:1"


def a_script() -> Script:
    said = Message(kind="message", text="物资不足")
    inject = Inject(
        number=3, at_min=5, synopsis="仓库告急", channel="电话", target="desk", act=said, expected="调拨"
    )
    seat = Seat(code="desk", name="指挥席")
    return Script(
        name="桌面推演", content="single", form="tabletop", scenario="台风", minutes=30, seats=(seat,),
        injects=(inject,),
    )  # fmt: skip


@pytest.fixture
def drill(services: Services) -> Services:
    opened = d.DrillOpened(
        name="桌面推演", script=a_script(), script_code="", source="live", source_seq=1, rehearsal=True
    )
    open_realm(services, REALM, RealmClock(services.now(), START))
    tell(services, 0, opened)
    tell(services, 1, d.DrillStarted(rate=60))
    tell(services, 6, d.InjectDelivered(number=3, by_hand=False, made="", incident=""))
    tell(services, 7, d.DrillPaused(why="hand"))
    return services


def tell(services: Services, minute: float, body: Body) -> None:
    at = START + timedelta(minutes=minute)
    with services.engine.begin() as conn:
        log.set_clock(conn, REALM, RealmClock(services.now(), at, 0))
        log.append(conn, REALM, [Draft(body, REALM, "", at)], SYSTEM, services.now())


def kinds(services: Services, principal: Principal) -> list[str]:
    span = replay.read_span(services, principal, REALM, None, None)
    return [chapter["kind"] for chapter in span["chapters"]]


def test_players_read_of_injects_when_the_drill_is_over(drill: Services) -> None:
    assert kinds(drill, LEADER) == ["DrillStarted", "InjectDelivered", "DrillPaused"]
    assert kinds(drill, OFFICER) == ["DrillStarted", "DrillPaused"]
    tell(drill, 9, d.DrillStopped(aborted=False, reason=""))
    assert kinds(drill, OFFICER) == ["DrillStarted", "InjectDelivered", "DrillPaused", "DrillStopped"]


def test_an_inject_is_said_as_its_script_has_it(drill: Services) -> None:
    span = replay.read_span(drill, LEADER, REALM, None, None)
    (inject,) = [chapter for chapter in span["chapters"] if chapter["chapter"] == "inject"]
    assert inject["args"] == {"number": 3, "synopsis": "仓库告急"}
    assert inject["at"] == START + timedelta(minutes=6)
    assert span["from"]["at"] == START


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
