"""Orders of the desk's command line: what whoever types may name, and handing an order to its verb."""

from __future__ import annotations

from typing import Any

from sqlalchemy import false, or_, select

from actions import holds
from actions.holds import HoldCommand
from actions.queries import check_read, read_unit
from actions.search import search
from actions.services import Services
from actions.unit_of_work import Answer, Call
from actions.verbs import ASSIGNMENT_VERBS, INCIDENT_VERBS, Verb
from core.command_line import (
    FORMS,
    Known,
    KnownIncident,
    KnownUnit,
    Order,
    digits,
    incident_of,
    plain,
    running,
    unit_of,
)
from core.errors import InvalidInput
from core.errors_orders import OrderIncomplete, UnitHasNoTask
from core.model import ENDED
from core.permissions import Principal, Scope, visible
from db.scoping import incident_seen
from db.tables import incident, unit

_MOST_NUMBERS = 50
_LETTERS = {form.verb: form.letter for form in FORMS}


def known_to(services: Services, principal: Principal, realm: str, line: str, selected: str | None) -> Known:
    """The units in scope, and the incidents on the board whose number a word of the line may end."""
    check_read(principal, realm)
    scope = Scope.of(principal)
    ends = digits(line)
    wanted = [incident.c.number.endswith(one, autoescape=True) for one in ends]
    whole = [incident.c.number.regexp_match(f"-0*{running(one)}$") for one in ends]
    numbered = (
        select(incident.c.id, incident.c.number, incident.c.doc["title"].astext, incident.c.status)
        .where(incident.c.realm == realm, ~incident.c.shelved, incident_seen(scope), or_(false(), *wanted))
        .order_by(or_(false(), *whole).desc(), incident.c.reported_at.desc(), incident.c.id)
        .limit(_MOST_NUMBERS)
    )
    named = select(unit.c.id, unit.c.doc["name"].astext, unit.c.area).where(unit.c.realm == realm)
    with services.engine.connect() as conn:
        rows = conn.execute(numbered).all() if wanted else []
        units = conn.execute(named.order_by(unit.c.id)).all()
    return Known(
        [KnownIncident(row[0], row[1], row[2], row[3] not in ENDED) for row in rows],
        [KnownUnit(row[0], row[1]) for row in units if visible(scope, row[2])],
        selected,
    )


def do(services: Services, call: Call, order: Order) -> Answer:
    """Hand an order to its verb. Raises OrderIncomplete, UnitHasNoTask, and whatever the verb refuses."""
    if order.verb == "hold":
        return holds.hold(services, call, HoldCommand(incident=order.incident or "", units=order.units))
    if order.verb in INCIDENT_VERBS:
        return _act(services, call, INCIDENT_VERBS[order.verb], order.incident or "", order)
    verb = ASSIGNMENT_VERBS[order.state or order.verb]
    return _act(services, call, verb, _task_of(services, call, order.units[0]), order)


def _act(services: Services, call: Call, verb: Verb, ident: str, order: Order) -> Answer:
    fields = verb.body.model_fields
    given: dict[str, Any] = {name: order.text for name in ("text", "reason") if name in fields and order.text}
    if "units" in fields:
        given["units"] = order.units
    if "unit" in fields:
        given["unit"] = order.units[-1]
    if any(field.is_required() and name not in given for name, field in fields.items()):
        raise OrderIncomplete(order=_LETTERS[order.verb], part="words")
    return verb.act(services, call, ident, verb.body.model_validate(given))


def _task_of(services: Services, call: Call, ident: str) -> str:
    """The assignment that a unit is on. Raises UnitHasNoTask."""
    found = read_unit(services, call.principal, call.realm, ident)
    if not found["assignment"]:
        raise UnitHasNoTask(unit_name=found["name"])
    return str(found["assignment"])


def find(services: Services, principal: Principal, realm: str, words: str, known: Known) -> dict[str, Any]:
    """What a text means: {incident}, {unit} or {place, others: how many more fit}.

    A call sign and a number go before places, places before parts of units' names. Raises NumberAmbiguous,
    CallSignAmbiguous, CallSignNotFound.
    """
    asked = plain(words)
    if any(plain(one.id) == asked for one in known.units):
        return {"unit": unit_of(words, known.units)}
    if digits(words) == [asked.removeprefix("#")] and known.incidents:
        return {"incident": incident_of(asked, known.incidents)}
    if places := _places(services, principal, words):
        return {"place": places[0], "others": len(places) - 1}
    return {"unit": unit_of("".join(words.split()), known.units)}


def _places(services: Services, principal: Principal, words: str) -> list[dict[str, Any]]:
    try:
        return [hit.as_json() for hit in search(services, principal, words)]
    except InvalidInput:
        return []
