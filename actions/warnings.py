"""预警发布: warnings to the public by CAP and by the four levels of broadcast, alone or within a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import shapely
from pydantic import Field
from sqlalchemy import Connection, select
from ulid import ULID

from actions.city import KEY
from actions.commands import Code, Command, Ring, Timed
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from actions.warning_targets import Ground, hazard
from core import warnings as rules
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.errors_warnings import NoTarget, TargetElsewhere, WarningChanged, WarningOver
from core.linkage_model import Linkage
from core.masking import unless_few
from core.model import Incident
from core.permissions import Scope, visible
from core.plans import Metres
from core.serial import linkage_of
from core.warning_model import Alert, Bulletin, PointLevel, spoken
from core.warnings import About, Sender, Target, Words
from db import projection
from db import warnings as rows
from db.projection import Needs
from db.tables import setting
from db.tables_linkage import linkage as linkage_table
from db.tables_warnings import warning
from geo import rings, warned

Said = Annotated[str, Field(min_length=1, max_length=1000)]
Title = Annotated[str, Field(max_length=160)]
Level = Annotated[int, Field(ge=1, le=4)]
Hours = Annotated[float, Field(gt=0, le=720)]
Divisions = Annotated[tuple[Code, ...], Field(max_length=200)]
RECEIPTS = 5000


class IssueCommand(Timed):
    """发布 to a drawn `ring`, to divisions (`areas`), or to what lies within `radius_m` of a response's zone
    or an incident; `points` are the levels whose broadcast points speak, none: by CAP alone."""

    incident: Code | None = None
    linkage: Code | None = None
    class_code: Annotated[str | None, Field(alias="class", min_length=1, max_length=32)] = None
    level: Level
    text: Said
    text_en: Said
    headline: Title = ""
    headline_en: Title = ""
    ring: Ring | None = None
    areas: Divisions = ()
    radius_m: Metres | None = None
    points: tuple[PointLevel, ...] = ()
    valid_h: Hours | None = None


class UpdateCommand(Timed):
    """更新: what is left out stays as it was. `number` is that of the message that the asker has read."""

    number: Annotated[int, Field(ge=1)] | None = None

    level: Level | None = None
    text: Said | None = None
    text_en: Said | None = None
    headline: Title = ""
    headline_en: Title = ""
    ring: Ring | None = None
    areas: Divisions = ()
    points: tuple[PointLevel, ...] | None = None
    valid_h: Hours | None = None


class CancelCommand(Timed):
    """解除, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=400)]
    reason_en: Annotated[str, Field(max_length=400)] = ""


class PointState(Command):
    """What one broadcast point reports."""

    code: Code
    state: Literal["done", "failed"]


class ReceiptCommand(Timed):
    """播发回执 of many points at once, of the message `number` (the latest, if left out)."""

    alert: Code
    number: Annotated[int, Field(ge=1)] | None = None
    points: Annotated[tuple[PointState, ...], Field(min_length=1, max_length=RECEIPTS)]


# --- by hand --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command comes to."""

    words: Words
    target: Target
    about: About
    area: str


def issue(services: Services, call: Call, command: IssueCommand) -> Answer:
    """发布. Raises Forbidden, NotFound (incident, response, division), NoTarget, TargetElsewhere,
    InvalidInput."""
    needs = needs_of(services, call.realm, command)
    return perform(services, call, "alert.issue", lambda tx: _issue(tx, command), needs)


def needs_of(services: Services, realm: str, command: IssueCommand) -> Needs:
    """The incident is locked: that of a response before the response, as everywhere."""
    incident = command.incident
    if command.linkage is not None:
        with services.engine.connect() as conn:
            held = _linkage(conn, realm, command.linkage)
        incident = held.incident if held else None
    return Needs(incidents=(incident,) if incident else ())


def _linkage(conn: Connection, realm: str, ident: str) -> Linkage | None:
    """A response that runs."""
    table = linkage_table.c
    running = table.realm == realm, table.id == ident, table.ended_at.is_(None)
    doc = conn.scalar(select(table.doc).where(*running))
    return linkage_of(doc) if doc else None


def _issue(tx: Transaction, command: IssueCommand) -> Answer:
    wanted = wants(tx, command)
    ident = str(ULID())
    said = _bulletin(tx, ident, 1, wanted.words, wanted.target)
    tx.append([placed(rules.issue(ident, tx.now, said, wanted.target, wanted.about), wanted.area)])
    return _answer(tx.board.alerts[ident])


