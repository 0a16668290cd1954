"""Undo on a real PostgreSQL: exactly what was done is taken back, once, and only while nobody has gone on."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from actions import incidents
from actions.commands import Location
from actions.services import Services
from actions.undo import UndoCommand, undo
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput, MoveNotAllowed, NotFound, StaleVersion, UndoTooLate
from tests.cast import IN_A, IN_B, LEADER, SECOND_OFFICER, VIEWER
from tests.parts import DESK, Follower, advance, elsewhere, facts, head, kinds, report, row, send, through


def taken_back(city: Services, verb: str, ident: str, call: Call = DESK, **more: Any) -> dict[str, Any]:
    seq = more.pop("seq", row(city, ident).version)
    values = {"verb": verb, "incident": ident, "seq": seq, **more}
    return undo(city, call, UndoCommand.model_validate(values), "撤销")


def test_a_dispatch_is_taken_back_by_releasing_exactly_its_assignments(city: Services) -> None:
    ident = report(city)
    send(city, ident, "M1")
    sent = send(city, ident, "F1", "P1")
    before = head(city)
    given = taken_back(city, "dispatch", ident, sent=sent)
    assert kinds(city, after=before) == ["AssignmentReleased", "AssignmentReleased"]
    assert {wire["subject"] for wire in facts(city, after=before)} == set(sent)
    assert given == {"seq": row(city, ident).version, "status": "dispatched"}
    assert row(city, ident).units == ("M1",)
    Follower(city).compare()


def test_with_nobody_left_the_incident_waits_again_and_its_clock_runs(city: Services) -> None:
    ident = report(city)
    taken_back(city, "dispatch", ident, sent=send(city, ident, "F1", "P1"))
    after = row(city, ident)
    assert (after.status, after.units, after.deadline.step) == ("accepted", (), "dispatch")


def test_a_dispatch_is_taken_back_once_however_often_it_is_asked(city: Services) -> None:
    ident = report(city)
    sent, seq = send(city, ident, "F1"), row(city, ident).version
    first = taken_back(city, "dispatch", ident, seq=seq, sent=sent)
    before = head(city)
    assert taken_back(city, "dispatch", ident, seq=seq, sent=sent) == first
    assert head(city) == before


def test_one_unit_on_its_way_keeps_the_whole_dispatch(city: Services) -> None:
    ident = report(city)
    sent = send(city, ident, "F1", "P1")
    advance(city, sent[1], "enroute")
    before = head(city)
    with pytest.raises(UndoTooLate) as refused:
        taken_back(city, "dispatch", ident, sent=sent)
    assert refused.value.params == {"unit_name": "巡防一队", "status": "enroute"}
    assert head(city) == before


def test_a_unit_that_has_declined_meanwhile_is_not_released_again(city: Services) -> None:
    ident = report(city)
    sent = send(city, ident, "F1")
    advance(city, sent[0], "decline")
    with pytest.raises(UndoTooLate):
        taken_back(city, "dispatch", ident, sent=sent)


def test_assignments_of_another_incident_are_not_touched(city: Services) -> None:
    ident, other = report(city), report(city)
    sent = send(city, other, "F1")
    with pytest.raises(NotFound):
        taken_back(city, "dispatch", ident, sent=sent)
    with pytest.raises(InvalidInput):
        taken_back(city, "dispatch", ident)


def test_a_close_is_taken_back_by_whoever_may_reopen(city: Services) -> None:
    ident = report(city)
    through(city, ident, "accept", "handle", "reply", "verify", "close")
    with pytest.raises(Forbidden):
        taken_back(city, "close", ident)
    taken_back(city, "close", ident, Call(LEADER))
    assert row(city, ident).status == "accepted"


def test_a_mistaken_report_is_rejected_and_a_rejection_reopened(city: Services) -> None:
    ident = report(city)
    taken_back(city, "report", ident)
    assert row(city, ident).status == "rejected"
    taken_back(city, "reject", ident, Call(LEADER))
    assert row(city, ident).status == "accepted"


def test_a_relocated_incident_goes_back_to_its_place(city: Services) -> None:
    ident = report(city, IN_A)
    old = row(city, ident)
    incidents.relocate(city, DESK, ident, elsewhere(IN_B), None)
    assert row(city, ident).area != old.area
    taken_back(city, "relocate", ident, back=Location(lon=old.lon, lat=old.lat))
    new = row(city, ident)
    assert (new.lon, new.lat, new.area, new.place) == (old.lon, old.lat, old.area, old.place)


def test_what_another_has_acted_on_is_left_alone(city: Services) -> None:
    ident = report(city)
    seq = row(city, ident).version
    incidents.note(city, Call(SECOND_OFFICER), ident, "已联系")
    before = head(city)
    with pytest.raises(StaleVersion):
        taken_back(city, "report", ident, seq=seq)
    incidents.accept(city, Call(SECOND_OFFICER), ident)
    with pytest.raises(MoveNotAllowed):
        taken_back(city, "report", ident)
    assert head(city) == before + 1


def test_who_may_not_release_may_not_undo_and_other_verbs_have_no_way_back(city: Services) -> None:
    ident = report(city)
    sent = send(city, ident, "F1")
    with pytest.raises(Forbidden):
        taken_back(city, "dispatch", ident, Call(VIEWER), sent=sent)
    with pytest.raises(ValidationError):
        taken_back(city, "accept", ident)
