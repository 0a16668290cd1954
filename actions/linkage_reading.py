"""A response before its click and afterwards: what it would set moving, how it stands, how it stood."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from actions import means_found, means_shown
from actions.access import Wanted as Sought
from actions.access import require_seen
from actions.means_found import Wanted
from actions.plans import approved_plan, plan_at
from actions.queries import check_read, read_incident
from actions.services import Services
from core import linkage
from core.features import feature
from core.linkage_model import Linkage
from core.permissions import Principal, Scope, visible
from core.plans import Parts, Plan, office_of
from core.serial import linkage_of, task_of
from db.tables import incident as incident_table
from db.tables_linkage import linkage as linkage_table
from db.tables_linkage import task as task_table


def preview(
    services: Services, principal: Principal, realm: str, ident: str, code: str, level: int
) -> dict[str, Any]:
    """What a click would set moving now, and what is missing for it; nothing is locked, nothing is written.

    {plan, version, level, commander, tasks, offices, units, supplies, shelters, closures, broadcasts,
    shortfalls}: the shortfalls are handed back with the click. Raises NotFound, NoSuchStage.
    """
    incident = read_incident(services, principal, realm, ident)
    with services.engine.connect() as conn:
        version, plan = approved_plan(conn, code)
        commander = linkage.commander_at(plan, level, incident.area)
        parts = plan.parts(level)
        wanted = Wanted(services, conn, principal, realm, incident, parts)
        told = means_shown.shown(wanted, means_found.find(wanted))
    about = {"plan": code, "version": version, "level": level, "commander": commander}
    return about | _called(parts, incident.area, commander) | told


def _called(parts: Parts, area: str, commander: str) -> dict[str, Any]:
    owners = {task.code: office_of(task.owner, area) for task in parts.tasks}
    tasks = [means_shown.task_json(task, owners[task.code]) for task in parts.tasks]
    return {"tasks": tasks, "offices": list(dict.fromkeys((commander, *owners.values())))}


def preview_level(
    services: Services, principal: Principal, realm: str, ident: str, level: int
) -> dict[str, Any]:
    """The same for raising a response that runs: what comes on top. Raises NotFound, NoSuchStage."""
    check_read(principal, realm)
    query = select(linkage_table.c.doc).where(linkage_table.c.realm == realm, linkage_table.c.id == ident)
    with services.engine.connect() as conn:
        doc = conn.scalar(query.where(linkage_table.c.ended_at.is_(None)))
    held = require_seen(
        services, principal, Sought("linkage", ident, realm), linkage_of(doc) if doc else None,
        lambda one: one.area,
        lambda one: visible(Scope.of(principal), one.area, one.offices, sensitive=one.sensitive),
    )  # fmt: skip
    incident = read_incident(services, principal, realm, held.incident)
    with services.engine.connect() as conn:
        plan = plan_at(conn, held.plan, held.plan_version)
        commander = linkage.commander_at(plan, level, held.area)
        parts = on_top(plan, held, level)
        wanted = Wanted(services, conn, principal, realm, incident, parts, held.zone, held)
        told = means_shown.shown(wanted, means_found.find(wanted))
    about = {"plan": held.plan, "version": held.plan_version, "level": level, "commander": commander}
    return about | _called(parts, held.area, commander) | told


def on_top(plan: Plan, of: Linkage, level: int) -> Parts:
    """What a level adds to the gravest that the response ever stood at, whose means are with it already; its
    warnings were lifted when it was lowered."""
    means = plan.parts(level, before=of.reached or of.level)
    return means._replace(broadcasts=plan.parts(level, before=of.level).broadcasts)


def read_linkage(services: Services, principal: Principal, realm: str, ident: str) -> dict[str, Any]:
    """A response, also one that is over, with its tasks in their order. Raises NotFound; a foreign one is
    logged as denied."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        query = select(linkage_table.c.doc).where(linkage_table.c.realm == realm, linkage_table.c.id == ident)
        doc = conn.scalar(query)
        hidden = _is_sensitive(conn, realm, doc["incident"]) if doc else False
        rows = conn.scalars(
            select(task_table.c.doc).where(task_table.c.realm == realm, task_table.c.linkage == ident)
        )
        tasks = {one["id"]: task_of(one) for one in rows}
    held = require_seen(
        services, principal, Sought("linkage", ident, realm), linkage_of(doc) if doc else None,
        lambda one: one.area,
        lambda one: visible(Scope.of(principal), one.area, one.offices, sensitive=hidden),
    )  # fmt: skip
    shown = [feature(tasks[one])["properties"] | {"id": one} for one in held.tasks if one in tasks]
    return {**feature(held), "ended_at": held.ended_at, "tasks": shown}


def _is_sensitive(conn: Connection, realm: str, incident: str) -> bool:
    """By the incident: a response that is over is not told when it becomes so."""
    where = incident_table.c.realm == realm, incident_table.c.id == incident
    return bool(conn.scalar(select(incident_table.c.sensitive).where(*where)))
