"""Warnings to the public, read: those that stand and those that are over, one with its points and letters,
the CAP document, and what a warning would be before it is issued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from actions import warnings
from actions.access import Wanted, require_seen
from actions.linkage_reading import read_linkage
from actions.plans import plan_at
from actions.queries import IncidentFilter, check_read, cursor_of, list_incidents, position_of
from actions.services import Services
from actions.unit_of_work import Call, Transaction
from actions.warnings import IssueCommand
from core import warnings as rules
from core.cap_out import write_cap
from core.envelope import Event
from core.errors import Forbidden, NotFound
from core.events_warnings import BroadcastReceipt
from core.features import feature
from core.masking import unless_few
from core.permissions import Principal, Scope, may, may_enter, visible
from core.plans import Broadcast
from core.warning_model import FAILED, HEARD, Alert
from db import log, sites
from db import warnings as rows
from outbound.warnings import CAP, channel_of, document, message_id, sends

LISTED = 100
OFFERED = 100
_STATES = {HEARD: "done", FAILED: "failed"}


def state_of(alert: Alert) -> str:
    """standing, cancelled or expired."""
    return alert.ended_by or "standing"


def listed(
    services: Services, principal: Principal, realm: str, cursor: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of features in scope, newest first, and the cursor of the next."""
    check_read(principal, realm)
    after = position_of(cursor) if cursor else None
    with services.engine.connect() as conn:
        found = rows.listed(conn, realm, Scope.of(principal), LISTED + 1, after)
    page = found[:LISTED]
    more = cursor_of(page[-1].issued_at, page[-1].id) if len(found) > LISTED else None
    return [_told(one) for one in page], more


def _told(alert: Alert) -> dict[str, Any]:
    about = {
        "state": state_of(alert), "issued_at": alert.issued_at, "ended_at": alert.ended_at, "by": alert.by,
        "identifier": alert.bulletin.identifier, "number": alert.bulletin.number,
        "levels": [order.level for order in alert.orders],
    }  # fmt: skip
    return feature(alert) | about


def read(services: Services, principal: Principal, realm: str, ident: str) -> dict[str, Any]:
    """One warning, with each of its points and each letter that left. Raises NotFound."""
    with services.engine.connect() as conn:
        alert = _seen(services, principal, realm, conn, ident)
        return _told(alert) | {"terminals": _points(conn, alert), "letters": _letters(conn, realm, alert)}


def receipts(services: Services, principal: Principal, realm: str, ident: str) -> dict[str, Any]:
    """播发回执 as they came, and what they come to: {alert, number, points, done, failed, people, reach,
    heard, items}. Raises NotFound."""
    with services.engine.connect() as conn:
        alert = _seen(services, principal, realm, conn, ident)
        events = [log.to_event(wire) for wire in log.timeline(conn, realm, [ident])]
    said = feature(alert)["properties"]
    told = {name: said[name] for name in ("points", "done", "failed", "people", "reach", "heard")}
    items = [_receipt(one, one.body) for one in events if isinstance(one.body, BroadcastReceipt)]
    return {"alert": ident, "number": alert.bulletin.number, **told, "items": items}


def _receipt(event: Event, said: BroadcastReceipt) -> dict[str, Any]:
    told = said.model_dump() | {"heard": unless_few(said.heard)}
    return {"seq": event.seq, "at": event.occurred_at, **told}


def _seen(services: Services, principal: Principal, realm: str, conn: Connection, ident: str) -> Alert:
    check_read(principal, realm)
    return require_seen(
        services, principal, Wanted("alert", ident, realm), rows.find(conn, realm, ident),
        lambda one: one.area, lambda one: visible(Scope.of(principal), one.area, one.offices),
    )  # fmt: skip


def _points(conn: Connection, alert: Alert) -> list[dict[str, Any]]:
    """Level by level; a point that the map has no more is told by its code alone."""
    known = sites.find_places(conn, "broadcasts", list(alert.points))
    levels = [order.level for order in alert.orders for _ in order.points]
    return [
        {
            "code": code, "level": level, "state": _STATES.get(state, "waiting"),
            "name": found.name if found else code, "lon": found.lon if found else None,
            "lat": found.lat if found else None,
        }
        for code, level, state in zip(alert.points, levels, alert.states, strict=True)
        for found in [known.get(code)]
    ]  # fmt: skip


