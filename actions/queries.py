"""Reading for cards, lists and other systems; everything through the asker's scope."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, func, select, tuple_

from actions.access import Wanted, require_seen
from actions.offices import OfficeName, names_of
from actions.services import Services
from core.errors import Forbidden, InvalidInput
from core.features import Feature, feature
from core.model import ENDED, Assignment, Incident, Unit
from core.permissions import Principal, Scope, may, may_enter, visible
from core.serial import assignment_of, incident_of, unit_of
from core.workflow import allowed_assignment_verbs
from db import log
from db.scoping import incident_seen, lies_in
from db.stock import read_stores
from db.supplies import bound_to
from db.tables import assignment as assignment_table
from db.tables import incident as incident_table
from db.tables import unit as unit_table

PAGE = 200


def check_read(principal: Principal, realm: str) -> None:
    """Raises Forbidden when this realm is not the principal's to read."""
    if not (may(principal, "read") and may_enter(principal, realm)):
        raise Forbidden(verb="read", role=principal.role)


def read_incident(services: Services, principal: Principal, realm: str, ident: str) -> Incident:
    """One incident, on the board or shelved. Raises NotFound, also outside the scope: that is logged."""
    check_read(principal, realm)
    query = select(incident_table.c.doc).where(incident_table.c.realm == realm, incident_table.c.id == ident)
    with services.engine.connect() as conn:
        doc = conn.scalar(query)
    scope = Scope.of(principal)
    return require_seen(
        services,
        principal,
        Wanted("incident", ident, realm),
        None if doc is None else incident_of(doc),
        lambda one: one.area,
        lambda one: visible(scope, one.area, one.offices, sensitive=one.sensitive),
    )


@dataclass(frozen=True, slots=True)
class Promised:
    """What of a store's lot is reserved for an incident, and what has gone out to it."""

    lot: str
    store: str
    store_name: str
    item: str
    name: str
    unit: str
    reserved: float
    issued: float


@dataclass(frozen=True, slots=True)
class Card:
    """What the desk's card says: the incident, all its assignments, its log, what may be done."""

    incident: Incident
    assignments: tuple[Assignment, ...]
    timeline: tuple[dict[str, Any], ...]
    verbs: tuple[str, ...]
    assignment_verbs: dict[str, tuple[str, ...]]
    offices: dict[str, OfficeName]
    """Of every office that it or its log names."""
    supplies: tuple[Promised, ...] = ()


def incident_card(services: Services, principal: Principal, realm: str, ident: str) -> Card:
    """Raises NotFound, Forbidden."""
    incident = read_incident(services, principal, realm, ident)
    with services.engine.connect() as conn:
        assignments = _assignments(conn, realm, ident)
        lines = _timeline(conn, realm, ident, assignments)
        supplies = _promised(conn, realm, ident)
    active = {a.id: _offered(principal, a) for a in assignments if a.ended_at is None}
    verbs = services.reference.rules().flow.allowed(incident, principal)
    offices = names_of(services.reference, _offices(incident, lines))
    return Card(incident, tuple(assignments), tuple(lines), verbs, active, offices, supplies)


def _promised(conn: Connection, realm: str, ident: str) -> tuple[Promised, ...]:
    lots = bound_to(conn, realm, ident)
    names = {store.code: store.name for store in read_stores(conn).values()} if lots else {}
    return tuple(
        Promised(
            lot=lot.id, store=lot.store, store_name=names.get(lot.store, lot.store), item=lot.item,
            name=lot.name, unit=lot.unit, reserved=lot.held_for(ident), issued=lot.out_for(ident),
        )
        for lot in lots
    )  # fmt: skip


def _offices(incident: Incident, lines: Sequence[dict[str, Any]]) -> list[str]:
    named = [one for line in lines for one in offices_named(line["body"])]
    return [*incident.offices, *named]


def offices_named(body: dict[str, Any]) -> list[str]:
    """Offices in a fact of casework."""
    one = body.get("office") or body.get("to")
    return [*body.get("offices", ()), *([one] if isinstance(one, str) else [])]


def card_json(card: Card) -> dict[str, Any]:
    """The card as other systems get it: the incident's feature and what hangs on it."""
    return {
        **feature(card.incident),
        "reporter": card.incident.reporter,
        "supplies": [asdict(one) for one in card.supplies],
        "verbs": card.verbs,
        "assignments": [
            {**_assignment_json(a), "verbs": card.assignment_verbs.get(a.id, ())} for a in card.assignments
        ],
    }


def _assignment_json(a: Assignment) -> dict[str, Any]:
    shown = feature(a)
    times = {"arrived_at": a.arrived_at, "ended_at": a.ended_at}
    return {"id": a.id, **shown["properties"], **times, "geometry": shown["geometry"]}


def _offered(principal: Principal, assignment: Assignment) -> tuple[str, ...]:
    verbs = allowed_assignment_verbs(assignment)
    return tuple(verb for verb in verbs if may(principal, f"assignment.{verb}"))


def _assignments(conn: Connection, realm: str, incident: str) -> list[Assignment]:
    query = select(assignment_table.c.doc).where(
        assignment_table.c.realm == realm, assignment_table.c.incident == incident
    )
    return [assignment_of(doc) for doc in conn.scalars(query.order_by(assignment_table.c.id))]