def _bulletin(tx: Transaction, ident: str, number: int, words: Words, target: Target) -> Bulletin:
    sender, table = sender_of(tx.services, tx.conn), rows.words(tx.conn)
    return rules.bulletin(ident, number, tx.now, sender, table, words, target)


def placed(draft: Draft, area: str) -> Draft:
    return Draft(draft.body, draft.subject, area or draft.area, draft.occurred_at)


def wants(tx: Transaction, command: IssueCommand) -> Wanted:
    """What the command comes to now. Raises what `issue` does."""
    held = _response(tx, command)
    incident = tx.other_incident(held.incident) if held else None
    if incident is None and command.incident:
        incident = tx.other_incident(command.incident)
    class_code = command.class_code or (incident.class_code if incident else None)
    if class_code is None:
        raise InvalidInput(pointer="/class", detail="required")
    tx.services.reference.incident_class(class_code)
    ground = Ground.of(tx.services, tx.conn)
    area = _area(tx, ground, command.ring, command.areas, where_of(held, incident), command.radius_m)
    target = ground.target(area, command.points, Scope.of(tx.call.principal))
    words = Words(
        class_code, command.level, command.text, command.text_en, command.headline, command.headline_en,
        command.valid_h,
    )  # fmt: skip
    offices = held.offices if held else incident.offices if incident else ()
    about = About(incident.id if incident else "", held.id if held else "", "", offices)
    return Wanted(words, target, about, incident.area if incident else "")


def where_of(held: Linkage | None, incident: Incident | None) -> Any:
    """Where it happens; None where that is not said."""
    if held:
        return hazard(held.lon, held.lat, held.zone.ring if held.zone else ())
    return hazard(incident.lon, incident.lat) if incident else None


def _response(tx: Transaction, command: IssueCommand) -> Linkage | None:
    """The response it is issued in. Raises NotFound."""
    if command.linkage is None:
        return None
    held = _linkage(tx.conn, tx.call.realm, command.linkage)
    if held is None or not visible(Scope.of(tx.call.principal), held.area, held.offices):
        raise NotFound(kind="linkage", id=command.linkage)
    return held


def _area(
    tx: Transaction,
    ground: Ground,
    ring: Ring | None,
    codes: Sequence[str],
    where: Any,
    radius_m: float | None,
) -> Any:
    """The area that is meant, as far as the asker may warn it. Raises InvalidInput, NoTarget, NotFound,
    TargetElsewhere."""
    area = _drawn(ring) if ring else ground.shape(codes) if codes else where
    if codes and area is None:
        raise NotFound(kind="area", id=next(one for one in codes if one not in ground.areas.by_code))
    if area is not None and radius_m:
        area = warned.around(area, radius_m)
    if area is None or area.area == 0:
        raise NoTarget()
    return own_part(tx, ground, area)


def _drawn(ring: Ring) -> Any:
    """Raises InvalidInput."""
    if reason := rings.fault(ring):
        raise InvalidInput(pointer="/ring", detail=reason)
    return shapely.Polygon(ring)


def own_part(tx: Transaction, ground: Ground, area: Any) -> Any:
    """The part of it that lies in the asker's own area. Raises TargetElsewhere."""
    mine = tx.call.principal.area
    if not mine:
        return area
    own = ground.shape([mine])
    if own is None or (part := shapely.intersection(area, own)).area == 0:
        raise TargetElsewhere()
    return part


def _answer(alert: Alert) -> Answer:
    return {
        "seq": alert.version, "alert": alert.id, "identifier": alert.bulletin.identifier,
        "status": alert.status, "msg_type": alert.msg_type, "points": len(alert.states),
        "reach": unless_few(alert.reach), "people": unless_few(alert.people),
    }  # fmt: skip


def sender_of(services: Services, conn: Connection) -> Sender:
    """Who warns, as zhihui.toml says, else by the city's name."""
    ident, name = services.cap_sender
    if not name:
        about = conn.scalar(select(setting.c.value).where(setting.c.key == KEY)) or {}
        name = f"{about.get('name') or services.city}应急指挥中心"
    return Sender(ident or f"{services.city}.zhihui", name, services.zone)


# --- what is done to one ----------------------------------------------------------------------------------


def update(services: Services, call: Call, ident: str, command: UpdateCommand) -> Answer:
    """更新: of two who have read the same message one does, the other is told. Raises Forbidden, NotFound,
    WarningOver, WarningChanged, StaleVersion, TargetElsewhere."""
    return perform(services, call, "alert.issue", lambda tx: _update(tx, ident, command))