def _letters(conn: Connection, realm: str, alert: Alert) -> list[dict[str, Any]]:
    channels = (CAP, *(channel_of(order) for order in alert.orders))
    numbers = range(1, alert.bulletin.number + 1)
    idents = [message_id(realm, alert.id, number, channel) for number in numbers for channel in channels]
    return [{str(name): row[name] for name in row} for row in rows.letters(conn, idents)]


def read_cap(
    services: Services, principal: Principal, realm: str, ident: str, number: int | None = None
) -> bytes | None:
    """The CAP document of one of our warnings, the latest or the message `number`; None if there is no such
    warning. Raises NotFound for one out of scope, or a number that was never sent."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        if rows.find(conn, realm, ident) is None:
            return None
        _seen(services, principal, realm, conn, ident)
        wires = [wire for wire in log.timeline(conn, realm, [ident]) if sends(wire["kind"])]
    if number is not None and not 1 <= number <= len(wires):
        raise NotFound(kind="alert", id=f"{ident}/{number}")
    return document(log.to_event(wires[number - 1 if number else -1]))


def preview(services: Services, call: Call, command: IssueCommand) -> dict[str, Any]:
    """What would be issued: where, to how many, by how many points, and the CAP document. Writes nothing.

    Raises what `warnings.issue` does.
    """
    check_read(call.principal, call.realm)
    if not (may(call.principal, "alert.issue") and may_enter(call.principal, call.realm)):
        raise Forbidden(verb="alert.issue", role=call.principal.role)
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(call.principal, call.realm))
        tx.begin(warnings.needs_of(services, call.realm, command))
        wanted = warnings.wants(tx, command)
        sender, table = warnings.sender_of(services, conn), rows.words(conn)
        said = rules.bulletin("PREVIEW", 1, tx.now, sender, table, wanted.words, wanted.target)
    target = wanted.target
    return {
        "headline": said.headline, "headline_en": said.headline_en, "text": said.text,
        "text_en": said.text_en, "event": said.event,
        "severity": said.severity, "urgency": said.urgency, "certainty": said.certainty,
        "expires": said.expires, "area_desc": target.area_desc, "areas": target.areas,
        "rings": target.rings, "people": unless_few(target.people), "reach": unless_few(target.reach),
        "points": {order.level: len(order.points) for order in target.orders}, "silent": target.silent,
        "cap": write_cap(said, "Alert", (), call.realm).decode(),
    }  # fmt: skip


# --- what a form offers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cause:
    """What a warning may belong to: a response that runs (`kind` linkage) or an open incident."""

    kind: Literal["linkage", "incident"]
    id: str
    number: str
    title: str
    class_code: str
    level: int


def causes(services: Services, principal: Principal, realm: str) -> list[Cause]:
    """Responses in scope, then the newest open emergencies."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        running = rows.responses(conn, realm, Scope.of(principal))
    open_ones, _ = list_incidents(services, principal, realm, IncidentFilter(status="open"))
    classes = services.reference.classes()
    responses = [
        Cause("linkage", one.id, one.number, f"{one.plan_name} · {one.title}", class_code, one.level)
        for one, class_code in running
    ]
    emergencies = [
        Cause("incident", one["id"], said["number"], said["title"], said["class"], said["severity"])
        for one in open_ones
        if (known := classes.get((said := one["properties"])["class"])) and known.emergency
    ]
    return [*responses, *emergencies[:OFFERED]]


def planned(services: Services, principal: Principal, realm: str, linkage: str) -> tuple[Broadcast, ...]:
    """The broadcasts that the plan of a response foresees. Raises NotFound."""
    found = read_linkage(services, principal, realm, linkage)["properties"]
    with services.engine.connect() as conn:
        return plan_at(conn, found["plan"], found["plan_version"]).broadcasts


def divisions(services: Services, principal: Principal) -> list[tuple[str, str]]:
    """(code, name) of the districts, towns and communities that the asker may warn."""
    areas, scope = services.reference.areas(), Scope(principal.area)
    rows_ = (row for row in areas.by_code.values() if row.tier < areas.finest)
    return [(row.code, row.name) for row in rows_ if visible(scope, row.code)]
