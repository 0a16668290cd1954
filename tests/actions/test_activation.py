"""One click sets everything moving that the preview told, or nothing; the end lets go of all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions import closures, dispatch, incidents, linkage, linkage_reading, plans, stock
from actions.closures import CloseCommand
from actions.commands import AmendCommand, CancelCommand
from actions.linkage_commands import (
    CloseShelterCommand,
    EndCommand,
    FillShelterCommand,
    Gap,
    LevelCommand,
    OpenShelterCommand,
)
from actions.services import Services
from actions.stock import MoveCommand
from actions.unit_of_work import Call, Transaction
from core.errors import NotFound
from core.errors_plans import MeansMissing, NotYourTask, ShelterFull
from core.linkage_model import Linkage
from outbound.reader import Reader
from tests.actions.means import click, crew, furnish, in_force, seen
from tests.cast import FIRE, IN_A, IN_B, LEADER, OFFICER, OFFICER_A
from tests.outbound.desk import notices, read
from tests.parts import Follower, advance, elsewhere, fold, guards, kinds, report, report_command, send

BY = Call(LEADER)


def running(city: Services) -> Linkage:
    [one] = fold(city).linkages.values()
    return one


def reserved(city: Services) -> float:
    return sum(lot.reserved for lot in guards(city)["lots"].values())  # type: ignore[union-attr,misc]


def test_the_preview_tells_what_the_click_then_does(city: Services) -> None:
    furnish(city)
    in_force(city)
    incident = report(city)
    told = seen(city, incident)
    assert {one["unit"] for one in told["units"]} == {"R1", "R2"}
    assert sum(one["quantity"] for one in told["supplies"]) == 150
    assert [(one["id"], one["places"]) for one in told["shelters"]] == [("B1", 300), ("B2", 200)]
    assert told["closures"]
    assert [(one["code"], one["points"]) for one in told["broadcasts"]] == [("say", 1)]
    assert told["shortfalls"] == []
    assert not fold(city).linkages, "nothing is written by looking"
    follower = Follower(city)
    click(city, incident)
    follower.compare()
    board, means = fold(city), running(city).means
    assert set(means.units) == {"R1", "R2"}
    assert {board.units[code].incident for code in means.units} == {incident}
    assert sum(part.quantity for part in means.supplies) == reserved(city) == 150
    assert [(one.id, one.places) for one in means.shelters] == [("B1", 300), ("B2", 200)]
    assert set(means.closures) == {one["id"] for one in told["closures"]} == set(board.closures)
    assert set(means.broadcasts) == set(board.alerts)
    assert len(means.broadcasts) == 1


def test_what_is_missing_is_told_before_the_click_and_accepted_with_it(city: Services) -> None:
    furnish(city, (40.0,))
    in_force(city)
    incident = report(city)
    told = seen(city, incident)
    assert [(one["kind"], one["what"], one["missing"]) for one in told["shortfalls"]] == [
        ("item", "1010101", 110.0)
    ]
    before = len(kinds(city))
    with pytest.raises(MeansMissing) as refused:
        click(city, incident)
    assert refused.value.params["changed"][0]["what"] == "1010101"
    assert len(kinds(city)) == before, "nothing half-done"
    click(city, incident, accept=told["shortfalls"])
    assert reserved(city) == 40


def test_a_lot_that_ran_out_between_preview_and_click_refuses_it_with_what_changed(city: Services) -> None:
    [lot] = furnish(city, (150.0,))
    in_force(city)
    incident = report(city)
    told = seen(city, incident)
    stock.issue(city, Call(OFFICER), lot, MoveCommand(quantity=100))
    before = len(kinds(city))
    with pytest.raises(MeansMissing) as refused:
        click(city, incident, accept=told["shortfalls"])
    [changed] = refused.value.params["changed"]
    assert (changed["kind"], changed["missing"], changed["wanted"]) == ("item", 100.0, 150.0)
    assert len(kinds(city)) == before


def test_what_is_replaced_by_its_equal_is_no_refusal(city: Services) -> None:
    first, _ = furnish(city, (150.0, 150.0))
    in_force(city)
    incident, other = report(city), report(city)
    told = seen(city, incident)
    send(city, other, "R1")
    stock.issue(city, Call(OFFICER), first, MoveCommand(quantity=150))
    click(city, incident, accept=told["shortfalls"])
    assert set(running(city).means.units) == {"R2", "R3"}
    assert reserved(city) == 150


def test_what_is_there_already_counts(city: Services) -> None:
    furnish(city)
    in_force(city)
    incident = report(city)
    send(city, incident, "R3")
    assert [one["unit"] for one in seen(city, incident)["units"]] == ["R1"]
    click(city, incident)
    assert set(running(city).means.units) == {"R1"}


def everything_free(city: Services) -> None:
    board = fold(city)
    assert not board.linkages
    assert not board.tasks
    assert not board.closures
    assert not board.alerts
    assert not [unit.id for unit in board.units.values() if unit.assignment]
    assert reserved(city) == 0


@pytest.mark.parametrize("parts", ["all", "units", "none"])
def test_stand_down_leaves_nothing_reserved_closed_or_open(city: Services, parts: str) -> None:
    furnish(city)
    changed: dict[str, dict[str, Any]] = {
        "all": {}, "units": {"shelters": [], "cordons": [], "broadcasts": []},
        "none": {"tasks": [{**_plain("a")}], "phases": _FIRST, "shelters": [], "cordons": [],
                 "broadcasts": []},
    }  # fmt: skip
    in_force(city, **changed[parts])
    incident = report(city)
    ident = click(city, incident)["linkage"]
    if parts == "all":
        _at_work(city, ident)
    follower = Follower(city)
    given = linkage.end(city, BY, ident, EndCommand(reason="险情解除"))
    follower.compare()
    assert given["status"] == "ended"
    everything_free(city)
    assert fold(city).incidents[incident].linkage == ""


_FIRST = [{"code": "first", "name": "先期处置", "name_en": "First response"}]


def _plain(code: str) -> dict[str, Any]:
    return {"code": code, "phase": "first", "title": code, "title_en": code, "owner": "@town", "ack_min": 5,
            "due_min": 30}  # fmt: skip


def _at_work(city: Services, ident: str) -> None:
    """One crew has gone home by itself, some water is out, people are in a shelter, a road was opened."""
    board = fold(city)
    [first, *_] = [link.id for link in board.links.values()]
    advance(city, first, "ack", "enroute", "arrive", "release")
    part = running(city).means.supplies[0]
    stock.issue(city, Call(OFFICER), part.lot, MoveCommand(quantity=10, incident=running(city).incident))
    linkage.fill_shelter(city, BY, ident, FillShelterCommand(shelter="B1", persons=120))
    closures.reopen(city, Call(OFFICER), running(city).means.closures[0])


def test_who_is_still_in_a_shelter_is_told_when_it_closes(city: Services) -> None:
    furnish(city)
    in_force(city)
    ident = click(city, report(city))["linkage"]
    linkage.fill_shelter(city, Call(OFFICER_A), ident, FillShelterCommand(shelter="B1", persons=120))
    assert [one.used for one in running(city).means.shelters if one.id == "B1"] == [120]
    with pytest.raises(ShelterFull):
        linkage.fill_shelter(city, BY, ident, FillShelterCommand(shelter="B1", persons=301))
    linkage.close_shelter(city, BY, ident, CloseShelterCommand(shelter="B1"))
    assert [one.id for one in running(city).means.shelters] == ["B2"]
    given = linkage.open_shelter(city, BY, ident, OpenShelterCommand(shelter="B1", places=10))
    assert given["status"] == "running"
    with pytest.raises(ShelterFull):
        linkage.open_shelter(city, BY, ident, OpenShelterCommand(shelter="FAR", places=90_000))


def test_places_that_one_response_keeps_another_does_not_get(city: Services) -> None:
    furnish(city, (1000.0, 1000.0))
    for n in range(2):
        crew(city, f"X{n}", IN_B)
    in_force(city)
    click(city, report(city))
    told = seen(city, report(city))
    assert [(one["id"], one["places"]) for one in told["shelters"]] == [("B2", 200)]
    assert [(one["kind"], one["missing"]) for one in told["shortfalls"]] == [("shelter", 300)]


def test_a_road_that_two_responses_close_opens_with_the_last_of_them(city: Services) -> None:
    furnish(city)
    ring = {"code": "ring", "phase": "first", "radius_m": 300, "reason": "封控"}
    in_force(city, tasks=[_plain("a")], phases=_FIRST, shelters=[], broadcasts=[], cordons=[ring])
    one, other = report(city), report(city)
    first = click(city, one)["linkage"]
    second = click(city, other)["linkage"]
    shut = set(fold(city).closures)
    assert shut
    linkage.end(city, BY, first, EndCommand(reason="结束"))
    assert set(fold(city).closures) == shut
    assert {held.incident for held in fold(city).closures.values()} == {other}
    linkage.end(city, BY, second, EndCommand(reason="结束"))
    assert not fold(city).closures


def test_what_somebody_closed_by_hand_stays_closed(city: Services) -> None:
    furnish(city)
    in_force(city)
    incident = report(city)
    ident = seen(city, incident)["closures"][0]["id"]
    closures.close(city, Call(OFFICER), ident, CloseCommand(reason="塌陷"))
    response = click(city, incident)["linkage"]
    assert ident not in running(city).means.closures
    linkage.end(city, BY, response, EndCommand(reason="结束"))
    assert set(fold(city).closures) == {ident}


def test_who_goes_by_order_drives_through_a_cordon_and_nobody_else(city: Services) -> None:
    furnish(city)
    in_force(city)
    click(city, report(city))
    with city.engine.connect() as conn:
        sent, others = (closures.open_roads(city, conn, "live", ordered=one) for one in (True, False))
    west, east = (IN_A[0] - 0.009, IN_A[1]), (IN_A[0] + 0.009, IN_A[1])
    assert sent.route(west, east).by_road
    assert not others.route(west, east).by_road


def test_raising_brings_the_graver_levels_means_and_command_and_lowering_keeps_what_is_on_the_way(
    city: Services,
) -> None:
    furnish(city)
    in_force(city)
    ident = click(city, report(city), level=4)["linkage"]
    assert running(city).means.units == ()
    assert running(city).commander == "@990101001"
    told = linkage_reading.preview_level(city, LEADER, "live", ident, 2)
    assert {one["unit"] for one in told["units"]} == {"R1", "R2"}
    linkage.change_level(city, BY, ident, LevelCommand(level=2, reason="扩大"))
    held = running(city)
    assert set(held.means.units) == {"R1", "R2"}
    assert (held.commander, held.commander_name) == ("yingji@", LEADER.name)
    linkage.change_level(city, BY, ident, LevelCommand(level=4, reason="缓解"))
    assert running(city).means == held.means
    assert running(city).commander == "yingji@"
    before = reserved(city)
    linkage.change_level(city, BY, ident, LevelCommand(level=2, reason="又扩大"))
    assert (running(city).means, reserved(city)) == (held.means, before), "its means are with it already"


def test_raising_is_refused_whole_where_something_is_missing_that_was_not_accepted(city: Services) -> None:
    furnish(city)
    in_force(city)
    incident = report(city)
    ident = click(city, incident, level=4)["linkage"]
    send(city, report(city), "R1", "R2", "R3")
    with pytest.raises(MeansMissing):
        linkage.change_level(city, BY, ident, LevelCommand(level=2, reason="扩大"))
    assert running(city).level == 4
    gaps = linkage_reading.preview_level(city, LEADER, "live", ident, 2)["shortfalls"]
    accepted = tuple(Gap.model_validate(one) for one in gaps)
    linkage.change_level(city, BY, ident, LevelCommand(level=2, reason="扩大", accept_shortfalls=accepted))
    assert running(city).level == 2


def test_a_response_moves_with_its_incident(city: Services) -> None:
    furnish(city)
    in_force(city)
    incident = report(city)
    click(city, incident)
    follower = Follower(city)
    incidents.relocate(city, Call(OFFICER), incident, elsewhere(IN_B), "西门路")
    follower.compare()
    board = fold(city)
    assert (running(city).lon, running(city).lat, running(city).area) == (*IN_B, "990101002001")
    assert {(one.lon, one.area) for one in board.tasks.values()} == {(IN_B[0], "990101002001")}


def test_who_takes_no_part_says_nothing_of_a_shelter(city: Services) -> None:
    furnish(city)
    in_force(city)
    ident = click(city, report(city))["linkage"]
    neighbour = replace(OFFICER_A, area="990101", dept="gongan")
    with pytest.raises((NotYourTask, NotFound)):
        linkage.fill_shelter(city, Call(neighbour), ident, FillShelterCommand(shelter="B1", persons=1))


def test_units_sent_by_hand_are_not_called_back_by_the_end(city: Services) -> None:
    furnish(city)
    in_force(city)
    incident = report(city)
    send(city, incident, "P1")
    ident = click(city, incident)["linkage"]
    linkage.end(city, BY, ident, EndCommand(reason="结束"))
    board = fold(city)
    assert [unit.id for unit in board.units.values() if unit.assignment] == ["P1"]
    dispatch.cancel(city, Call(OFFICER), incident, CancelCommand(reason="结束"))


# --- proposals --------------------------------------------------------------------------------------------


def test_an_incident_that_calls_for_a_plan_says_so_once_and_the_one_who_would_command_is_told(
    city: Services,
) -> None:
    reader = Reader(city.engine, city.zone, city.now)
    read(reader)
    furnish(city)
    in_force(city, triggers=[{"level": 4, "severity": 4, "classes": [FIRE]},
                             {"level": 2, "severity": 2, "classes": [FIRE]}])  # fmt: skip
    city.reference.forget()
    incident = report(city, severity=4)
    proposed = fold(city).incidents[incident].proposed
    assert [(one.plan, one.level) for one in proposed] == [("ponding", 4)]
    incidents.amend(city, Call(OFFICER), incident, AmendCommand(text="更大了"))
    assert kinds(city).count("PlanProposed") == 1
    incidents.amend(city, Call(OFFICER), incident, AmendCommand(severity=2))
    assert [one.level for one in fold(city).incidents[incident].proposed] == [2]
    read(reader)
    told = [one for one in notices(city) if one.fact == "PlanProposed" and not one.settled_at]
    assert [one.alarm for one in told] == [True], "of a graver proposal the milder one is told no more"
    gaps = seen(city, incident)["shortfalls"]
    click(city, incident, accept=gaps)
    read(reader)
    assert all(one.settled_at for one in notices(city) if one.fact == "PlanProposed")
    assert fold(city).incidents[incident].proposed == ()


def test_a_warning_calls_for_the_plan_that_names_it(city: Services) -> None:
    furnish(city)
    in_force(city, triggers=[{"level": 2, "severity": 4, "warnings": ["沙尘"]}])
    city.reference.forget()
    with city.engine.connect() as conn:
        tx = Transaction(city, conn, BY)
        tx.begin()
        warned = incidents.report_within(tx, report_command(), warning="沙尘橙色预警")
        heard = incidents.report_within(tx, report_command(text="沙尘很大"))
        tx.finish()
    board = fold(city)
    assert [one.plan for one in board.incidents[warned["id"]].proposed] == ["ponding"]
    assert board.incidents[heard["id"]].proposed == (), "what a caller says is no warning"
    told = plans.for_incident(city, LEADER, "live", warned["id"])
    assert [(one["plan"], one["level"]) for one in told] == [("ponding", 2)]
