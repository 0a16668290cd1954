"""Warnings from outside (CAP 1.2, weather services): reported, added to what they refer to, or only kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import shapely
from sqlalchemy import Connection
from ulid import ULID

import core.events as e
from actions import intake_messages
from actions.access import Wanted, require_seen
from actions.commands import Location, ReportCommand
from actions.incidents import report_within
from actions.proposals import propose
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import workflow
from core.cap import COLOURS, Alert, Area, Info, Reference, read_cap
from core.cap_rules import class_of, judge, level_of, words_of
from core.errors import Refusal
from core.errors_intake import AlertNotXml, ClassUndecided, MessageTooLarge
from core.flow import sees
from core.hearing import Hearing
from core.intake import Reading
from core.model import ENDED, Incident
from core.permissions import SYSTEM, Principal
from db import intake as db
from db.projection import Needs

SOURCE = CHANNEL = "cap"
MEDIA = "application/cap+xml"
CAP_BYTES = 512 * 1024
_TITLE, _SOURCE_ID = 80, 128
_METRES_A_DEGREE = 111_320.0
Ground = tuple[float, float, list[str]]
"""lon, lat, codes of the areas touched."""


@dataclass(frozen=True, slots=True)
class Origin:
    """How a warning came; `city`: without a place of its own it is the whole city's."""

    source: str
    channel: str
    raw: bytes
    media: str
    city: bool = False


def take_cap(services: Services, call: Call, body: bytes) -> Answer:
    """A CAP document. Raises Forbidden, and CapInvalid, XmlDangerous, MessageTooLarge after keeping it as a
    dead letter."""
    intake_messages.check_may_report(call)
    origin = Origin(SOURCE, CHANNEL, body, MEDIA)
    try:
        if len(body) > CAP_BYTES:
            raise MessageTooLarge(limit=CAP_BYTES)
        return take(services, call, read_cap(body), origin)
    except Refusal as refusal:
        message = intake_messages.Message(SOURCE, body, MEDIA)
        intake_messages.keep_refused(services, call, message, refusal)
        raise


def take(services: Services, call: Call, alert: Alert, origin: Origin) -> Answer:
    """{alert, outcome, incident, area, created, …}; the same warning again is answered as it was.

    Raises Forbidden, CapForAnotherRealm, ClassUndecided.
    """
    return perform(services, call, "report", lambda tx: _take(tx, alert, origin))


def _take(tx: Transaction, alert: Alert, origin: Origin) -> Answer:
    earlier = _earlier(tx, alert, origin)
    known_as = earlier.id if earlier else None
    outcome: str = judge(alert, tx.call.realm, tx.now, known_as)
    ident = str(ULID())
    if not db.claim_alert(tx.conn, _row(tx, ident, alert, origin, outcome)):
        known = db.alert_of(tx.conn, tx.call.realm, alert.sender, alert.identifier, alert.sent)
        return {**_told(known), "created": False}
    incident = earlier if earlier and earlier.status not in ENDED else None
    if outcome in ("reported", "updated"):
        done = _act(tx, alert, origin, incident if outcome == "updated" else None)
    elif outcome == "cleared" and incident is not None:
        done = _noted(tx, incident, _over(tx.conn, alert), outcome)
    else:
        done = {"outcome": outcome, "incident": known_as, "area": "", "areas": []}
    db.put_alert_outcome(tx.conn, tx.call.realm, ident, {name: done[name] for name in _OUTCOME})
    return {**done, "alert": ident, "created": True}


_OUTCOME = ("outcome", "incident", "area", "areas")


def _row(tx: Transaction, ident: str, alert: Alert, origin: Origin, outcome: str) -> dict[str, Any]:
    info = alert.info
    return {
        "realm": tx.call.realm, "id": ident, "sender": alert.sender, "identifier": alert.identifier,
        "sent": alert.sent, "source": origin.source, "status": alert.status, "msg_type": alert.msg_type,
        "headline": (info.headline or info.event) if info else alert.note, "received_at": tx.now,
        "expires_at": info.expires if info else None, "outcome": outcome, "incident": None, "area": "",
        "areas": [], "media": origin.media, "raw": origin.raw,
    }  # fmt: skip


