"""The fold: total, the same wherever the log is cut, and its figures are what one counts by hand."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.events as e
from core.board import DEPARTURES_KEPT, Board, Departure, drawn
from core.envelope import BODIES, Event
from core.features import feature
from core.fold import HANDLERS, apply
from core.model import DONE, ENDED, Incident, Unit
from core.permissions import prefixes
from core.serial import dump, dump_board, load_board
from tests.cast import (
    AREA_A,
    AREA_B,
    SCOPES,
    TOWN_A,
    dispatched,
    due,
    reported,
    story,
    unit_body,
)
from tests.core.strategies import examples, logs

FEW = examples(100)


def fold(events: list[Event], board: Board | None = None) -> Board:
    board = board or Board("live")
    for one in events:
        apply(board, one)
    return board


def as_seen(board: Board) -> dict[str, object]:
    """Everything of a board but what its counters are made of."""
    return {
        "head": (board.seq, board.at, board.day, board.day_seq),
        "incidents": board.incidents,
        "units": board.units,
        "links": board.links,
        "closures": board.closures,
        "walls": board.walls,
        "hidden": (board.hidden, board.hidden_seq),
        "ticker": list(board.ticker),
        "departures": (list(board.departures), board.departures_floor),
        "figures": {area: figures(board, area) for area in SCOPES},
    }


def figures(board: Board, area: str) -> tuple[object, object]:
    tally = board.counters.of(area)
    return tally.kpi(), tally.units_by_kind()


# --- counted by hand -------------------------------------------------------------------------------------


def p90(values: list[float]) -> float | None:
    ordered = sorted(values)
    return ordered[math.ceil(0.9 * len(ordered)) - 1] if ordered else None


def concerned(incident: Incident) -> tuple[str, ...]:
    """The area it lies in, and those of its offices."""
    return incident.area, *(office.partition("@")[2] for office in incident.offices)


def naive_figures(board: Board, area: str) -> tuple[dict[str, object], dict[str, dict[str, int]]]:
    """The figures of an area, counted anew from the entities without the counters' code."""
    incidents = [i for i in board.incidents.values() if any(area in prefixes(one) for one in concerned(i))]
    units = [u for u in board.units.values() if area in prefixes(u.area)]
    today = board.day_seq
    waited = [
        (i.dispatched_at - i.reported_at).total_seconds()
        for i in incidents
        if i.dispatched_at and i.dispatched_seq > today
    ]
    kpi = {
        "open": sum(i.status not in ENDED for i in incidents),
        "waiting": sum(i.status in ("reported", "accepted") for i in incidents),
        "on_scene": sum(u.status == "on_scene" for u in units),
        "closed_today": sum(i.status in DONE and i.closed_seq > today for i in incidents),
        "report_dispatch_p90_s": p90(waited),
        "dispatch_arrive_p90_s": p90([a.seconds for i in incidents for a in i.arrivals if a.seq > today]),
    }
    kinds: dict[str, dict[str, int]] = {}
    for (kind, status), n in sorted(Counter((u.kind, u.status) for u in units).items()):
        kinds.setdefault(kind, {})[status] = n
    return kpi, kinds


@FEW
@given(logs())
def test_any_order_of_facts_gives_a_board_with_the_figures_one_counts_by_hand(log: list[Event]) -> None:
    board = Board("live")
    for one in log:
        apply(board, one)
        for area in SCOPES:
            assert figures(board, area) == naive_figures(board, area)


@FEW
@given(logs(), st.data())
def test_splitting_the_log_anywhere_folds_to_the_same_board(log: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(log)))
    whole = as_seen(fold(log))
    assert as_seen(fold(log[cut:], fold(log[:cut]))) == whole
    assert as_seen(fold(log[cut:], load_board(dump_board(fold(log[:cut]))))) == whole