def _update(tx: Transaction, ident: str, command: UpdateCommand) -> Answer:
    alert = _own_standing(tx, ident)
    if command.number not in (None, alert.bulletin.number):
        raise WarningChanged(headline=alert.bulletin.headline, number=alert.bulletin.number)
    last, ground = alert.bulletin, Ground.of(tx.services, tx.conn)
    levels = tuple(order.level for order in alert.orders) if command.points is None else command.points
    area = _area(tx, ground, command.ring, command.areas, warned.area_of(last.rings), None)
    words = Words(
        last.class_code, command.level or last.level, command.text or last.text,
        command.text_en or last.text_en, command.headline, command.headline_en, command.valid_h,
    )  # fmt: skip
    target = ground.target(area, levels, Scope.of(tx.call.principal))
    sender, table = sender_of(tx.services, tx.conn), rows.words(tx.conn)
    tx.append([rules.update(alert, tx.now, sender, table, words, target)])
    return _answer(tx.board.alerts[ident])


def cancel(services: Services, call: Call, ident: str, command: CancelCommand) -> Answer:
    """解除: of two who do so at once one does, the other is told. Raises as `update`."""

    def decide(tx: Transaction) -> Answer:
        alert = _own_standing(tx, ident)
        sender, table = sender_of(tx.services, tx.conn), rows.words(tx.conn)
        seq = tx.append([rules.cancel(alert, tx.now, sender, table, command.reason, command.reason_en)])
        return {"seq": seq, "alert": ident, "status": alert.status, "msg_type": "Cancel"}

    return perform(services, call, "alert.issue", decide)


def _standing(tx: Transaction, ident: str) -> Alert:
    """A warning that stands, locked, in scope. Raises NotFound, WarningOver, StaleVersion."""
    projection.lock_alerts(tx.conn, tx.board, warning.c.id == ident)
    alert = tx.board.alerts.get(ident) or rows.find(tx.conn, tx.call.realm, ident)
    if alert is None or not visible(Scope.of(tx.call.principal), alert.area, alert.offices):
        raise NotFound(kind="alert", id=ident)
    if alert.ended_at:
        raise WarningOver(headline=alert.bulletin.headline, how=alert.ended_by)
    tx.check_version(alert)
    return alert


def _own_standing(tx: Transaction, ident: str) -> Alert:
    """As `_standing`, for who changes what it says: a town that one of the whole city touches sees it, and
    can neither lift it for the others nor cut it down to itself. Raises TargetElsewhere besides."""
    alert, mine = _standing(tx, ident), tx.call.principal.area
    within = all(code.startswith(mine) or mine.startswith(code) for code in alert.bulletin.areas)
    if not (within or alert.area.startswith(mine)):
        raise TargetElsewhere()
    return alert


def take_receipts(services: Services, call: Call, command: ReceiptCommand) -> Answer:
    """播发回执: what was known already, or belongs to an earlier message, changes nothing.

    Raises Forbidden, NotFound.
    """
    return perform(services, call, "alert.receipt", lambda tx: _receipts(tx, command))


def _receipts(tx: Transaction, command: ReceiptCommand) -> Answer:
    try:
        alert = _standing(tx, command.alert)
    except WarningOver:
        return {"seq": tx.board.seq, "alert": command.alert, "taken": 0}
    if command.number not in (None, alert.bulletin.number):
        return {"seq": alert.version, "alert": alert.id, "taken": 0}
    said = {one.code: one.state for one in command.points}
    done, failed = rules.fresh(alert, _those(said, "done"), _those(said, "failed"))
    heard = alert.heard
    if done:
        ground = Ground.of(tx.services, tx.conn)
        heard = ground.heard(alert.bulletin.rings, {*spoken(alert), *done})
    tx.append(rules.receipt(alert, tx.now, done, failed, heard))
    return {"seq": tx.board.alerts[alert.id].version, "alert": alert.id, "taken": len(done) + len(failed)}


def _those(said: Mapping[str, str], state: str) -> list[str]:
    return [code for code, one in said.items() if one == state]


# --- by itself --------------------------------------------------------------------------------------------


def fall_due(tx: Transaction, ident: str) -> list[Draft]:
    """失效; nothing where it was updated or lifted meanwhile."""
    projection.lock_alerts(tx.conn, tx.board, warning.c.id == ident)
    alert = tx.board.alerts.get(ident)
    return rules.fall_due(alert, tx.now) if alert else []
