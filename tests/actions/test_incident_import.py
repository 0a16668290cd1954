"""Past incidents out of files: facts like any other, the rows are the fold, no clock for what is over."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import func, select, text

from actions.imports import import_file
from actions.queries import IncidentFilter, list_incidents
from core.permissions import SYSTEM, Principal
from db.tables import incident
from tests.cast import FIRE, IN_A, START, TOWN_A
from tests.parts import Clock, Follower, found_city, kinds, make_services

ENGINEER = Principal(id="e", name="工程师", role="engineer")


@pytest.fixture
def city(engine, redis_url, tmp_path):
    services = make_services(engine, redis_url, tmp_path / "secret", Clock())
    found_city(services)
    return services


def a_file(path, rows):
    usual = {"class": FIRE, "text": "楼道冒烟", "channel": "110", "lon": IN_A[0], "lat": IN_A[1]}
    pd.DataFrame([usual | row for row in rows]).to_csv(path, index=False)
    return path


def times(days, hours=2):
    begun = START - timedelta(days=days)
    return {"occurred_at": begun.isoformat(), "closed_at": (begun + timedelta(hours=hours)).isoformat()}


def waking(services):
    """When what is of these days wakes, in hours from START."""
    with services.engine.connect() as conn:
        found = conn.scalars(select(incident.c.wakes_at).where(incident.c.wakes_at.is_not(None)))
        return sorted(round((at - START).total_seconds() / 3600, 3) for at in found)


def test_what_is_over_comes_in_closed_and_starts_no_clock(city, tmp_path):
    follower = Follower(city)
    rows = [{"source_id": f"A{n}", **times(days=n + 30)} for n in range(1200)]
    report = import_file(city, ENGINEER, "incidents", a_file(tmp_path / "past.csv", rows))
    assert (report.written, report.counts.added) == (1200, 1200), report.problems
    follower.compare()
    assert waking(city) == []
    assert kinds(city)[-3:] == ["IncidentReported", "IncidentClosed", "IncidentShelved"]
    assert follower.board.incidents and all(one.shelved for one in follower.board.incidents.values())


def test_what_was_closed_today_stays_on_the_board_for_its_day_and_what_is_open_has_its_clock(city, tmp_path):
    today = {"source_id": "A1", **times(days=0.5)}
    still = {"source_id": "A2", "occurred_at": (START - timedelta(minutes=1)).isoformat()}
    assert import_file(city, ENGINEER, "incidents", a_file(tmp_path / "today.csv", [today, still])).ok
    follower = Follower(city)
    follower.compare()
    assert {one.status for one in follower.board.incidents.values()} == {"closed", "reported"}
    assert waking(city) == [-0.003, 14.0]  # four fifths of a minute after its report; a day after its end


def test_a_report_that_comes_twice_in_a_file_is_one_incident(city, tmp_path):
    rows = [{"source_id": "A1", **times(days=9)}] * 3 + [{"source_id": None, **times(days=9)}] * 2
    report = import_file(city, ENGINEER, "incidents", a_file(tmp_path / "twice.csv", rows))
    assert (report.counts.added, report.counts.unchanged) == (3, 2)
    with city.engine.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(incident)) == 3


def test_the_incidents_of_an_area_are_found_by_its_index(city, tmp_path):
    rows = [{"source_id": f"A{n}", **times(days=n + 30)} for n in range(500)]
    import_file(city, ENGINEER, "incidents", a_file(tmp_path / "past.csv", rows))
    found, _ = list_incidents(city, SYSTEM, "live", IncidentFilter(area=TOWN_A))
    assert len(found) == 200
    with city.engine.begin() as conn:
        conn.execute(text("SET LOCAL enable_seqscan = off"))
        asked = "SELECT id FROM incident WHERE realm = 'live' AND area LIKE '110101001%' ORDER BY reported_at"
        plan = "\n".join(conn.scalars(text(f"EXPLAIN {asked}")))
    assert "ix_incident_area" in plan
