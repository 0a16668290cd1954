"""Advice over a real city: sets of a run card with reasons, what stays covered, and the answer in the log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from actions import dispatch, incidents
from actions.advice import advise
from actions.commands import AmendCommand, DispatchCommand, SupplyCommand
from actions.offers import KEPT
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import UnitBusy
from core.errors_advice import OfferUnknown, ReasonNeeded
from core.events_advice import OfferAnswered
from db import log
from db.tables_advice import run_card, run_supply
from db.tables_duty import roster
from feed.positions import Position
from tests.cast import IN_A, LEADER, OFFICER, OFFICER_A, START, VIEWER
from tests.parts import Clock, advance, facts, fold, renewed, report, send, stores_with

DESK = Call(OFFICER)
SLOT = {
    "class_code": "21000",
    "level": 0,
    "slot_en": "",
    "skills": "",
    "vehicle": "",
    "takes": 0,
    "source": "本市",
}


@pytest.fixture
def cards(city: Services) -> Services:
    """A card for fires: two engines, and an ambulance."""
    rows = [
        {**SLOT, "slot": "消防车", "position": 1, "kinds": "fire", "number": 2},
        {**SLOT, "slot": "急救车", "position": 2, "kinds": "medical", "number": 1},
    ]
    with city.engine.begin() as conn:
        conn.execute(insert(run_card), rows)
    renewed(city, "runcards")
    return city


def first(given: dict[str, Any]) -> list[str]:
    return [unit["unit"] for unit in given["sets"][0]["units"]]


def answered(services: Services) -> OfferAnswered:
    """The one answer that the log tells."""
    bodies = [log.to_event(wire).body for wire in facts(services)]
    (only,) = [body for body in bodies if isinstance(body, OfferAnswered)]
    return only


def test_a_set_fills_the_card_and_says_what_is_against_each(cards: Services, clock: Clock) -> None:
    ident = report(cards, IN_A)
    old = int((clock.at - timedelta(minutes=10)).timestamp() * 1000)
    cards.positions.take("live", [Position("F1", *IN_A, old, None, None)])
    shift = {"office": "@", "post": "M1", "person": "张", "deputy": "", "away": False}
    hours = {"starts_at": START - timedelta(hours=11), "ends_at": START + timedelta(hours=1)}
    with cards.engine.begin() as conn:
        conn.execute(insert(roster), [{**shift, **hours}])
    given = advise(cards, OFFICER, "live", ident)
    units = {unit["unit"]: unit for unit in given["sets"][0]["units"]}
    assert sorted(first(given)) == ["F1", "F2", "M1"]
    assert "position_old" in units["F1"]["warnings"]
    assert units["F1"]["penalty_s"] == pytest.approx(120, abs=1)
    assert "tired" in units["M1"]["warnings"]
    assert units["M1"]["eta_low_s"] <= units["M1"]["eta_s"] <= units["M1"]["eta_high_s"]
    assert given["shortfalls"] == []


def test_what_cannot_be_filled_is_told_with_its_reason(cards: Services) -> None:
    held_up, ident = report(cards, IN_A), report(cards, IN_A)
    send(cards, held_up, "F1", "M1")
    given = advise(cards, OFFICER, "live", ident)
    assert first(given) == ["F2"]
    assert [(gap["slot"], gap["missing"], gap["reason"]) for gap in given["unmet"]] == [
        ("消防车", 1, "all_busy"), ("急救车", 1, "all_busy"),
    ]  # fmt: skip
    of_town = advise(cards, OFFICER_A, "live", ident)
    assert {gap["reason"] for gap in of_town["unmet"]} == {"all_busy"}
    assert of_town["sets"][0]["units"] == []


def test_the_log_tells_what_was_offered_and_what_was_chosen(cards: Services) -> None:
    ident = report(cards, IN_A)
    given = advise(cards, OFFICER, "live", ident)
    dispatch.dispatch(cards, DESK, ident, DispatchCommand(units=tuple(first(given)), offer=given["offer"]))
    told = answered(cards)
    assert (told.rank, told.reason, told.sets[0].units) == (1, None, tuple(first(given)))


def test_another_choice_than_the_first_set_is_told_with_its_reason(cards: Services) -> None:
    ident = report(cards, IN_A)
    offer = advise(cards, OFFICER, "live", ident)["offer"]
    with pytest.raises(ReasonNeeded):
        dispatch.dispatch(cards, DESK, ident, DispatchCommand(units=("P1",), offer=offer))
    command = DispatchCommand(units=("P1",), offer=offer, override_reason="就在门口")
    dispatch.dispatch(cards, DESK, ident, command)
    told = answered(cards)
    assert (told.rank, told.units, told.reason) == (0, ("P1",), "就在门口")


def test_an_offer_is_of_its_incident_and_its_hour(cards: Services, clock: Clock) -> None:
    ident, other = report(cards, IN_A), report(cards, IN_A)
    offer = advise(cards, OFFICER, "live", ident)["offer"]
    with pytest.raises(OfferUnknown):
        dispatch.dispatch(cards, DESK, other, DispatchCommand(units=("F1",), offer=offer))
    clock.pass_(seconds=KEPT.total_seconds() + 1)
    advise(cards, OFFICER, "live", other)
    with pytest.raises(OfferUnknown):
        dispatch.dispatch(cards, DESK, ident, DispatchCommand(units=("F1",), offer=offer))


def test_who_may_not_dispatch_gets_no_offer(cards: Services) -> None:
    given = advise(cards, VIEWER, "live", report(cards, IN_A))
    assert given["offer"] is None
    assert given["sets"]


def test_who_is_called_off_by_rule_turns_round_in_the_same_transaction(cards: Services) -> None:
    less = report(cards, IN_A, severity=4)
    send(cards, less, "F1", "F2")
    with cards.engine.begin() as conn:
        conn.execute(update(run_card).where(run_card.c.slot == "消防车").values(takes=4))
    renewed(cards, "runcards")
    ident = report(cards, IN_A, severity=1)
    given = advise(cards, OFFICER, "live", ident)
    units = {unit["unit"]: unit for unit in given["sets"][0]["units"]}
    assert "called_off" in units["F1"]["warnings"]
    command = DispatchCommand(units=tuple(units), offer=given["offer"])
    dispatch.dispatch(cards, DESK, ident, command)
    board = fold(cards)
    assert set(board.incidents[ident].units) == {"F1", "F2", "M1"}
    assert board.incidents[less].units == ()


def test_who_has_arrived_meanwhile_is_not_called_off(cards: Services) -> None:
    less = report(cards, IN_A, severity=4)
    (bond, _) = send(cards, less, "F1", "F2")
    with cards.engine.begin() as conn:
        conn.execute(update(run_card).where(run_card.c.slot == "消防车").values(takes=4))
    renewed(cards, "runcards")
    ident = report(cards, IN_A, severity=1)
    given = advise(cards, OFFICER, "live", ident)
    advance(cards, bond, "arrive")
    with pytest.raises(UnitBusy):
        command = DispatchCommand(units=tuple(first(given)), offer=given["offer"])
        dispatch.dispatch(cards, DESK, ident, command)
    assert fold(cards).incidents[ident].units == ()


def test_an_offer_calls_off_nobody_without_the_cards_rule(cards: Services) -> None:
    graver = report(cards, IN_A, severity=1)
    send(cards, graver, "F1")
    ident = report(cards, IN_A, severity=4)
    offer = advise(cards, OFFICER, "live", ident)["offer"]
    with pytest.raises(UnitBusy):
        command = DispatchCommand(units=("F1",), offer=offer, override_reason="更近")
        dispatch.dispatch(cards, DESK, ident, command)
    assert fold(cards).incidents[graver].units == ("F1",)


def test_nobody_is_called_off_from_what_has_become_graver_meanwhile(cards: Services) -> None:
    less = report(cards, IN_A, severity=4)
    send(cards, less, "F1", "F2")
    with cards.engine.begin() as conn:
        conn.execute(update(run_card).where(run_card.c.slot == "消防车").values(takes=4))
    renewed(cards, "runcards")
    ident = report(cards, IN_A, severity=1)
    given = advise(cards, OFFICER, "live", ident)
    incidents.amend(cards, DESK, less, AmendCommand(severity=1))
    with pytest.raises(UnitBusy):
        command = DispatchCommand(units=tuple(first(given)), offer=given["offer"])
        dispatch.dispatch(cards, DESK, ident, command)
    assert set(fold(cards).incidents[less].units) == {"F1", "F2"}


def test_an_offer_is_answered_within_the_hour_by_whom_it_was_made_to(cards: Services, clock: Clock) -> None:
    ident = report(cards, IN_A)
    offer = advise(cards, OFFICER, "live", ident)["offer"]
    command = DispatchCommand(units=("F1",), offer=offer, override_reason="更近")
    with pytest.raises(OfferUnknown):
        dispatch.dispatch(cards, Call(LEADER), ident, command)
    clock.pass_(seconds=KEPT.total_seconds() + 1)
    with pytest.raises(OfferUnknown):
        dispatch.dispatch(cards, DESK, ident, command)


def test_supplies_of_the_card_are_told_until_the_incident_has_them(cards: Services) -> None:
    stores_with(cards, 50)
    wanted = {"class_code": "21000", "level": 0, "item": "1010101", "quantity": 8, "within_min": 600}
    with cards.engine.begin() as conn:
        conn.execute(insert(run_supply), [{**wanted, "source": "本市"}])
    renewed(cards, "runsupplies")
    ident = report(cards, IN_A)
    (part,) = advise(cards, OFFICER, "live", ident)["supplies"]
    assert (part["item"], part["quantity"]) == ("1010101", 8)
    some = DispatchCommand(supplies=(SupplyCommand(item="1010101", quantity=5),))
    dispatch.dispatch(cards, DESK, ident, some)
    assert [one["quantity"] for one in advise(cards, OFFICER, "live", ident)["supplies"]] == [3]
