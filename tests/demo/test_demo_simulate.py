"""The simulator: plausible calls from a seed, units that keep to the road, loops closed by the public API."""

from __future__ import annotations

import asyncio
from datetime import datetime

import httpx
import pytest
from sqlalchemy import text

from core.errors import InvalidInput
from db.engine import make_engine
from demo.caller import Caller, Spot
from demo.client import Denied
from demo.driver import Drive, Fleet
from demo.officer import Room
from demo.simulate import Simulation, Summary, simulate
from tests.demo.conftest import Served

CLASSES = [
    {"code": "21000", "group": "accident"}, {"code": "33000", "group": "health"},
    {"code": "51010", "group": "city"}, {"code": "41000", "group": "security"},
]  # fmt: skip
SPOTS = [Spot("云海路", ((118.1, 24.5), (118.11, 24.5)))]


def bodies(seed: int) -> list[dict]:
    caller = Caller(seed, 6.0, CLASSES, SPOTS)
    return [caller.draw().body for _ in range(400)]


def test_the_same_seed_gives_the_same_calls():
    assert bodies(3) == bodies(3)
    assert bodies(3) != bodies(4)


def test_calls_lie_on_the_road_they_name_and_are_rarely_grave():
    for body in bodies(1):
        assert 118.1 <= body["location"]["lon"] <= 118.11 and body["location"]["lat"] == 24.5
        assert "云海路" in body["text"] and "云海路" in body["address"]
    severities = [body["severity"] for body in bodies(1)]
    assert severities.count(4) > 0.85 * len(severities)
    assert 0 < severities.count(1) + severities.count(2) < 0.06 * len(severities)


def test_calls_come_at_the_asked_rate():
    caller = Caller(1, 30.0, CLASSES, SPOTS, minutes=100.0)
    assert sum(caller.draw().after_s for _ in range(3000)) == pytest.approx(6000, rel=0.05)


def test_a_night_has_other_calls_than_a_morning():
    night = Caller(1, 6.0, CLASSES, SPOTS, start=datetime(2026, 3, 7, 2), minutes=180.0)
    groups = [{"21000": "accident", "51010": "city"}.get(night.draw().body["class"], "") for _ in range(400)]
    day = [body["class"] for body in bodies(1)]
    assert groups.count("city") < 0.1 * 400 < day.count("51010")


def test_a_spot_is_called_from_as_often_as_it_weighs():
    spots = [Spot("甲路", ((118.1, 24.5),), 1.0), Spot("乙路", ((118.2, 24.5),), 3.0)]
    caller = Caller(1, 6.0, CLASSES, spots)
    roads = [caller.draw().body["address"][:2] for _ in range(800)]
    assert 0.7 < roads.count("乙路") / 800 < 0.8


def test_a_drive_keeps_to_its_line_and_ends_at_its_end():
    drive = Drive(
        [(118.1, 24.5), (118.11, 24.5), (118.11, 24.51)], started=100.0, seconds=60.0, clock_speed=1.0
    )
    assert (drive.fix(100).lon, drive.fix(100).lat) == (118.1, 24.5)
    assert (drive.fix(130).lon, drive.fix(130).lat) == pytest.approx((118.11, 24.5), abs=6e-4)
    assert (drive.fix(999).lon, drive.fix(999).lat) == (118.11, 24.51)
    assert drive.fix(110).heading == 90.0 and drive.fix(155).heading == 0.0
    assert 100 < drive.fix(110).speed < 140
    assert not drive.done(159) and drive.done(160)


def test_units_at_rest_say_where_they_are_now_and_then():
    fleet = Fleet({"E01": (118.1, 24.5)}, speed=1.0, now=lambda: 0.0)
    told = [fleet.report() for _ in range(16)]
    assert [len(rows) for rows in told] == [1, *[0] * 14, 1]
    assert told[0][0]["speed"] == 0.0 and "heading" not in told[0][0]


@pytest.mark.parametrize("figure", [{"rate": 0}, {"speed": -1}, {"minutes": float("nan")}])
def test_impossible_figures_are_refused(figure: dict):
    with pytest.raises(InvalidInput):
        Simulation(**figure)


@pytest.fixture
def database_url(demo_url: str) -> str:
    return demo_url


def counts(served: Served) -> dict[str, int]:
    """Facts by kind, straight from the log."""
    engine = make_engine(served.settings.database_url)
    with engine.connect() as conn:
        rows = conn.execute(
            text("SELECT kind, count(*) AS number FROM event WHERE realm = 'live' GROUP BY kind")
        ).all()
    engine.dispose()
    return {row.kind: row.number for row in rows}


def check_against_the_log(served: Served, summary: Summary) -> None:
    facts = counts(served)
    assert facts["IncidentReported"] == summary.reported == summary.calls > 5
    assert facts["UnitDispatched"] == summary.dispatches == facts["AssignmentReleased"]
    assert facts["AssignmentArrived"] == summary.arrivals == summary.dispatches
    assert facts["IncidentClosed"] == summary.closed
    assert summary.open == 0 and summary.closed + summary.rejected == summary.reported
    assert set(summary.refused) <= {"unit_busy"}
    assert facts["IncidentRated"] == summary.rated > 0


def test_every_call_is_answered_driven_to_and_closed(served: Served, monkeypatch: pytest.MonkeyPatch):
    ways: list[list] = []
    drawn = Room.way

    async def noted(room: Room, *given):
        ways.append(await drawn(room, *given))
        return ways[-1]

    monkeypatch.setattr(Room, "way", noted)
    asked = Simulation(rate=12, minutes=2, seed=5, speed=120, settle_min=600)
    summary = asyncio.run(simulate(served.url, served.token, asked))
    check_against_the_log(served, summary)
    assert summary.positions > 0 and not summary.stopped
    assert len(ways) == summary.dispatches
    assert sum(len(way) > 2 for way in ways) > 0.8 * len(ways)  # along the road, as the server drew it


@pytest.mark.whole
def test_a_web_process_that_dies_and_returns_loses_and_repeats_nothing(served: Served):
    async def scene() -> Summary:
        asked = Simulation(rate=12, minutes=2, seed=6, speed=120, settle_min=600)
        running = asyncio.create_task(simulate(served.url, served.token, asked))
        async with httpx.AsyncClient(base_url=served.url, timeout=30) as http:
            headers = {"Authorization": f"Bearer {served.token}"}
            while not (await http.get("/api/v1/incidents", headers=headers)).json()["features"]:
                await asyncio.sleep(0.05)
        await asyncio.to_thread(served.web.stop)
        served.web.start()
        return await running

    check_against_the_log(served, asyncio.run(scene()))


def test_a_stop_ends_the_run_with_its_figures(served: Served):
    async def scene() -> Summary:
        stop = asyncio.Event()
        asked = Simulation(rate=60, minutes=600, speed=10)
        running = asyncio.create_task(simulate(served.url, served.token, asked, stop))
        await asyncio.to_thread(lambda: httpx.get(f"{served.url}/healthz", timeout=30))
        await asyncio.sleep(0)
        stop.set()
        return await asyncio.wait_for(running, 10)

    assert asyncio.run(scene()).stopped


def test_a_wrong_token_ends_the_run_at_once(served: Served):
    with pytest.raises(Denied):
        asyncio.run(simulate(served.url, "zw_wrong", Simulation(minutes=1, speed=60)))