def _told(row: Any) -> dict[str, Any]:
    return {
        "alert": row.id, "outcome": row.outcome, "incident": row.incident, "area": row.area,
        "areas": row.areas,
    }  # fmt: skip


def _earlier(tx: Transaction, alert: Alert, origin: Origin) -> Incident | None:
    """The incident of the warnings that this one refers to, locked; one outside the scope of whoever sends is
    none: anybody can write a sender's name into a message."""
    named = [(one.sender, one.identifier) for one in alert.references]
    ident = db.earlier_incident(tx.conn, tx.call.realm, origin.source, named)
    if ident is None:
        return None
    tx.lock(Needs(incidents=(ident,)))
    found = tx.board.incidents.get(ident)
    return found if found and sees(tx.call.principal, found) else None


def _act(tx: Transaction, alert: Alert, origin: Origin, incident: Incident | None) -> dict[str, Any]:
    """Report it, or bring the standing incident up to what is said now."""
    info = alert.info
    assert info is not None  # noqa: S101  judged so
    words = db.words(tx.conn)
    code, level = class_of(info, words), level_of(info, words)
    if incident is not None:
        return _updated(tx, alert, incident, code or incident.class_code, level)
    ground = _ground(tx.conn, info, city=origin.city)
    if ground is None:
        return {"outcome": "kept_outside", "incident": None, "area": "", "areas": []}
    if code is None:
        source, value = info.sender_name or alert.sender, info.event[:60]
        raise ClassUndecided(source=source, value=value, pointer="/info/event")
    title = (info.headline or info.event)[:_TITLE]
    command = ReportCommand(
        class_code=code, severity=level, text=words_of(alert, info), title=title,
        channel=origin.channel, source_id=_source_id(alert), location=Location(lon=ground[0], lat=ground[1]),
        address="、".join(area.desc for area in info.areas if area.desc)[:200],
    )  # fmt: skip
    given = report_within(tx, command, warning=f"{info.event} {command.text}")
    area = given["grid"] or ""
    return {**given, "outcome": "reported", "incident": given["id"], "area": area, "areas": ground[2]}


def _source_id(alert: Alert) -> str:
    name = f"{alert.sender},{alert.identifier},{alert.sent}"
    return name if len(name) <= _SOURCE_ID else hashlib.sha256(name.encode()).hexdigest()


def _updated(tx: Transaction, alert: Alert, incident: Incident, code: str, level: int) -> dict[str, Any]:
    """Class, title, level and words as they are now; the note keeps what was sent."""
    info = alert.info
    assert info is not None  # noqa: S101  judged so
    said, title = words_of(alert, info), (info.headline or info.event)[:_TITLE]
    if code != incident.class_code:
        tx.append(workflow.reclassify(_hearing(tx), incident, code, title, level, said))
    changes = e.IncidentAmended(title=title, severity=level, text=said)
    tx.append(workflow.amend(_hearing(tx), tx.board.incidents[incident.id], changes))
    tx.append(propose(tx, tx.board.incidents[incident.id], f"{info.event} {said}"))
    return _noted(tx, tx.board.incidents[incident.id], said, "updated")


def _hearing(tx: Transaction) -> Hearing:
    """The product follows a warning by itself; the log says who sent it."""
    return replace(tx.hearing_now(), by=SYSTEM)


def _noted(tx: Transaction, incident: Incident, text: str, outcome: str) -> dict[str, Any]:
    tx.append(workflow.note(_hearing(tx), incident, text))
    about = {"incident": incident.id, "area": incident.area, "areas": [], "number": incident.number}
    return {"outcome": outcome, **about, **tx.incident_answer(incident.id)}


