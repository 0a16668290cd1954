"""New boundaries: what holds when, who answers for what is open, what came from what."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from actions import incidents, timers
from actions.unit_of_work import Call
from db import grids
from db.tables_grids import grid_fault, special_link
from db.tables_places import grid
from tests import cast
from tests.boundaries import A1, A2, MIDDLE, NORTH, SOUTH, WEST, moved_border, split
from tests.parts import Follower, kinds, report, row, send, through

NEXT_MONTH = "2026-04-01"
MIDNIGHT = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)


def codes(report):
    return [problem.code for problem in report.problems]


def held(city, at=None):
    with city.engine.connect() as conn:
        found = grids.current(conn) if at is None else grids.as_of(conn, at)
    return {code: one.geom.bounds for code, one in found.items()}


def test_what_was_there_before_versions_were_kept_is_version_0(city, bring, clock):
    before = held(city)
    assert bring(split()).ok
    assert held(city)[A2] == (WEST + 0.015, SOUTH, MIDDLE, NORTH)
    assert held(city, clock.at - timedelta(days=1)) == before
    with city.engine.connect() as conn:
        told = [(one.version, one.origin, one.changed) for one in grids.versions(conn, 10)]
    assert told == [(1, "import", 2), (0, "before", 6)]


def test_what_is_as_it_was_makes_no_version(city, bring):
    bring(split())
    assert bring(split()).version == 0
    with city.engine.connect() as conn:
        assert len(grids.versions(conn, 10)) == 2


def test_a_split_says_what_the_parts_came_from(city, bring):
    bring(split())
    with city.engine.connect() as conn:
        (line,) = grids.lineage(conn, A2)
        stages = grids.stages(conn, A1)
    assert (line.successor, line.predecessor, line.share) == (A2, A1, 1.0)
    assert [(stage.version, stage.retired) for stage in stages] == [(0, False), (1, False)]
    assert stages[0].holds_until == stages[1].holds_from
    assert stages[1].area_m2 < stages[0].area_m2


def test_a_merge_retires_what_was_swallowed(city, bring):
    bring(split())
    merged = bring({A1: (WEST, SOUTH, MIDDLE, NORTH)})
    assert "grids_retired" in codes(merged)
    assert A2 not in held(city)
    with city.engine.connect() as conn:
        last = grids.stages(conn, A2)[-1]
        kin = grids.lineage(conn, A2)
    assert (last.version, last.retired) == (2, True)
    assert (kin[-1].successor, kin[-1].predecessor) == (A1, A2)
    assert kin[-1].share == pytest.approx(0.25, abs=0.01)


def test_what_a_file_of_boundaries_does_not_say_stays(city, bring):
    bring({A1: (split()[A1], {"name": "第一网格", "households": 321}), A2: split()[A2]})
    bring({A1: (split(0.01)[A1], {"name": None}), A2: split(0.01)[A2]})
    with city.engine.connect() as conn:
        one = grids.current(conn)[A1]
    assert (one.name, one.props["households"]) == ("第一网格", 321)
    assert one.geom.bounds[2] == WEST + 0.01


def test_a_grid_is_retired_by_saying_so(city, bring):
    bring(split())
    assert bring({A2: (split()[A2], {"retired": "是"})}).ok
    assert A2 not in held(city)


def test_open_incidents_get_their_new_owner_by_a_fact_and_keep_the_grid_they_happened_in(city, bring, clock):
    where = (MIDDLE - 0.002, 24.49)
    open_one, done = report(city, where), report(city, where)
    through(city, done, "reject")
    (link,) = send(city, open_one, "F1")
    follower = Follower(city)
    bring(moved_border())
    assert row(city, open_one).area == cast.AREA_A
    timers.run_grids(city, "live")
    now = row(city, open_one)
    assert (now.area, now.keeper, now.grid) == (cast.AREA_B, cast.GRID_B, cast.GRID_A)
    assert row(city, done).area == cast.AREA_A
    assert kinds(city).count("IncidentReassigned") == 1
    follower.compare()
    assert follower.board.links[link].area == cast.AREA_B
    assert follower.board.units["F1"].incident_area == cast.AREA_B
    clock.pass_(seconds=1)
    timers.run_grids(city, "live")
    assert kinds(city).count("IncidentReassigned") == 1


def test_more_incidents_than_one_transaction_takes_are_reassigned_lot_by_lot(city, bring, monkeypatch):
    monkeypatch.setattr("actions.grid_owners.AT_ONCE", 2)
    where = (MIDDLE - 0.002, 24.49)
    idents = [report(city, where) for _ in range(5)]
    bring(moved_border())
    for _ in range(3):
        timers.run_grids(city, "live")
    assert {row(city, ident).area for ident in idents} == {cast.AREA_B}


def test_an_incident_reopened_under_new_boundaries_gets_their_owner(city, bring):
    ident = report(city, (MIDDLE - 0.002, 24.49))
    through(city, ident, "reject")
    bring(moved_border())
    timers.run_grids(city, "live")
    incidents.reopen(city, Call(cast.LEADER), ident, "又起火")
    assert (row(city, ident).area, row(city, ident).keeper) == (cast.AREA_B, cast.GRID_B)


def test_boundaries_of_a_later_day_wait_for_it(city, bring, clock):
    ident = report(city, (MIDDLE - 0.002, 24.49))
    before = held(city)
    coming = bring(moved_border(), holds_from=NEXT_MONTH)
    assert codes(coming) == ["grids_later"]
    timers.run_grids(city, "live")
    assert held(city) == before
    assert held(city, MIDNIGHT) != before
    clock.at = MIDNIGHT
    timers.run_grids(city, "live")
    assert held(city) == held(city, MIDNIGHT) != before
    assert row(city, ident).area == cast.AREA_B
    assert "GridsTookEffect" in kinds(city)
    with city.engine.connect() as conn:
        assert grids.version(conn, coming.version).applied_at == MIDNIGHT


def test_boundaries_that_wait_are_taken_back_by_a_file_for_the_same_day(city, bring, clock):
    before = held(city)
    bring(moved_border(), holds_from=NEXT_MONTH)
    assert held(city, MIDNIGHT) != before
    assert bring(moved_border(0.0), holds_from=NEXT_MONTH).counts.changed == 6
    assert held(city, MIDNIGHT) == before
    clock.at = MIDNIGHT
    timers.run_grids(city, "live")
    assert held(city) == before


def test_a_date_before_what_holds_now_is_refused(city, bring, clock):
    bring(split())
    early = bring(split(0.01), holds_from="2026-02-01")
    assert codes(early) == ["holds_from_too_early"]
    assert held(city)[A2][0] == WEST + 0.015


def test_one_file_holds_from_one_day(city, bring):
    shapes = {code: (box, {"生效日期": f"2026-0{n}-01"}) for n, (code, box) in enumerate(split().items(), 4)}
    assert codes(bring(shapes)) == ["holds_from_differ"]
    assert codes(bring(split(), holds_from="soon")) == ["field_invalid"]


def test_faults_are_kept_with_their_ground(city, bring):
    overlapping = split() | {A2: (WEST + 0.014, SOUTH, MIDDLE, NORTH)}
    assert "coverage_overlap" in codes(bring(overlapping))
    with city.engine.connect() as conn:
        (fault,) = grids.read_faults(conn, cast.TOWN_A, 10)
        assert grids.read_faults(conn, cast.TOWN_B, 10) == []
        assert grids.count_faults(conn, "") == {"overlap": 1}
    assert (fault.kind, fault.tier, fault.codes) == ("overlap", 3, [A1, A2])
    assert json.loads(fault.geometry)["type"] == "MultiPolygon"
    bring(split())
    with city.engine.connect() as conn:
        assert conn.execute(select(grid_fault)).all() == []


def test_special_grids_lie_over_base_grids_and_are_linked_to_them(city, bring):
    school = (MIDDLE - 0.003, 24.485, MIDDLE + 0.001, 24.489)
    given = bring({"S1": (school, {"name": "实验小学", "special": "school"})})
    assert (given.written, codes(given)) == (1, [])
    with city.engine.connect() as conn:
        links = {r.base: round(r.share, 2) for r in conn.execute(select(special_link))}
        assert conn.execute(select(grid.c.code).where(grid.c.code == "S1")).all() == []
    assert links == {cast.GRID_A: 0.75, cast.GRID_B: 0.25}
    bring(moved_border())
    with city.engine.connect() as conn:
        links = {r.base: round(r.share, 2) for r in conn.execute(select(special_link))}
    assert links == {cast.GRID_B: 1.0}


def test_an_unknown_kind_of_special_grid_is_named_with_those_known(bring):
    refused = bring({"S1": ((WEST, SOUTH, MIDDLE, NORTH), {"special": "palace"})})
    problem = refused.problems[0]
    assert (problem.code, problem.row, problem.field) == ("special_unknown", 1, "special")
    assert "school" in problem.params["known"]


def test_the_desk_reports_into_the_new_grid_at_once(city, bring):
    bring(moved_border())
    ident = report(city, (MIDDLE - 0.002, 24.49))
    assert row(city, ident).grid == cast.GRID_B
