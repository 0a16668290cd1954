"""Refusals on a real PostgreSQL: each says what is wrong, and nothing is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions import dispatch, incidents
from actions.commands import DispatchCommand
from actions.realms import open_realm
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import (
    BackdatingNotAllowed,
    CoordinatesSwapped,
    Forbidden,
    InvalidInput,
    MoveNotAllowed,
    NotFound,
    OutsideCity,
    RealmUnknown,
    Refusal,
    TimeInFuture,
    UnitBusy,
    UnitOffDuty,
    UnitUnknown,
    UnknownClass,
)
from core.permissions import Principal
from db.tables import answer
from tests.cast import (
    AREA_A,
    AT_SEA,
    IN_A,
    IN_B,
    OFFICER,
    OFFICER_A,
    VIEWER,
)
from tests.parts import (
    DESK,
    Clock,
    advance,
    guards,
    head,
    report,
    report_command,
    row,
    send,
    through,
)


def refused(city: Services, kind: type[Refusal], act: Any) -> Refusal:
    """The refusal; the log and every row stay as they were."""
    before = (head(city), guards(city))
    with pytest.raises(kind) as caught:
        act()
    assert (head(city), guards(city)) == before
    with city.engine.connect() as conn:
        assert conn.execute(select(answer)).all() == []
    return caught.value


def reported_with(city: Services, **changed: Any) -> Any:
    call = Call(OFFICER, key="k", occurred_at=changed.pop("occurred_at", None))
    return lambda: incidents.report(city, call, report_command(**changed))


def test_a_report_that_cannot_be_true_is_refused(city: Services, clock: Clock) -> None:
    swapped = {"lon": IN_A[1], "lat": IN_A[0]}
    refused(city, OutsideCity, reported_with(city, where=AT_SEA))
    refused(city, CoordinatesSwapped, reported_with(city, location=swapped))
    refused(city, UnknownClass, reported_with(city, **{"class": "99999"}))
    refused(city, TimeInFuture, reported_with(city, occurred_at=clock() + timedelta(days=4000)))
    refused(city, BackdatingNotAllowed, reported_with(city, occurred_at=clock() - timedelta(hours=1)))


def test_a_dispatch_names_what_is_wrong_with_each_unit(city: Services) -> None:
    holder, ident = report(city), report(city)
    (assignment,) = send(city, holder, "F1")
    number = row(city, holder).number

    def sending(*codes: str) -> Any:
        return lambda: dispatch.dispatch(city, Call(OFFICER, key="k"), ident, DispatchCommand(units=codes))

    assert refused(city, UnitUnknown, sending("P1", "NONE")).params == {"unit": "NONE"}
    assert refused(city, UnitBusy, sending("P1", "F1")).params == {
        "unit": "F1", "unit_name": "消防一队", "incident": holder, "number": number, "assignment": assignment,
        "next": {"unit": "F2", "name": "消防二队", "eta_s": 534.4}, "next_name": "消防二队",
    }  # fmt: skip
    refused(city, UnitOffDuty, sending("OFF", "P1"))
    refused(city, InvalidInput, sending("P1", "P1"))


def test_nobody_is_sent_to_a_closed_incident(city: Services) -> None:
    ident = report(city)
    through(city, ident, "accept", "handle", "reply", "verify", "close")
    refusal = refused(city, MoveNotAllowed, lambda: send(city, ident, "F1"))
    assert refusal.params["allowed"] == ["note", "attach", "rate", "archive"]


def test_what_one_may_not_do_or_see_is_refused(city: Services) -> None:
    there = report(city, IN_B)
    refused(city, NotFound, lambda: incidents.accept(city, DESK, "nothing"))
    refused(city, NotFound, lambda: incidents.accept(city, Call(OFFICER_A), there))
    refused(city, Forbidden, lambda: incidents.accept(city, Call(VIEWER), there))
    refused(city, Forbidden, lambda: incidents.reopen(city, DESK, there, "x"))
    refused(city, RealmUnknown, lambda: incidents.report(city, Call(OFFICER, "drill:9"), report_command()))
    bound = replace(OFFICER, realm="drill:1")
    refused(city, Forbidden, lambda: incidents.accept(city, Call(bound), there))


def test_a_town_sends_only_units_it_sees(city: Services) -> None:
    here = report(city, IN_A)
    refused(city, UnitUnknown, lambda: send(city, here, "F2", by=OFFICER_A))
    assert send(city, here, "P1", by=OFFICER_A)


def test_a_unit_speaks_for_itself_alone_also_out_of_its_area(city: Services) -> None:
    (assignment,) = send(city, report(city, IN_B), "F1")
    other = Principal("P1", "巡防一队", "unit", kind="unit")
    refused(city, Forbidden, lambda: advance(city, assignment, "ack", by=other))
    itself = Principal("F1", "消防一队", "unit", kind="unit", area=AREA_A)
    assert advance(city, assignment, "ack", by=itself)["status"] == "acknowledged"


def test_a_nul_character_is_refused_before_it_reaches_the_database() -> None:
    for field in ({"text": "a\0b"}, {"address": "\0"}, {"source_id": "x\0"}, {"channel": "1\0"}):
        with pytest.raises(ValueError, match="NUL"):
            report_command(**field)
    with pytest.raises(ValueError, match="NUL"):
        DispatchCommand(units=("F\0",))


def test_a_city_without_grids_takes_reports_anywhere_on_earth(services: Services) -> None:
    open_realm(services, "live")
    assert row(services, report(services, AT_SEA)).grid == ""
    with pytest.raises(CoordinatesSwapped):
        report(services, (24.49, 118.11))