def _over(conn: Connection, alert: Alert) -> str:
    """预警解除: the words of the note that asks to close."""
    asking = [word.value for word in db.words(conn) if (word.kind, word.word) == ("note", "cap_over")]
    said = words_of(alert, alert.info) if alert.info else alert.note
    return "\n".join([*asking, said])[:4000]


# --- where -----------------------------------------------------------------------------------------------


def _ground(conn: Connection, info: Info, *, city: bool) -> Ground | None:
    """By shapes, by codes of areas, by names of areas, in this order; the whole city where that is meant."""
    shapes = [shape for area in info.areas for shape in _shapes(area)]
    if shapes:
        return db.ground_of(conn, shapely.to_wkt(shapely.union_all(shapes), rounding_precision=-1))
    codes = [value for area in info.areas for _, value in area.geocodes if value]
    named = db.areas_named(conn, " ".join(area.desc for area in info.areas))
    for found in (codes, named, db.widest_areas(conn) if city else []):
        if found and (ground := db.ground_of_codes(conn, found)):
            return ground
    return None


def _shapes(area: Area) -> list[Any]:
    """Polygons, and circles as polygons of 32 corners, degrees; a circle without a radius is a point."""
    polygons = [shapely.make_valid(shapely.Polygon(points)) for points in area.polygons]
    circles = [_circle(at, metres) for at, metres in area.circles]
    return [*polygons, *circles]


def _circle(at: tuple[float, float], metres: float) -> Any:
    point = shapely.Point(at)
    return point if metres <= 0 else point.buffer(metres / _METRES_A_DEGREE)


# --- warnings of weather services, read by a mapping -------------------------------------------------------


def alert_of(reading: Reading) -> Alert:
    """A warning out of a mapped message; what it does not say is Actual, Alert, Unknown."""
    colour = reading.get("colour")
    sender = reading.get("sender") or ""
    expires = reading.get("expires")
    info = Info(
        language="zh-CN",
        categories=(reading.get("category") or "Other",),
        event=reading.get("event") or "",
        urgency=reading.get("urgency") or "Unknown",
        severity=colour if colour in COLOURS else "Unknown",
        expires=expires,
        sender_name=reading.get("sender_name") or sender,
        headline=reading.get("headline") or "",
        description=reading.get("text") or "",
        instruction=reading.get("instruction") or "",
        areas=(Area(reading.get("area_desc")),) if reading.get("area_desc") else (),
    )
    named = (reading.get("references") or "").split(",")
    return Alert(
        identifier=reading.get("source_id") or "",
        sender=sender[:200],
        sent=reading.get("sent").isoformat(timespec="seconds"),
        status=reading.get("status") or "Actual",
        msg_type=reading.get("msg_type") or "Alert",
        scope="Public",
        references=tuple(Reference("", one.strip(), "") for one in named if one.strip()),
        infos=(info,),
    )


# --- reading ---------------------------------------------------------------------------------------------


def read_xml(services: Services, principal: Principal, realm: str, ident: str) -> bytes:
    """The document as it came. Raises Forbidden, NotFound, AlertNotXml."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        row = db.read_alert(conn, realm, ident)
    row = require_seen(services, principal, Wanted("alert", ident, realm), row, lambda one: str(one.area))
    if row.media != MEDIA:
        raise AlertNotXml(id=ident, source=row.source)
    return bytes(row.raw)


def list_alerts(services: Services, principal: Principal, realm: str) -> list[dict[str, Any]]:
    """The last 200, and what became of each."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        rows = db.list_alerts(conn, realm, principal.area, 200)
    same = ("sender", "identifier", "sent", "source", "status", "msg_type", "headline")
    times = ("received_at", "expires_at")
    return [
        {
            **_told(row),
            **{name: getattr(row, name) for name in same},
            **{name: at.isoformat() if (at := getattr(row, name)) else None for name in times},
        }
        for row in rows
    ]