@FEW
@given(logs())
def test_a_change_tells_every_entity_that_became_another_and_its_version(log: list[Event]) -> None:
    board = Board("live")
    for one in log:
        before = {("incidents", k): v for k, v in board.incidents.items()}
        before |= {("units", k): v for k, v in board.units.items()}
        before |= {("links", k): v for k, v in board.links.items()}
        before |= {("closures", k): v for k, v in board.closures.items()}
        before |= {("walls", k): v for k, v in board.walls.items()}
        change = apply(board, one)
        after = {("incidents", k): v for k, v in board.incidents.items()}
        after |= {("units", k): v for k, v in board.units.items()}
        after |= {("links", k): v for k, v in board.links.items()}
        after |= {("closures", k): v for k, v in board.closures.items()}
        after |= {("walls", k): v for k, v in board.walls.items()}
        differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert differing <= set(change.touched)
        for key, (old, new) in change.touched.items():
            assert (drawn(old), drawn(new)) == (before.get(key), after.get(key))
            assert new is not None
            assert new.version == one.seq


@FEW
@given(logs())
def test_the_board_of_guard_rows_is_the_live_board_and_what_was_shelved(log: list[Event]) -> None:
    live, guard = fold(log), fold(log, Board("live", live=False))
    assert live.units == guard.units
    assert live.links == guard.links
    assert live.closures == guard.closures
    assert live.walls == guard.walls
    assert live.incidents == {k: i for k, i in guard.incidents.items() if not i.shelved}


@FEW
@given(logs())
def test_a_units_status_is_that_of_its_assignment(log: list[Event]) -> None:
    board = Board("live")
    for one in log:
        apply(board, one)
        for unit in board.units.values():
            assert (unit.assignment is None) == (unit.status in ("available", "reserved", "off_duty"))


def test_every_operational_fact_has_a_handler_and_others_only_move_the_position() -> None:
    board = fold(story(("I1", reported())))
    known = dict(board.incidents)
    change = apply(board, story(("grids", e.PlacesImported(places="grids", version=1, file="a", sha256="b",
                                                            counts={})))[0])  # fmt: skip
    assert not change.touched
    assert board.incidents == known
    rooms = ("system", "sites", "norms", "duty", "plans", "advice", "ledger", "findings")
    off_the_board = {f"core.events_{name}" for name in rooms}
    aside = {name for name, body in BODIES.items() if body.__module__ in off_the_board}
    aside |= {"PlacesImported", "GridsTookEffect", "Body"}
    told_only = {"HazardOverdue", "FindingOverdue"}
    assert {kind.__name__ for kind in HANDLERS} == set(BODIES) - aside | told_only


# --- one incident's life ---------------------------------------------------------------------------------


def life(*more: tuple[str, e.Body]) -> Board:
    """F1 and P1 are known, I1 is reported in A, then whatever is told."""
    return fold(story(("F1", unit_body("F1")), ("P1", unit_body("P1")), ("I1", reported()), *more))


def test_a_dispatch_binds_the_unit_and_draws_a_link() -> None:
    board = life(("I1", dispatched("F1", "A1")))
    assert (board.units["F1"].status, board.units["F1"].assignment, board.units["F1"].incident) == (
        "dispatched", "A1", "I1",
    )  # fmt: skip
    assert board.links["A1"].unit == "F1"
    assert (board.incidents["I1"].status, board.incidents["I1"].units) == ("dispatched", ("F1",))


def test_an_incident_knows_whose_hands_it_is_in_each_person_once() -> None:
    told = story(
        ("F1", unit_body("F1")), ("P1", unit_body("P1")), ("I1", reported()), ("I1", e.IncidentAccepted()),
        ("I1", dispatched("F1", "A1")), ("I1", dispatched("P1", "A2")),
    )  # fmt: skip
    by_two = [replace(one, actor="li") if one.seq > 4 else one for one in told]
    board = fold(by_two)
    assert board.incidents["I1"].hands == ("wang", "li")
    assert feature(board.incidents["I1"])["properties"]["hands"] == ("wang", "li")


def test_the_last_unit_that_declines_sends_the_incident_back_to_wait() -> None:
    again = due("dispatch", 60)
    board = life(("I1", dispatched("F1", "A1")), ("A1", e.AssignmentDeclined(reason="车坏", due=again)))
    incident = board.incidents["I1"]
    assert (incident.status, incident.units, board.links) == ("accepted", (), {})
    assert incident.deadline
    assert incident.deadline.due_at == again.due_at
    assert board.units["F1"].status == "available"


def test_a_second_unit_does_not_set_back_an_incident_that_is_already_attended() -> None:
    board = life(
        ("I1", dispatched("F1", "A1")), ("A1", e.AssignmentArrived(due=None)), ("I1", dispatched("P1", "A2"))
    )
    assert board.incidents["I1"].status == "on_scene"
    assert board.incidents["I1"].units == ("F1", "P1")


