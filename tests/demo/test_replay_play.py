"""A small table played through the verbs: broken off and taken up again, at a speed, into which realm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from sqlalchemy import Engine

from actions.realms import open_realm
from actions.replay import read_state
from actions.replaying import realm_position
from actions.services import Services
from core.errors import OutsideCity, UnknownClass
from core.permissions import SYSTEM
from demo.replay_csv import RealmNotForReplay, replay
from feed.announce import Announcer
from tests.cast import IN_A, build_city
from tests.parts import Follower, facts, kinds, make_services

MAPPING = """
name = "test"
[time]
format = "%Y-%m-%d %H:%M:%S"
zone = "Asia/Shanghai"
received = "received"
dispatched = "dispatched"
enroute = "enroute"
arrived = "arrived"
released = "released"
[incident]
id = "call"
channel = "119"
text = ["what"]
[location]
columns = ["lon", "lat"]
[class]
default = "CLASS"
[unit]
id = "unit"
[unit.kind]
default = "fire"
[close]
text = "what"
"""
HEADER = "call,unit,what,received,dispatched,enroute,arrived,released,lon,lat"
DAY = "2026-03-01 "
#: Midnight falls between the two; the first unit is dispatched again while the table still holds it.
CALLS = (
    ("A", "E1", "fire", "23:50:00", "23:52:00", "23:53:00", "23:55:00", "23:59:00"),
    ("A", "E2", "fire", "23:50:00", "23:52:00", "23:53:00", "", "23:58:00"),
    ("B", "E1", "smoke", "23:56:00", "23:57:00", "", "", "23:57:30"),
)


@pytest.fixture
def services(engine: Engine, redis_url: str, tmp_path) -> Services:
    made = make_services(engine, redis_url, tmp_path / "secret")
    with made.engine.begin() as conn:
        build_city(conn)
    open_realm(made, "live")
    return made


@pytest.fixture
def files(tmp_path):
    """The table and its mapping."""
    lon, lat = IN_A
    rows = [
        ",".join([*call[:3], *(DAY + time if time else "" for time in call[3:]), str(lon), str(lat)])
        for call in CALLS
    ]
    table, mapping = tmp_path / "calls.csv", tmp_path / "map.toml"
    table.write_text("\n".join([HEADER, *rows]) + "\n")
    mapping.write_text(MAPPING.replace("CLASS", "21000"))
    return table, mapping


class CutOff(Announcer):
    """Ends the run right after a commit, before anybody has learned of it."""

    def __init__(self, inner: Announcer, after: int) -> None:
        self._inner, self._left = inner, after

    def events(self, realm, wires) -> None:
        self._inner.events(realm, wires)
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt


def said(services: Services, realm: str) -> list[tuple[str, datetime, datetime]]:
    return [(w["kind"], w["occurred_at"], w["recorded_at"]) for w in facts(services, realm)]


def test_every_verb_is_done_at_its_own_time_and_deadlines_are_crossed_at_theirs(services, files):
    summary = replay(services, *files)
    assert (summary.realm, summary.incidents, summary.responses) == ("replay:calls", 2, 3)
    assert summary.corrections == {"still_held": 1, "after_release": 1, "never_on_scene": 2}
    assert summary.events == len(facts(services, summary.realm)) - 1  # the first day
    by_kind = {kind: at.astimezone(UTC) for kind, at, _ in said(services, summary.realm)}
    assert by_kind["DeadlineMissed"] == datetime(2026, 3, 1, 15, 51, tzinfo=UTC)
    assert by_kind["IncidentClosed"] == datetime(2026, 3, 1, 15, 59, tzinfo=UTC)
    assert all(occurred == recorded for _, occurred, recorded in said(services, summary.realm))
    Follower(services, summary.realm).compare()


def test_afterwards_the_realm_s_clock_stands_at_the_last_act(services, files):
    summary = replay(services, *files)
    assert realm_position(services, summary.realm)[1] == datetime(2026, 3, 1, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize("after", range(0, 22, 3))
def test_a_run_broken_off_anywhere_goes_on_and_repeats_nothing(services, files, after):
    whole = replay(services, *files, realm="replay:whole")
    cut = replace(services, announcer=CutOff(services.announcer, after))
    with pytest.raises(KeyboardInterrupt):
        replay(cut, *files, realm="replay:cut")
    summary = replay(services, *files, realm="replay:cut")
    assert said(services, "replay:cut") == said(services, "replay:whole")
    assert summary.corrections == whole.corrections
    Follower(services, "replay:cut").compare()


def test_a_second_run_does_nothing(services, files):
    first = replay(services, *files)
    second = replay(services, *files)
    assert (first.acts_done, second.acts_done, second.events) == (first.acts, 0, 0)


def test_at_a_speed_the_realm_s_clock_runs_and_the_facts_are_the_same(services, files):
    replay(services, *files, realm="replay:max")
    summary = replay(services, *files, speed=300.0, realm="replay:fast")
    assert 1.5 < summary.seconds < 60  # nine minutes at 300 times are 1.8 seconds
    told = [(kind, at) for kind, at, _ in said(services, "replay:max") if not kind.startswith("Deadline")]
    fast = [(kind, at) for kind, at, _ in said(services, "replay:fast") if not kind.startswith("Deadline")]
    assert fast == told
    stood = realm_position(services, "replay:fast")[1]
    assert stood == realm_position(services, "replay:fast")[1] >= datetime(2026, 3, 1, 15, 59, tzinfo=UTC)


def test_live_is_not_for_replays(services, files):
    with pytest.raises(RealmNotForReplay):
        replay(services, *files, realm="live")
    assert kinds(services) == ["DayStarted"]


def test_a_class_unknown_here_is_refused_before_anything_is_written(services, files):
    table, mapping = files
    mapping.write_text(MAPPING.replace("CLASS", "99999"))
    with pytest.raises(UnknownClass):
        replay(services, table, mapping, realm="replay:none")
    assert facts(services, "replay:none") == []


def test_another_city_s_history_is_taken_and_its_incidents_have_no_grid(services, files):
    table, mapping = files
    lon, lat = IN_A
    table.write_text(table.read_text().replace(f"{lon},{lat}", "-122.42,37.77"))
    with pytest.raises(OutsideCity):
        replay(services, table, mapping, realm="drill:elsewhere")
    summary = replay(services, table, mapping)
    assert (summary.incidents, summary.responses) == (2, 3)
    shown = read_state(services, SYSTEM, summary.realm, realm_position(services, summary.realm)[0])
    found = orjson.loads(shown)["board"]["upsert"]["incidents"]
    assert {tuple(one["geometry"]["coordinates"]) for one in found} == {(-122.42, 37.77)}
    assert {one["properties"]["grid"] for one in found} == {""}
