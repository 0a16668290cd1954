"""Reading findings of drills: those of one, and of all by how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection

from actions.drill_reports import readable
from actions.drills import realm_of
from actions.queries import check_read
from actions.services import Services
from core.clock import day_of
from core.drill_findings import RUNNING, SUBJECT, Finding, State, allowed, proposes, sees
from core.errors import Forbidden, InvalidInput, NotFound
from core.permissions import Principal
from db import findings, log

MOST = 500
"""In one list, of those that the asker sees."""
_ALL: tuple[State, ...] = ("proposed", "open", "revising", "closed", "dropped")
FILTERS: dict[str, tuple[State, ...]] = {
    "open": tuple(RUNNING),
    "overdue": tuple(RUNNING),
    "proposed": ("proposed",),
    "closed": ("closed", "dropped"),
    "all": _ALL,
}
"""What a list may be asked for; of `overdue` those whose day is over."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, and what the asker may do about it now."""

    finding: Finding
    verbs: tuple[str, ...]


def of_drill(services: Services, principal: Principal, ident: str) -> list[Told]:
    """Those that live knows of, in the order they were proposed. Raises NotFound, Forbidden."""
    realm = realm_of(ident)
    with services.engine.connect() as conn:
        readable(conn, principal, realm)
        return [_told(one, principal) for one in findings.of_drill(conn, realm)]


def may_propose(services: Services, principal: Principal, ident: str) -> bool:
    """Whether somebody adds findings of their own. Raises NotFound, Forbidden."""
    with services.engine.connect() as conn:
        return proposes(readable(conn, principal, realm_of(ident)), principal)


def listed(services: Services, principal: Principal, state: str = "open") -> list[Told]:
    """Of all drills within the asker's area, and what the asker's office owns, what is due first on top.
    Raises Forbidden, InvalidInput."""
    _check(principal)
    if state not in FILTERS:
        raise InvalidInput(pointer="/state", detail=", ".join(FILTERS))
    before = today(services) if state == "overdue" else None
    with services.engine.connect() as conn:
        found = findings.listed(conn, FILTERS[state], before)
        own = islice((one for one in found if sees(one, principal)), MOST)
        return [_told(one, principal) for one in own]


def read(services: Services, principal: Principal, ident: str) -> tuple[Told, list[dict[str, Any]]]:
    """One, and its facts, oldest first. Raises Forbidden, NotFound."""
    _check(principal)
    with services.engine.connect() as conn:
        found = findings.read(conn, ident)
        if found is None or not (sees(found, principal) or _knows(conn, principal, found)):
            raise NotFound(kind="finding", id=ident[:64])
        wires = log.timeline(conn, findings.REALM, [SUBJECT + ident])
    return _told(found, principal), [_line(wire) for wire in wires]


def today(services: Services) -> date:
    """The day of the city."""
    return day_of(services.now_in(findings.REALM), services.zone)


def _line(wire: log.Wire) -> dict[str, Any]:
    kept = ("seq", "kind", "occurred_at", "recorded_at", "actor", "seat")
    return {**{name: wire[name] for name in kept}, "body": orjson.loads(wire["body"])}


def _check(principal: Principal) -> None:
    check_read(principal, findings.REALM)
    if principal.kind == "wall":
        raise Forbidden(verb="drill", role=principal.role)


def _knows(conn: Connection, principal: Principal, of: Finding) -> bool:
    """What came of a drill may be read by more than those of its area."""
    try:
        readable(conn, principal, of.drill)
    except Forbidden:
        return False
    return True


def _told(of: Finding, principal: Principal) -> Told:
    return Told(of, tuple(allowed(of, principal)))
