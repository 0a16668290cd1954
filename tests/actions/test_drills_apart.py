"""A drill touches nothing real: not by its verbs, and not by rows written past them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, literal_column, select, text
from sqlalchemy.exc import IntegrityError

from actions import assignments, dispatch, drills, duty, incidents, plans, stock, units
from actions.commands import DispatchCommand
from actions.drill_commands import StopCommand
from actions.duty_commands import StandInCommand
from actions.services import Services
from actions.stock import MoveCommand
from actions.unit_of_work import Call
from core.errors import InvalidInput, UnitUnknown
from core.permissions import SYSTEM
from core.warning_model import status_of
from db import log
from db.schema import metadata
from db.tables_outbound import outbound_message
from outbound.reader import Reader
from outbound.sender import Sender
from tests.cast import OFFICER, START, registrations
from tests.drilling import CONTROL, inject, of, run, started
from tests.parts import Clock, guards, head, kinds, report, send, stores_with

REALM = "drill:01jcw0000000000000000000aa"


def realm(ident: str) -> str:
    return drills.realm_of(ident)


def of_live(conn: Connection) -> dict[str, list[str]]:
    """Every row of every table that is not a drill's: what has a realm in `live`, and all that has none."""
    found = {}
    for table in metadata.sorted_tables:
        query = select(literal_column(f'"{table.name}"::text')).select_from(table)
        if table is log.realm:
            query = query.where(table.c.id == "live")
        elif "realm" in table.c:
            query = query.where(table.c.realm == "live")
        if table.name not in _ITS_OWN:
            found[table.name] = sorted(conn.scalars(query))
    return found


_ITS_OWN = {"outbound_cursor", "answer"}
"""How far a realm was read, and what was answered, are kept for all realms together."""


@pytest.fixture
def played(city: Services, clock: Clock) -> Iterator[tuple[Services, str]]:
    """A drill in which an incident was reported, F1 is on scene, and water is reserved."""
    stores_with(city, 40.0)
    ident = started(city, inject(1))
    clock.pass_(minutes=1)
    run(city, ident)
    call = Call(OFFICER, realm=realm(ident))
    incident = of(city, ident).delivered[1].incident
    incidents.accept(city, call, incident)
    sent = dispatch.dispatch(city, call, incident, DispatchCommand(units=("F1",)))
    assignments.advance(city, call, sent["assignments"][0]["id"], "arrive", None)
    yield city, ident


def test_a_whole_drill_leaves_every_row_of_live_as_it_was(city: Services, clock: Clock) -> None:
    stores_with(city, 40.0)
    send(city, report(city), "P1")
    with city.engine.connect() as conn:
        before, at = of_live(conn), head(city)
    ident = started(city, inject(1))
    clock.pass_(minutes=1)
    run(city, ident)
    call, incident = Call(OFFICER, realm=realm(ident)), of(city, ident).delivered[1].incident
    incidents.accept(city, call, incident)
    sent = dispatch.dispatch(city, call, incident, DispatchCommand(units=("F1", "P1")))
    assignments.advance(city, call, sent["assignments"][0]["id"], "arrive", None)
    (lot,) = guards(city, realm(ident))["lots"].values()
    stock.reserve(city, call, lot.id, MoveCommand(quantity=5.0, incident=incident))
    drills.stop(city, Call(CONTROL), ident, StopCommand())
    with city.engine.connect() as conn:
        assert of_live(conn) == before
    assert head(city) == at


def test_units_of_a_drill_and_of_live_are_booked_apart(played: tuple[Services, str]) -> None:
    city, ident = played
    assert guards(city, realm(ident))["units"]["F1"].status == "on_scene"
    assert guards(city)["units"]["F1"].status == "available"
    send(city, report(city), "F1")
    assert guards(city)["units"]["F1"].status == "dispatched"


def test_a_unit_that_only_live_has_cannot_be_sent_in_a_drill(played: tuple[Services, str]) -> None:
    city, ident = played
    (_, area, body), *_ = registrations("F1")
    units.register(city, Call(SYSTEM), [("F9", area, body)])
    incident = of(city, ident).delivered[1].incident
    with pytest.raises(UnitUnknown):
        dispatch.dispatch(city, Call(OFFICER, realm=realm(ident)), incident, DispatchCommand(units=("F9",)))


