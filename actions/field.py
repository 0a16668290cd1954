"""What a phone in the field is told: who it is, what it has to do, what is to be walked; its own verbs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

import core.events as e
from actions import incidents, patrols
from actions.commands import Timed
from actions.drill_reading import standing
from actions.patrols import Wanted
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import workflow
from core.envelope import Draft
from core.errors import Forbidden, InvalidInput
from core.errors_field import UnitStillBound
from core.features import feature
from core.intake_words import classes_of, level_of
from core.model import ENDED, Assignment, Incident, Unit
from core.permissions import Principal, Scope, may, may_enter
from core.serial import assignment_of, incident_of, unit_of
from core.workflow import allowed_assignment_verbs
from db import intake as intake_rows
from db import log
from db.projection import Needs
from db.scoping import incident_seen
from db.tables import assignment as assignment_table
from db.tables import incident as incident_table
from db.tables import unit as unit_table
from db.tables_places import grid

MOST_CASES = 50
MOST_ROUNDS = 200
VERBS = ("accept", "report_in", "reply", "handle", "backup", "note", "attach")
"""What is done to an incident on a phone; everything else wants a desk."""
_TOLD = (
    "number", "class", "title", "text", "severity", "status", "place", "address", "reported_at", "deadline",
)  # fmt: skip
Task = dict[str, Any]


class DutyCommand(Timed):
    """上岗 / 下岗"""

    on_duty: bool


def overview(services: Services, principal: Principal, realm: str) -> dict[str, Any]:
    """{now, rate, drill, unit, home, tasks}: the realm's clock, its drill if it is one's, and what this unit
    is sent to, or what the desk of this account answers for.

    Raises Forbidden.
    """
    check_field(principal, realm)
    with services.engine.connect() as conn:
        unit = _unit(conn, realm, principal)
        tasks = _sent(conn, services, principal, realm) if unit else _owned(conn, services, principal, realm)
        home = _home(conn, unit, principal)
        clock = log.read_clock(conn, realm)
    about = unit and {"id": unit.id, "name": unit.name, "on_duty": unit.on_duty, "status": unit.status}
    now = clock.now(services.now()).isoformat()
    drill = standing(services, principal, realm)
    return {"now": now, "rate": clock.rate, "drill": drill, "unit": about, "home": home, "tasks": tasks}


def check_field(principal: Principal, realm: str) -> None:
    if not (may(principal, "field") and may_enter(principal, realm)):
        raise Forbidden(verb="field", role=principal.role)


def _unit(conn: Connection, realm: str, principal: Principal) -> Unit | None:
    if principal.kind != "unit":
        return None
    query = select(unit_table.c.doc).where(unit_table.c.realm == realm, unit_table.c.id == principal.id)
    doc = conn.scalar(query)
    return unit_of(doc) if doc else None


def _home(conn: Connection, unit: Unit | None, principal: Principal) -> tuple[float, float] | None:
    """lon, lat where the map begins: where the unit is at home, or a point in the account's area."""
    if unit:
        return unit.lon, unit.lat
    inside = func.ST_PointOnSurface(grid.c.geom)
    row = conn.execute(
        select(func.ST_X(inside), func.ST_Y(inside)).where(grid.c.code == principal.area)
    ).first()
    return (row[0], row[1]) if row else None


def _sent(conn: Connection, services: Services, principal: Principal, realm: str) -> list[Task]:
    """The assignments of a unit that have not ended, each with its incident."""
    bound, of = assignment_table.c, incident_table.c
    query = (
        select(bound.doc.label("bound"), of.doc.label("of"))
        .join_from(assignment_table, incident_table, (of.realm == bound.realm) & (of.id == bound.incident))
        .where(bound.realm == realm, bound.unit == principal.id, bound.ended_at.is_(None))
    )
    return [
        {
            **_task(services, principal, incident_of(row.of)),
            "assignment": _assignment(assignment_of(row.bound)),
        }
        for row in conn.execute(query.order_by(bound.started_at))
    ]


