"""Committing units and supplies: held, sent, replaced, recalled, and all let go of when the incident ends."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from actions import dispatch, field, holds, incidents, stock, timers, units
from actions.commands import CancelCommand, DispatchCommand, EndCommand, ReplaceCommand
from actions.field import DutyCommand
from actions.holds import HoldCommand
from actions.letting_go import Ending
from actions.next_best import or_next_store
from actions.services import Services
from actions.stock import MoveCommand
from actions.undo import UndoCommand, undo
from actions.unit_of_work import Call
from core.errors import (
    Forbidden,
    MoveNotAllowed,
    NotFound,
    StockShort,
    UnitBusy,
    UnitsStillAssigned,
    UnknownItem,
)
from core.errors_commit import (
    HoldNotRenewable,
    IncidentEnded,
    NobodyToRecall,
    SuppliesLate,
    SuppliesShort,
    SuppliesUnsettled,
    UnitHeld,
)
from core.permissions import SYSTEM
from tests.cast import IN_A, OFFICER, OFFICER_A, SECOND_OFFICER, UNITS, VIEWER, unit_body
from tests.parts import (
    Clock,
    Follower,
    advance,
    facts,
    guards,
    kinds,
    report,
    row,
    send,
    stores_with,
    through,
)

DESK, OTHER = Call(OFFICER), Call(SECOND_OFFICER)
WATER = "1010101"


def hold(city: Services, incident: str, *codes: str, call: Call = DESK) -> dict[str, Any]:
    return holds.hold(city, call, HoldCommand(incident=incident, units=codes))


def unit(city: Services, code: str) -> Any:
    return guards(city)["units"][code]


def order(*codes: str, **supplies: float) -> DispatchCommand:
    wanted = [{"item": WATER, "quantity": quantity} for quantity in supplies.values()]
    return DispatchCommand.model_validate({"units": codes, "supplies": wanted})


# --- holds ------------------------------------------------------------------------------------------------


def test_what_one_desk_holds_another_is_refused_with_the_holder_the_time_left_and_the_next_best(
    city: Services, clock: Clock
) -> None:
    units.register(city, Call(SYSTEM), [("F3", UNITS["F1"][2], unit_body("F3", unit_kind="fire"))])
    first, second = report(city, IN_A), report(city, IN_A)
    held = hold(city, first, "F1")
    assert held["until"] == clock.at + timedelta(seconds=60)
    assert (unit(city, "F1").status, unit(city, "F1").hold.by) == ("reserved", OFFICER.name)
    clock.pass_(seconds=20)
    for act in (
        lambda: hold(city, second, "F1", call=OTHER),
        lambda: dispatch.dispatch(city, OTHER, second, order("F1")),
    ):
        with pytest.raises(UnitHeld) as refused:
            act()
        told = refused.value.params
        assert (told["by"], told["number"], told["left_s"]) == (OFFICER.name, row(city, first).number, 40)
        assert told["next"]["unit"] == "F3"
    Follower(city).compare()


def test_its_holder_sends_it_also_elsewhere_and_the_hold_is_gone(city: Services) -> None:
    first, second = report(city), report(city)
    hold(city, first, "F1", "P1")
    send(city, second, "F1")
    assert (unit(city, "F1").status, unit(city, "F1").hold, unit(city, "P1").status) == (
        "dispatched", None, "reserved",
    )  # fmt: skip
    Follower(city).compare()


def test_a_hold_ends_by_the_clock_once_however_often_it_is_looked_at(city: Services, clock: Clock) -> None:
    ident = report(city)
    hold(city, ident, "F1", "M1")
    clock.pass_(seconds=59)
    timers.run_due(city, "live")
    assert unit(city, "F1").status == "reserved"
    clock.pass_(seconds=1)
    timers.run_due(city, "live")
    timers.run_due(city, "live")
    ended = [json.loads(wire["body"]) for wire in facts(city) if wire["kind"] == "HoldEnded"]
    assert [(one["unit"], one["why"]) for one in ended] == [("F1", "expired"), ("M1", "expired")]
    assert unit(city, "F1").status == "available"
    Follower(city).compare()


def test_a_hold_that_has_run_out_holds_nobody_up_although_no_clock_has_told_so_yet(
    city: Services, clock: Clock
) -> None:
    first, second = report(city), report(city)
    hold(city, first, "F1")
    clock.pass_(seconds=61)
    dispatch.dispatch(city, OTHER, second, order("F1"))
    timers.run_due(city, "live")
    assert unit(city, "F1").incident == second
    assert "HoldEnded" not in kinds(city)
    Follower(city).compare()


def test_a_hold_is_prolonged_once(city: Services, clock: Clock) -> None:
    ident = report(city)
    hold(city, ident, "F1")
    clock.pass_(seconds=50)
    assert hold(city, ident, "F1")["until"] == clock.at + timedelta(seconds=60)
    clock.pass_(seconds=50)
    with pytest.raises(HoldNotRenewable):
        hold(city, ident, "F1")
    clock.pass_(seconds=11)
    hold(city, ident, "F1")


def test_only_its_holder_gives_a_hold_up(city: Services) -> None:
    ident = report(city)
    held = hold(city, ident, "F1", "M1")["id"]
    with pytest.raises(UnitHeld):
        holds.give_up(city, OTHER, held)
    with pytest.raises(Forbidden):
        holds.give_up(city, Call(VIEWER), held)
    assert holds.give_up(city, DESK, held)["units"] == ["F1", "M1"]
    with pytest.raises(NotFound):
        holds.give_up(city, DESK, held)
    assert unit(city, "M1").status == "available"


def test_all_are_held_or_none_and_nobody_holds_what_is_not_in_their_area(city: Services) -> None:
    ident, other = report(city), report(city)
    hold(city, other, "M1", call=OTHER)
    with pytest.raises(UnitHeld):
        hold(city, ident, "F1", "M1")
    assert unit(city, "F1").status == "available"
    with pytest.raises(Exception, match="unit_unknown"):
        hold(city, ident, "F2", call=Call(OFFICER_A))


def test_an_incident_that_ends_holds_nobody(city: Services) -> None:
    ident = report(city)
    hold(city, ident, "F1")
    through(city, ident, "reject")
    assert unit(city, "F1").status == "available"
    assert json.loads(facts(city)[-2]["body"])["why"] == "incident_ended"
    Follower(city).compare()


def test_who_goes_off_duty_is_held_no_longer(city: Services) -> None:
    hold(city, report(city), "F1")
    field.set_duty(city, DESK, "F1", DutyCommand(on_duty=False))
    assert (unit(city, "F1").status, unit(city, "F1").hold) == ("off_duty", None)
    Follower(city).compare()


# --- supplies ---------------------------------------------------------------------------------------------


def test_units_and_supplies_are_committed_in_one_transaction_split_over_stores(city: Services) -> None:
    here, there = stores_with(city, 30, 50)
    ident = report(city, IN_A)
    answer = dispatch.dispatch(city, DESK, ident, order("F1", water=40))
    assert [(one["store"], one["lot"], one["quantity"]) for one in answer["supplies"]] == [
        ("S2", there, 40)
    ] or [(one["store"], one["quantity"]) for one in answer["supplies"]] == [("S1", 30), ("S2", 10)]
    lots = guards(city)["lots"]
    assert sum(lots[lot].held_for(ident) for lot in (here, there)) == 40  # type: ignore[union-attr]
    assert "SuppliesReserved" in kinds(city)
    Follower(city).compare()


def test_what_is_short_sends_nobody_and_names_what_is_missing_and_who_has_it(city: Services) -> None:
    stores_with(city, 30)
    first, second = report(city), report(city)
    dispatch.dispatch(city, OTHER, first, order(water=20))
    with pytest.raises(SuppliesShort) as refused:
        dispatch.dispatch(city, DESK, second, order("F1", water=20))
    (short,) = refused.value.params["shortfalls"]
    assert (short["missing"], short["reason"]) == (10, "reserved")
    assert refused.value.params["holders"] == [row(city, first).number]
    assert (unit(city, "F1").status, row(city, second).status) == ("available", "reported")
    with pytest.raises(UnknownItem):
        wrong = {"supplies": [{"item": "9", "quantity": 1}]}
        dispatch.dispatch(city, DESK, second, DispatchCommand.model_validate(wrong))


def test_a_store_that_has_too_little_names_what_the_stores_would_send_instead(city: Services) -> None:
    small, large = stores_with(city, 5, 50)
    command = MoveCommand(quantity=20, incident=report(city))
    with pytest.raises(StockShort) as refused:
        or_next_store(stock.reserve)(city, DESK, small, command)
    assert refused.value.params["next"][-1]["lot"] == large
    assert sum(part["quantity"] for part in refused.value.params["next"]) == 20


def test_what_cannot_be_there_in_time_is_refused_and_the_earliest_time_is_told(
    city: Services, clock: Clock
) -> None:
    stores_with(city, 0.5, 30)
    wanted = [{"item": WATER, "quantity": 5, "by": clock.at + timedelta(seconds=1)}]
    command = DispatchCommand.model_validate({"units": ["F1"], "supplies": wanted})
    with pytest.raises(SuppliesLate) as refused:
        dispatch.dispatch(city, DESK, report(city, IN_A), command)
    (short,) = refused.value.params["shortfalls"]
    assert (short["reason"], short["missing"]) == ("late", 0)
    assert short["eta_s"] > 1


def test_undoing_a_dispatch_frees_what_it_reserved_and_nothing_else(city: Services) -> None:
    (lot,) = stores_with(city, 30)
    ident = report(city)
    dispatch.dispatch(city, DESK, ident, order(water=3))
    answer = dispatch.dispatch(city, DESK, ident, order("F1", water=20))
    command = UndoCommand.model_validate(
        {"verb": "dispatch", "incident": ident, "seq": answer["seq"],
         "sent": [one["id"] for one in answer["assignments"]],
         "supplies": [{"lot": one["lot"], "quantity": one["quantity"]} for one in answer["supplies"]]}
    )  # fmt: skip
    undo(city, DESK, command, "撤销")
    assert guards(city)["lots"][lot].held_for(ident) == 3  # type: ignore[union-attr]
    assert unit(city, "F1").status == "available"
    Follower(city).compare()


# --- replacing and recalling ------------------------------------------------------------------------------


def test_another_unit_takes_the_place_of_one_on_its_way_and_the_clocks_run_on(
    city: Services, clock: Clock
) -> None:
    ident = report(city)
    (sent,) = send(city, ident, "F1")
    clock_before = row(city, ident).deadline
    clock.pass_(seconds=90)
    given = dispatch.replace(city, DESK, sent, ReplaceCommand(unit="F2", reason="爆胎"))
    after = row(city, ident)
    assert (after.units, after.status, after.deadline) == (("F2",), "dispatched", clock_before)
    assert after.assignments == (given["assignment"]["id"],)
    told = json.loads(next(w for w in facts(city)[::-1] if w["kind"] == "UnitDispatched")["body"])
    assert (told["replaces"], told["reinforces"]) == (sent, True)
    assert unit(city, "F1").status == "available"
    Follower(city).compare()


def test_who_is_busy_replaces_nobody_and_who_is_there_is_not_replaced(city: Services) -> None:
    ident, other = report(city), report(city)
    (sent,) = send(city, ident, "F1")
    send(city, other, "F2")
    with pytest.raises(UnitBusy):
        dispatch.replace(city, DESK, sent, ReplaceCommand(unit="F2", reason="爆胎"))
    advance(city, sent, "arrive")
    with pytest.raises(MoveNotAllowed):
        dispatch.replace(city, DESK, sent, ReplaceCommand(unit="P1", reason="爆胎"))
    assert row(city, ident).units == ("F1",)


def test_reinforcement_is_told_as_such_and_gives_no_new_time_to_arrive(city: Services, clock: Clock) -> None:
    ident = report(city)
    send(city, ident, "F1")
    due = row(city, ident).deadline
    clock.pass_(seconds=60)
    send(city, ident, "F2")
    assert row(city, ident).deadline == due
    told = [json.loads(w["body"])["reinforces"] for w in facts(city) if w["kind"] == "UnitDispatched"]
    assert told == [False, True]


def test_recalling_turns_back_who_is_on_the_way_and_frees_what_was_reserved(city: Services) -> None:
    (lot,) = stores_with(city, 30)
    ident = report(city)
    answer = dispatch.dispatch(city, DESK, ident, order("F1", "P1", water=20))
    there = answer["assignments"][1]["id"]
    advance(city, there, "arrive")
    dispatch.cancel(city, DESK, ident, CancelCommand(reason="误报"))
    assert (row(city, ident).units, row(city, ident).status) == (("P1",), "on_scene")
    assert guards(city)["lots"][lot].held_for(ident) == 20  # type: ignore[union-attr]
    with pytest.raises(NobodyToRecall):
        dispatch.cancel(city, DESK, ident, CancelCommand(reason="误报"))

    second = report(city)
    dispatch.dispatch(city, DESK, second, order("F1", water=5))
    dispatch.cancel(city, DESK, second, CancelCommand(reason="误报"))
    after = row(city, second)
    assert (after.status, after.units, after.deadline.step) == ("accepted", (), "dispatch")
    assert guards(city)["lots"][lot].bound == (ident,)  # type: ignore[union-attr]
    Follower(city).compare()


# --- the end ----------------------------------------------------------------------------------------------


def test_closing_asks_about_units_and_goods_and_leaves_nothing_bound(city: Services) -> None:
    (lot,) = stores_with(city, 30)
    ident = report(city)
    answer = dispatch.dispatch(city, DESK, ident, order("F1", water=20))
    advance(city, answer["assignments"][0]["id"], "arrive")
    stock.issue(city, DESK, lot, MoveCommand(quantity=15, incident=ident))
    through(city, ident, "handle", "reply", "verify")
    with pytest.raises(UnitsStillAssigned):
        through(city, ident, "close")
    with pytest.raises(SuppliesUnsettled) as refused:
        incidents.close(city, DESK, ident, Ending(release_units=True))
    assert [(one["lot"], one["quantity"]) for one in refused.value.params["lots"]] == [(lot, 15)]
    stock.take_back(city, DESK, lot, MoveCommand(quantity=4, incident=ident))
    ending = Ending.of(EndCommand(release_units=True, settle="consumed"))
    incidents.close(city, DESK, ident, ending)
    left = guards(city)["lots"][lot]
    assert (left.quantity, left.reserved, left.issued, left.bound) == (19, 0, 0, ())  # type: ignore[union-attr]
    assert (row(city, ident).status, unit(city, "F1").status) == ("closed", "available")
    with pytest.raises(IncidentEnded):
        stock.reserve(city, DESK, lot, MoveCommand(quantity=1, incident=ident))
    Follower(city).compare()


def test_a_merged_incident_leaves_nothing_bound_either(city: Services) -> None:
    (lot,) = stores_with(city, 30)
    ident, into = report(city), report(city)
    dispatch.dispatch(city, DESK, ident, order("F1", water=20))
    hold(city, ident, "P1", call=OTHER)
    with pytest.raises(UnitsStillAssigned):
        incidents.merge(city, DESK, ident, into)
    incidents.merge(city, DESK, ident, into, Ending(release_units=True))
    assert {unit(city, code).status for code in ("F1", "P1")} == {"available"}
    assert guards(city)["lots"][lot].bound == ()  # type: ignore[union-attr]
    Follower(city).compare()


def test_no_more_comes_back_than_went_out(city: Services) -> None:
    (lot,) = stores_with(city, 30)
    ident = report(city)
    stock.issue(city, DESK, lot, MoveCommand(quantity=5, incident=ident))
    with pytest.raises(StockShort):
        stock.consume(city, DESK, lot, MoveCommand(quantity=6, incident=ident))
    stock.consume(city, DESK, lot, MoveCommand(quantity=5, incident=ident))
    Follower(city).compare()