def timeline(services: Services, principal: Principal, realm: str, ident: str) -> list[dict[str, Any]]:
    """The log of one incident and its assignments, oldest first. Raises NotFound."""
    read_incident(services, principal, realm, ident)
    with services.engine.connect() as conn:
        return _timeline(conn, realm, ident, _assignments(conn, realm, ident))


def _timeline(
    conn: Connection, realm: str, ident: str, assignments: Sequence[Assignment]
) -> list[dict[str, Any]]:
    names = {a.id: a.unit_name for a in assignments}
    return [_line(wire, names) for wire in log.timeline(conn, realm, [ident, *names])]


def _line(wire: log.Wire, names: dict[str, str]) -> dict[str, Any]:
    kept = ("seq", "kind", "occurred_at", "recorded_at", "actor", "seat", "subject")
    body = orjson.loads(wire["body"])
    body.pop("route", None)
    return {**{k: wire[k] for k in kept}, "unit_name": names.get(wire["subject"]), "body": body}


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """What `GET /incidents` may ask for; `status` may also be "open"."""

    status: str | None = None
    class_code: str | None = None
    area: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None


def list_incidents(
    services: Services, principal: Principal, realm: str, wanted: IncidentFilter
) -> tuple[list[Feature], str | None]:
    """A page of 200, newest first, and the cursor of the next page. Raises RealmUnknown, InvalidInput."""
    check_read(principal, realm)
    query = _filtered(select(incident_table.c.doc), realm, principal, wanted)
    order = (incident_table.c.reported_at.desc(), incident_table.c.id.desc())
    with services.engine.connect() as conn:
        log.head(conn, realm)
        docs = conn.scalars(query.order_by(*order).limit(PAGE + 1)).all()
    found = [incident_of(doc) for doc in docs[:PAGE]]
    more = len(docs) > PAGE
    return [feature(i) for i in found], cursor_of(found[-1].reported_at, found[-1].id) if more else None


def _filtered(query: Select[Any], realm: str, principal: Principal, wanted: IncidentFilter) -> Select[Any]:
    table = incident_table.c
    query = query.where(table.realm == realm, incident_seen(Scope.of(principal)))
    if wanted.area:
        query = query.where(lies_in(wanted.area))
    if wanted.status == "open":
        query = query.where(table.status.not_in(sorted(ENDED)))
    elif wanted.status:
        query = query.where(table.status.in_(wanted.status.split(",")))
    if wanted.class_code:
        query = query.where(table["class"] == wanted.class_code)
    if wanted.bbox:
        query = query.where(table.geom.op("&&")(func.ST_MakeEnvelope(*wanted.bbox, 4326)))
    if wanted.since:
        query = query.where(table.reported_at >= wanted.since)
    if wanted.until:
        query = query.where(table.reported_at < wanted.until)
    if wanted.cursor:
        query = query.where(tuple_(table.reported_at, table.id) < tuple_(*position_of(wanted.cursor)))
    return query


def cursor_of(at: datetime, ident: str) -> str:
    """The place in a list by time and id after which the next page begins."""
    raw = orjson.dumps([at, ident])
    return base64.urlsafe_b64encode(raw).decode()


def position_of(cursor: str) -> tuple[datetime, str]:
    """Raises InvalidInput."""
    try:
        at, ident = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        return datetime.fromisoformat(at), str(ident)
    except (ValueError, TypeError) as error:
        raise InvalidInput(pointer="/cursor", detail="cursor") from error


def list_units(services: Services, principal: Principal, realm: str) -> list[dict[str, Any]]:
    """State, assignment, position and its age of every unit in scope."""
    check_read(principal, realm)
    query = select(unit_table.c.doc).where(unit_table.c.realm == realm).order_by(unit_table.c.id)
    with services.engine.connect() as conn:
        log.head(conn, realm)
        units = [unit_of(doc) for doc in conn.scalars(query)]
    scope = Scope.of(principal)
    return [_unit_json(services, realm, u, scope) for u in units if visible(scope, u.area)]


def read_unit(services: Services, principal: Principal, realm: str, ident: str) -> dict[str, Any]:
    """Raises NotFound."""
    check_read(principal, realm)
    query = select(unit_table.c.doc).where(unit_table.c.realm == realm, unit_table.c.id == ident)
    with services.engine.connect() as conn:
        doc = conn.scalar(query)
    unit = None if doc is None else unit_of(doc)
    unit = require_seen(services, principal, Wanted("unit", ident, realm), unit, lambda one: one.area)
    return _unit_json(services, realm, unit, Scope.of(principal))


def _unit_json(services: Services, realm: str, unit: Unit, scope: Scope) -> dict[str, Any]:
    here = services.positions.latest(realm).get(unit.id)
    position = None
    if here:
        age = max(0.0, services.now_in(realm).timestamp() - here.at_ms / 1000)
        position = {"lon": here.lon, "lat": here.lat, "age_s": round(age, 1)}
    return {
        "id": unit.id,
        **feature(unit, scope)["properties"],
        "home": [unit.lon, unit.lat],
        "position": position,
    }