def test_a_unit_that_went_off_duty_while_bound_is_off_duty_when_released() -> None:
    board = life(
        ("I1", dispatched("F1", "A1")),
        ("F1", e.UnitDutyChanged(on_duty=False)),
        ("A1", e.AssignmentReleased(reason=None, due=None)),
    )
    assert board.units["F1"].status == "off_duty"


def test_an_incident_moves_to_another_area_with_its_links() -> None:
    moved = e.IncidentRelocated(lon=118.13, lat=24.49, address=None, area=AREA_B, grid=AREA_B, place="西门")
    board = life(("I1", dispatched("F1", "A1")), ("I1", moved))
    assert (board.incidents["I1"].area, board.links["A1"].area) == (AREA_B, AREA_B)
    assert board.incidents["I1"].address == "东门路1号"
    assert board.counters.of(TOWN_A).open == 0
    assert {d.layer for d in board.departures} == {"incidents", "links"}


def test_midnight_begins_todays_figures_again() -> None:
    ended = [("I1", dispatched("F1", "A1")), ("A1", e.AssignmentReleased(reason=None, due=None)),
             ("I1", e.IncidentClosed())]  # fmt: skip
    before = life(*ended)
    assert before.counters.of("").closed_today == 1
    assert before.counters.of("").report_dispatch
    after = life(*ended, ("live", e.DayStarted(date=date(2026, 3, 3))))
    assert after.day == date(2026, 3, 3)
    assert (after.counters.of("").closed_today, after.counters.of("").report_dispatch) == (0, [])


def test_a_late_warning_does_not_take_back_that_a_deadline_was_missed() -> None:
    clock = {"step": "dispatch", "due_at": due().due_at}
    board = life(("I1", e.DeadlineMissed(**clock)), ("I1", e.DeadlineNeared(**clock)))
    deadline = board.incidents["I1"].deadline
    assert deadline
    assert deadline.state == "over"


def test_an_incident_reopened_while_a_unit_is_still_bound_stands_where_that_unit_stands() -> None:
    told = [("I1", dispatched("F1", "A1")), ("I1", e.IncidentHandled(text=None, due=None))]
    again = ("I1", e.IncidentReopened(reason="复燃", restored=None, due=due("handle")))
    assert life(*told, again).incidents["I1"].status == "dispatched"
    on_scene = life(*told, ("A1", e.AssignmentArrived(due=None)), again)
    assert on_scene.incidents["I1"].status == "on_scene"
    arrived = life(*told, again, ("A1", e.AssignmentArrived(due=None)))
    assert arrived.incidents["I1"].status == "on_scene"


def test_a_shelved_incident_comes_back_whole() -> None:
    board = life(("I1", e.NoteAdded(text="x")), ("I1", e.IncidentRejected(reason="重复")))
    kept = board.incidents["I1"]
    told = [
        ("I1", e.NoteAdded(text="x")),
        ("I1", e.IncidentRejected(reason="重复")),
        ("I1", e.IncidentShelved()),
    ]
    assert "I1" not in life(*told).incidents
    restored = dump(replace(kept, shelved=True, version=6))
    back = life(*told, ("I1", e.IncidentReopened(reason="误判", restored=restored, due=None))).incidents["I1"]
    assert (back.status, back.shelved, back.text, back.closed_at) == ("accepted", False, kept.text, None)


@pytest.mark.parametrize("kept", [1, 5])
def test_departures_forget_the_oldest_and_say_how_far(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.board.DEPARTURES_KEPT", kept)
    moves = [("F1", unit_body("F1", area=(AREA_A, AREA_B)[n % 2])) for n in range(10)]
    board = fold(story(*moves))
    assert len(board.departures) == kept
    assert board.departures_floor == 10 - kept
    assert all(isinstance(d, Departure) and d.seq > board.departures_floor for d in board.departures)
    assert kept < DEPARTURES_KEPT


def test_entities_are_frozen_values() -> None:
    board = life()
    with pytest.raises(AttributeError):
        board.incidents["I1"].status = "closed"  # type: ignore[misc]
    assert isinstance(board.incidents["I1"], Incident)
    assert isinstance(board.units["F1"], Unit)
