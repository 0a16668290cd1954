"""The drills that ship run whole by machines alone, on the demo city's ground, and are measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.drill_reports import read_report
from actions.services import Services
from core.drill_score import FAILED, JUDGED
from db.engine import make_engine
from tests.drilling import CONTROL, of
from tests.parts import Clock, fold, make_services
from tests.playing import Played, play, slowed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo_city(demo_url: str, redis_url: str, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    services = make_services(make_engine(demo_url), redis_url, tmp_path / "secret", clock)
    yield services
    services.close()


def runs_whole(city: Services, clock: Clock, code: str) -> Played:
    """Every inject comes; in the small city the crew that is to break down may be away (`inject_futile`)."""
    played = play(city, clock, slowed(code))
    drill = of(city, played.ident)
    assert not drill.waiting()
    assert {one.reason for one in drill.failed.values()} <= {"inject_futile"}
    assert len(drill.delivered) >= 25
    judged = [one for one in played.measured.values() if one.state in JUDGED]
    assert len(judged) >= 0.9 * len(played.measured)
    missed = {name: state for name, state in played.states().items() if state in FAILED}
    assert len(missed) <= 0.1 * len(judged), missed
    incidents = fold(city, drill.id).incidents.values()
    assert {one.status for one in incidents} <= {"handled", "verified", "closed", "merged"}
    return played


def test_the_fire_drill_runs_whole(demo_city: Services, clock: Clock) -> None:
    played = runs_whole(demo_city, clock, "highrise_fire")
    report = read_report(demo_city, CONTROL, played.ident)
    assert report.grade is not None
    assert len(report.course) >= len(report.delivered) >= 25
    assert report.score == played.score
    assert {part.name for part in report.seats if part.share is not None}


@pytest.mark.whole
@pytest.mark.parametrize("code", ["hazchem", "typhoon"])
def test_the_other_drills_run_whole(demo_city: Services, clock: Clock, code: str) -> None:
    runs_whole(demo_city, clock, code)


@pytest.mark.whole
def test_ten_minutes_delay_of_one_player_lower_exactly_its_indicator(
    demo_city: Services, clock: Clock
) -> None:
    """The police clear the ladder ground in time all the same: only the acknowledgement is late."""
    before = play(demo_city, clock, slowed("highrise_fire")).states()
    after = play(demo_city, clock, slowed("highrise_fire", gongan=600.0)).states()
    fallen = {code: state for code, state in after.items() if state != before[code]}
    assert fallen == {"i03_order_set_lanes": "late"}
