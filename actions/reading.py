"""Reading the log, boards of the past, code tables and reference layers, within the asker's scope."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson

from actions.queries import check_read
from actions.services import Services
from core.board import Board
from core.errors import InvalidInput, NotFound
from core.permissions import Principal, Scope, visible
from db import log, places
from feed import history, patches

LAYER_MOST = 20_000


def _board_at(services: Services, realm: str, at: int | datetime) -> Board:
    with services.engine.connect() as conn:
        head = log.head(conn, realm)
        seq = at if isinstance(at, int) else history.position_at(conn, realm, at)
        if seq > head:
            raise InvalidInput(pointer="at", detail=f"<= {head}")
        return history.board_at(conn, realm, seq)


def state_at(services: Services, principal: Principal, realm: str, at: int | datetime) -> tuple[int, bytes]:
    """Position and whole patch of the board as it was. Raises RealmUnknown, InvalidInput, Forbidden."""
    check_read(principal, realm)
    board = _board_at(services, realm, at)
    return board.seq, patches.whole(board, Scope.of(principal))


def hash_at(services: Services, principal: Principal, realm: str, at: int | datetime) -> tuple[int, str]:
    """Position and digest of the board as it was."""
    check_read(principal, realm)
    board = _board_at(services, realm, at)
    return board.seq, patches.digest_of(board, Scope.of(principal)).hex()


@dataclass(frozen=True, slots=True)
class Page:
    """Facts in scope, and the last position looked at."""

    seen: list[dict[str, Any]]
    last: int


def events(services: Services, principal: Principal, realm: str, after: int, limit: int) -> Page:
    """Facts after a position, oldest first, with parsed bodies."""
    check_read(principal, realm)
    scope = Scope.of(principal)
    with services.engine.connect() as conn:
        log.head(conn, realm)
        wires = log.read(conn, realm, after, limit)
    seen = [{**w, "body": orjson.loads(w["body"])} for w in wires if visible(scope, w["area"])]
    return Page(seen, wires[-1]["seq"] if wires else after)


def classes(services: Services) -> list[dict[str, Any]]:
    found = [asdict(kind) for kind in services.reference.classes().values()]
    return [{**row, "group": row.pop("class_group")} for row in found]


def layers(services: Services, principal: Principal) -> list[dict[str, Any]]:
    check_read(principal, "live")
    with services.engine.connect() as conn:
        counts = places.place_counts(conn)
    return [{"name": name, "count": counts.get(name, 0)} for name in places.LAYERS]


def layer(
    services: Services,
    principal: Principal,
    name: str,
    bounds: tuple[float, float, float, float] | None,
    limit: int,
    query: dict[str, str],
) -> dict[str, Any]:
    """A FeatureCollection of a reference layer. Raises NotFound, InvalidInput."""
    check_read(principal, "live")
    if name not in places.LAYERS:
        raise NotFound(kind="layer", id=name)
    if not 1 <= limit <= LAYER_MOST:
        raise InvalidInput(pointer="limit", detail=f"1-{LAYER_MOST}")
    tier = query.get("tier")
    if tier is not None and tier not in ("0", "1", "2", "3"):
        raise InvalidInput(pointer="tier", detail="0-3")
    with services.engine.connect() as conn:
        found = places.layer_items(conn, name, bounds, limit, principal.area, int(tier) if tier else None)
    return {"type": "FeatureCollection", "features": found, "numberReturned": len(found)}