def test_who_is_on_duty_is_changed_in_live_alone(played: tuple[Services, str]) -> None:
    city, ident = played
    command = StandInCommand(office="@", starts_at=START, post="值班员", person=OFFICER.name, away=True)
    with pytest.raises(InvalidInput):
        duty.stand_in(city, Call(OFFICER, realm=realm(ident)), command)


def test_what_a_drill_sends_goes_into_the_file_of_drills(played: tuple[Services, str]) -> None:
    city, ident = played
    with city.engine.begin() as conn:
        conn.execute(text("UPDATE outbound_channel SET url = 'http://127.0.0.1:9/real', enabled = true"))
        conn.execute(
            outbound_message.insert().values(
                id="m1", realm=realm(ident), seq=1, fact="x", incident="", office="@", channel="sms",
                addressee="1", body={"text": "【演练】"}, state="queued", attempts=0, created_at=START,
                next_at=START,
            )
        )  # fmt: skip
    Reader(city.engine, city.zone, city.now).read(realm(ident))
    assert Sender(city.engine, city.outbox, city.now).send_due() >= 1
    with city.engine.connect() as conn:
        receipt = conn.scalar(select(outbound_message.c.receipt).where(outbound_message.c.id == "m1"))
    assert receipt["gateway"] == "file"
    assert [path.name[:2] for path in city.outbox.iterdir()] == ["演练"]


# --- past the verbs ---------------------------------------------------------------------------------------


def refused(city: Services, statement: str, by: str) -> None:
    with pytest.raises(IntegrityError, match=by), city.engine.begin() as conn:
        conn.execute(text(statement))


_ASSIGNMENT = (
    "INSERT INTO assignment (realm, id, seq, incident, unit, status, started_at, doc)"
    " VALUES ('{realm}', 'A9', 1, '{incident}', '{unit}', 'dispatched', now(), '{{}}')"
)


def test_the_database_binds_no_unit_and_no_incident_of_live_in_a_drill(played: tuple[Services, str]) -> None:
    city, ident = played
    mine, live = of(city, ident).delivered[1].incident, report(city)
    (_, area, body), *_ = registrations("F1")
    units.register(city, Call(SYSTEM), [("F9", area, body)])
    foreign = {"realm": realm(ident), "incident": mine, "unit": "F9"}
    refused(city, _ASSIGNMENT.format(**foreign), "drill_stays_inside: unit")
    foreign = {"realm": realm(ident), "incident": live, "unit": "F2"}
    refused(city, _ASSIGNMENT.format(**foreign), "drill_stays_inside: incident")
    with city.engine.begin() as conn:
        conn.execute(text(_ASSIGNMENT.format(realm=realm(ident), incident=mine, unit="F2")))


def test_the_database_has_no_actual_warning_and_no_receipt_of_an_outside_gateway_in_a_drill(
    city: Services,
) -> None:
    assert status_of(REALM) == "Exercise"
    warning = (
        "INSERT INTO warning VALUES ('{realm}', 'W1', 1, '', '', '', '{{}}', 2, now(), now(), NULL,"
        ' \'{{"status": "Actual"}}\')'
    )
    refused(city, warning.format(realm=REALM), "ck_warning_exercise")
    sent = (
        "INSERT INTO outbound_message VALUES ('m1', '{realm}', 1, '', '', '@', 'sms', '1', '{{}}', 'sent', 1,"
        ' now(), now(), now(), \'{{"gateway": "http://sms", "reference": ""}}\')'
    )
    refused(city, sent.format(realm=REALM), "ck_outbound_message_file_only")
    with city.engine.begin() as conn:
        conn.execute(text(warning.format(realm="live")))
        conn.execute(text(sent.format(realm="live")))


def test_the_database_has_drills_in_their_own_realms_alone(city: Services) -> None:
    row = (
        "INSERT INTO drill VALUES ('live', 'live', 1, '', 'running', '', '', '', '', false, NULL, NULL, '{}')"
    )
    refused(city, row, "ck_drill_realm")
    assert "DrillOpened" not in kinds(city)


def test_what_a_plan_may_ask_for_is_told_by_the_citys_own_units(city: Services) -> None:
    ident = started(city)
    copied = [(code, body.area, body.model_copy(update={"skills": ("ghost",)}))
              for code, _, body in registrations("F1")]  # fmt: skip
    units.register(city, Call(SYSTEM, realm(ident)), copied)
    assert "ghost" not in plans.skills(city, CONTROL)
