"""Reading the log, boards of the past and code tables, within the asker's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from actions.drill_reading import may_read_script
from actions.queries import check_read
from actions.services import Services
from core.board import Board
from core.envelope import BODIES
from core.errors import Forbidden, InvalidInput
from core.offices import keys
from core.permissions import Principal, Scope, visible
from db import log, scoping
from feed import film, history, patches

_OF_SCRIPTS = frozenset({"DrillOpened", "ScriptChanged", "InjectDelivered", "InjectFailed", "DrillRated"})
"""They tell what a drill still brings, and what was not to be known to be an inject."""
_OF_OFFICES = frozenset(kind for kind, body in BODIES.items() if body.__module__ == "core.events_duty")


def board_at(services: Services, conn: Connection, realm: str, at: int | datetime) -> Board:
    """As it was after a position or at a time. Raises RealmUnknown, InvalidInput."""
    head = log.head(conn, realm)
    seq = at if isinstance(at, int) else history.position_at(conn, realm, at)
    if seq > head:
        raise InvalidInput(pointer="at", detail=f"<= {head}")
    return film.board_at(services.stills, history.Stored(conn, realm), seq)


def check_past(principal: Principal, realm: str) -> None:
    """The past is not for visitors: what is sensitive now was not marked then. Raises Forbidden."""
    check_read(principal, realm)
    if principal.visitors:
        raise Forbidden(verb="read", role=principal.role)


def state_at(services: Services, principal: Principal, realm: str, at: int | datetime) -> tuple[int, bytes]:
    """Position and whole patch of the board as it was. Raises RealmUnknown, InvalidInput, Forbidden."""
    check_past(principal, realm)
    with services.engine.begin() as conn:
        board = board_at(services, conn, realm, at)
    return board.seq, patches.whole(board, Scope.of(principal))


def hash_at(services: Services, principal: Principal, realm: str, at: int | datetime) -> tuple[int, str]:
    """Position and digest of the board as it was. Raises as `state_at`."""
    check_past(principal, realm)
    with services.engine.begin() as conn:
        board = board_at(services, conn, realm, at)
    return board.seq, patches.digest_of(board, Scope.of(principal)).hex()


@dataclass(frozen=True, slots=True)
class Page:
    """Facts in scope, and the last position looked at."""

    seen: list[dict[str, Any]]
    last: int


def events(services: Services, principal: Principal, realm: str, after: int, limit: int) -> Page:
    """Facts after a position, oldest first, with parsed bodies."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        log.head(conn, realm)
        wires = log.read(conn, realm, after, limit)
        seen = seen_of(conn, realm, principal, wires)
    return Page([{**w, "body": orjson.loads(w["body"])} for w in seen], wires[-1]["seq"] if wires else after)


def seen_of(conn: Connection, realm: str, principal: Principal, wires: Sequence[log.Wire]) -> list[log.Wire]:
    """Those of these facts that are within the asker's scope; of a drill's script, for who may read it."""
    if not may_read_script(conn, realm, principal):
        wires = [wire for wire in wires if wire["kind"] not in _OF_SCRIPTS]
    scope = Scope.of(principal)
    whole = scope == Scope()
    known = {} if whole else scoping.cases_seen(conn, realm, scope, {w["subject"] for w in wires})
    return [w for w in wires if _sees(scope, w, known)]


def _sees(scope: Scope, wire: log.Wire, known: dict[str, bool]) -> bool:
    """Whether a fact is within the scope: by where it lies, of an incident also by its offices now; for a
    department by those alone. What an office does among itself is its own and of those above it."""
    of_case = known.get(wire["subject"])
    if wire["kind"] in _OF_OFFICES:
        office = orjson.loads(wire["body"])["office"]
        return scope == Scope() or scope.key in keys((office,))
    if scope.dept and of_case is not None:
        return of_case
    return bool(of_case) or visible(scope, wire["area"])


def classes(services: Services) -> list[dict[str, Any]]:
    found = [asdict(kind) for kind in services.reference.classes().values()]
    return [{**row, "group": row.pop("class_group")} for row in found]