def _owned(conn: Connection, services: Services, principal: Principal, realm: str) -> list[Task]:
    """Open incidents that the account's office, or one under it, answers for, or that it reported; the newest
    first."""
    table, office = incident_table.c, principal.office
    own = table.owner == str(office) if office.dept else table.owner.startswith(str(office), autoescape=True)
    mine = table.doc["reported_by"].astext == principal.id
    seen = or_(and_(own, incident_seen(Scope.of(principal))), mine)
    query = select(table.doc).where(table.realm == realm, table.status.not_in(sorted(ENDED)), seen)
    docs = conn.scalars(query.order_by(table.reported_at.desc()).limit(MOST_CASES))
    return [_task(services, principal, incident_of(doc)) for doc in docs]


def _task(services: Services, principal: Principal, incident: Incident) -> Task:
    shown = feature(incident)
    allowed = services.reference.rules().flow.allowed(incident, principal)
    return {
        "id": incident.id,
        **{name: shown["properties"][name] for name in _TOLD},
        "lon": incident.lon,
        "lat": incident.lat,
        "photos": incident.photos,
        "verbs": [verb for verb in VERBS if verb in allowed],
    }


def _assignment(bound: Assignment) -> dict[str, Any]:
    return {
        "id": bound.id,
        "status": bound.status,
        "started_at": bound.started_at,
        "eta_s": bound.eta_s,
        "distance_m": bound.distance_m,
        "verbs": allowed_assignment_verbs(bound),
    }


def rounds(services: Services, principal: Principal, realm: str) -> dict[str, Any]:
    """What is to be walked today in the area of this unit or account: {count, items}. Raises Forbidden."""
    check_field(principal, realm)
    with services.engine.connect() as conn:
        unit = _unit(conn, realm, principal)
    found = patrols.due(services, Call(principal, realm), Wanted(area=unit.area if unit else None))
    return {"count": found["count"], "items": found["items"][:MOST_ROUNDS]}


def propose(services: Services, principal: Principal, realm: str, text: str) -> dict[str, Any]:
    """Classes and level out of what was written: {classes: [{code, name, …}], severity}."""
    check_field(principal, realm)
    if not 0 < len(text.strip()) <= 4000:
        raise InvalidInput(pointer="text", detail="1-4000")
    known = services.reference.classes()
    with services.engine.connect() as conn:
        words = intake_rows.words(conn)
    level = level_of(text, words)
    classes = [one for one in classes_of(text, words) if one.code in known]
    told = [{**asdict(one), "name": known[one.code].name} for one in classes]
    return {"classes": told, "severity": asdict(level) if level else None}


def call_backup(services: Services, call: Call, ident: str, text: str) -> Answer:
    """请求支援"""
    return incidents.act(services, call, ident, "backup", lambda h, i: workflow.call_backup(h, i, text))


def set_duty(services: Services, call: Call, ident: str, command: DutyCommand) -> Answer:
    """上岗 / 下岗 of a unit, by itself or by a desk: {seq, on_duty}. Raises Forbidden, UnitStillBound."""
    if call.principal.kind == "unit" and call.principal.id != ident:
        raise Forbidden(verb="unit.duty", role=call.principal.role)
    needs = Needs(units=(ident,))
    return perform(services, call, "unit.duty", lambda tx: _set_duty(tx, ident, command.on_duty), needs)


def _set_duty(tx: Transaction, ident: str, on_duty: bool) -> Answer:
    unit = tx.own_unit(ident)
    if unit.incident and not on_duty:
        raise UnitStillBound(unit_name=unit.name, number=tx.number_of(unit.incident))
    if unit.on_duty != on_duty:
        tx.append([Draft(e.UnitDutyChanged(on_duty=on_duty), ident, unit.area, tx.occurred_at())])
    return {"seq": tx.board.seq, "on_duty": on_duty}
