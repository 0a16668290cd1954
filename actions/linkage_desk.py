"""What the desk is told of plans and responses beside what its stream brings: plans in force, and a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from actions.linkage_reading import read_linkage
from actions.offices import OfficeName, names_of
from actions.queries import check_read, offices_named
from actions.services import Services
from core.permissions import Principal
from core.plan_text import plan_of
from core.plans import Plan
from db import log
from db.tables_linkage import plan_version

Line = dict[str, Any]


def in_force(services: Services, principal: Principal) -> dict[str, Plan]:
    """The plans that may be activated, by code. Raises Forbidden."""
    check_read(principal, "live")
    query = select(plan_version.c.body).where(plan_version.c.state == "approved")
    with services.engine.connect() as conn:
        plans = [plan_of(body) for body in conn.scalars(query.order_by(plan_version.c.code))]
    return {one.code: one for one in plans}


@dataclass(frozen=True, slots=True)
class Log:
    """The facts of a response, oldest first; `tasks`: id → title in Chinese and English."""

    lines: tuple[Line, ...]
    tasks: dict[str, tuple[str, str]]
    offices: dict[str, OfficeName]


def timeline(services: Services, principal: Principal, realm: str, ident: str) -> Log:
    """Raises NotFound; a foreign response is logged as denied."""
    held = read_linkage(services, principal, realm, ident)
    with services.engine.connect() as conn:
        lines = tuple(_line(wire) for wire in log.timeline(conn, realm, [ident]))
    tasks = {one["id"]: (one["title"], one["title_en"]) for one in held["tasks"]}
    named = dict.fromkeys(office for line in lines for office in _offices(line["body"]))
    return Log(lines, tasks, names_of(services.reference, named))


def _line(wire: log.Wire) -> Line:
    kept = ("seq", "kind", "occurred_at", "actor")
    return {**{name: wire[name] for name in kept}, "body": orjson.loads(wire["body"])}


def _offices(body: dict[str, Any]) -> list[str]:
    """Whom a fact names; of an activation that is everybody, and nobody reads them all."""
    return [body["owner"]] if body.get("owner") else offices_named(body)
