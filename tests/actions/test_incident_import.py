"""Past incidents out of files: facts like any other, the rows are the fold, no clock for what is over."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import func, select, text

from actions import kpi, kpi_audit
from actions.imports import import_file
from actions.kpi_view import Asked
from actions.queries import IncidentFilter, list_incidents
from core.periods import Period
from core.permissions import SYSTEM, Principal
from db.tables import incident
from db.tables_duty import notice
from db.tables_outbound import outbound_message
from outbound.reader import Reader
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
    still = {"source_id": "A2", "occurred_at": (START - timedelta(seconds=30)).isoformat()}
    old = {"source_id": "A3", "occurred_at": (START - timedelta(days=3)).isoformat()}
    assert import_file(city, ENGINEER, "incidents", a_file(tmp_path / "today.csv", [today, still, old])).ok
    follower = Follower(city)
    follower.compare()
    assert {one.status for one in follower.board.incidents.values()} == {"closed", "reported"}
    assert waking(city) == [0.005, 14.0], "four fifths of a minute after its report; a day after its end"
    assert {one.source_id: one.deadline is not None for one in follower.board.incidents.values()} == {
        "A1": False, "A2": True, "A3": False,
    }  # fmt: skip


def worked_through(begun, **late):
    """Every step of an incident, each some minutes after the report."""
    minutes = {"accepted_at": 1, "dispatched_at": 1, "acknowledged_at": 2, "arrived_at": 5, "replied_at": 20,
               "handled_at": 30, "verified_at": 40, "closed_at": 50, "rated_at": 90} | late  # fmt: skip
    return {"occurred_at": begun} | {
        k: (begun + timedelta(minutes=m)).isoformat() for k, m in minutes.items()
    }


def test_every_step_that_a_file_tells_is_a_fact_and_makes_the_figures(city, tmp_path):
    begun = START - timedelta(days=9)
    rows = [
        {
            "source_id": "A1",
            "rating": "满意",
            "reply": "已处置",
            "owner": f"@{TOWN_A}",
            **worked_through(begun),
        },
        {"source_id": "A2", "rating": 1, **worked_through(begun, dispatched_at=4, acknowledged_at=4)},
    ]
    report = import_file(city, ENGINEER, "incidents", a_file(tmp_path / "past.csv", rows))
    assert report.ok, report.problems
    follower = Follower(city)
    follower.compare()
    assert [kind for kind in kinds(city) if kind.startswith("Deadline")] == ["DeadlineMissed"]
    period = Period(begun - timedelta(days=1), begun + timedelta(days=1))
    leader = Principal("l", "wu", "leader")
    total = kpi.read_report(city, leader, Asked("live", period)).total
    assert {c: total.count(c) for c in ("valid", "closed", "missed", "on_time", "rated", "satisfied")} == {
        "valid": 2, "closed": 2, "missed": 1, "on_time": 1, "rated": 2, "satisfied": 1,
    }  # fmt: skip
    assert {code: one.p90 for code, one in total.intervals.items()} == {
        "accept": 60, "dispatch": 180, "acknowledge": 60, "arrive": 180, "handle": 1500, "verify": 600,
        "close": 600, "whole": 3000,
    }  # fmt: skip
    assert total.levels == {"town": 1, "city": 1}
    assert kpi_audit.verify(city, leader, Asked("live", period)).same
    assert (waking(city), len(follower.board.ticker)) == ([], 0), "nothing of it is news"


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"handled_at": "2026-01-01T00:00:00+08:00"}, "out_of_order", "handled_at"),
        ({"replied_at": "2026-01-01T00:00:00+08:00"}, "out_of_order", "replied_at"),
        ({"rating": 3, "closed_at": None}, "rating_incomplete", "rating"),
        ({"owner": "moon@"}, "unknown_office", None),
        ({"rating": "好"}, "field_invalid", "rating"),
    ],
)
def test_a_step_that_cannot_have_been_names_its_row_and_field(city, tmp_path, wrong, code, field):
    row = {"source_id": "A1", **times(days=9), **wrong}
    report = import_file(city, ENGINEER, "incidents", a_file(tmp_path / "past.csv", [row]))
    assert [(p.row, p.code, p.field) for p in report.problems if p.level == "error"] == [(1, code, field)]


def test_what_is_long_past_is_told_to_no_office_and_no_source(city, tmp_path):
    before = Reader(city.engine, city.zone, city.now)
    before.read("live")
    begun = START - timedelta(days=9)
    rows = [{"source_id": "A1", "channel": "12345", "rating": 3, **worked_through(begun)}]
    assert import_file(city, ENGINEER, "incidents", a_file(tmp_path / "past.csv", rows)).ok
    while before.read("live"):
        pass
    with city.engine.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(notice)) == 0
        assert conn.scalar(select(func.count()).select_from(outbound_message)) == 0


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
