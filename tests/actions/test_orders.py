"""Orders of the command line go the way of every press: known names in, the verb's facts out."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from actions import orders
from actions.services import Services
from actions.unit_of_work import Answer, Call
from core.command_line import parse
from core.errors import Forbidden, UnitBusy
from core.errors_orders import CallSignNotFound, NumberNotFound, OrderIncomplete, UnitHasNoTask
from core.permissions import Principal
from db.tables import incident
from tests.cast import IN_B, OFFICER, OFFICER_A, SECOND_OFFICER, VIEWER
from tests.parts import fold, head, kinds, report


def typed(city: Services, line: str, selected: str | None = None, by: Principal = OFFICER) -> Answer:
    known = orders.known_to(city, by, "live", line, selected)
    return orders.do(city, Call(by, key=f"{by.id}-{line}-{selected}", request_hash=line), parse(line, known))


def number_of(city: Services, ident: str) -> str:
    return fold(city).incidents[ident].number.rpartition("-")[2]


def test_a_shift_by_command_line_alone(city: Services) -> None:
    ident = report(city)
    seq, number = head(city), number_of(city, ident)
    typed(city, f"d {number} f1，急救", ident)
    for line in ("s F1 签收", "s F1 2", "s F1 到场", "k F1 平安", "s M1 退派 车辆故障", f"n {number} 已控制"):
        typed(city, line)
    typed(city, "s F1 归队")
    assert [kind for kind in kinds(city, after=seq) if kind != "DeadlineNeared"] == [
        "IncidentAccepted", "UnitDispatched", "UnitDispatched", "AssignmentAcknowledged",
        "AssignmentEnroute", "AssignmentArrived", "CrewChecked", "AssignmentDeclined", "NoteAdded",
        "AssignmentReleased",
    ]  # fmt: skip


def test_the_same_line_sent_twice_is_done_once(city: Services) -> None:
    ident = report(city)
    first = typed(city, "d F1", ident)
    assert typed(city, "d F1", ident) == first
    assert kinds(city).count("UnitDispatched") == 1


def test_a_unit_is_held_replaced_and_recalled(city: Services) -> None:
    ident = report(city)
    typed(city, "h F1", ident)
    assert fold(city).units["F1"].status == "reserved"
    typed(city, "d F1", ident)
    typed(city, "r F1 F2 爆胎")
    assert fold(city).incidents[ident].units == ("F2",)
    typed(city, "w 误报", ident)
    assert fold(city).incidents[ident].units == ()


def test_what_cannot_be_done_is_refused_as_a_press_is(city: Services) -> None:
    ident, other = report(city), report(city)
    with pytest.raises(UnitHasNoTask):
        typed(city, "s F1 到场")
    typed(city, "d F1", ident)
    with pytest.raises(UnitBusy):
        typed(city, "d F1", other, by=SECOND_OFFICER)
    with pytest.raises(OrderIncomplete):
        typed(city, "s F1 退派")
    with pytest.raises(Forbidden):
        typed(city, "n 来过", ident, by=VIEWER)


def test_nobody_is_told_of_what_lies_outside_their_area(city: Services) -> None:
    ident = report(city, IN_B)
    with pytest.raises(NumberNotFound):
        typed(city, f"a {number_of(city, ident)}", by=OFFICER_A)
    with pytest.raises(CallSignNotFound):
        typed(city, "s F2 签收", by=OFFICER_A)


def test_a_name_is_looked_for_among_units_incidents_and_places(city: Services) -> None:
    ident = report(city)

    def found(words: str) -> dict[str, object]:
        known = orders.known_to(city, OFFICER, "live", f"f {words}", None)
        return orders.find(city, OFFICER, "live", words, known)

    assert found("f1") == {"unit": "F1"}
    assert found(number_of(city, ident)) == {"incident": ident}
    assert found("急救") == {"unit": "M1"}
    with pytest.raises(CallSignNotFound):
        found("没有这个地方")


def test_a_number_typed_whole_is_found_among_many_that_end_so(
    city: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    idents = [report(city) for _ in range(4)]
    numbers = ("20260301-000003", "20260301-000077", "20260302-000013", "20260302-000023")
    with city.engine.begin() as conn:
        for ident, number in zip(idents, numbers, strict=True):
            conn.execute(update(incident).where(incident.c.id == ident).values(number=number))
    monkeypatch.setattr(orders, "_MOST_NUMBERS", 1)
    for line, meant in (("a 3", idents[0]), ("n 77 伤 13 人，车 3 辆", idents[1])):
        assert parse(line, orders.known_to(city, OFFICER, "live", line, None)).incident == meant
