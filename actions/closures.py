"""封路 and 恢复通行: closing roads to traffic, and the roads that are left to drive on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import shapely
from pydantic import Field
from sqlalchemy import Connection

import core.events_roads as r
from actions.commands import Moment, Timed
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.errors_roads import NoRoadThere, RoadClosedAlready, RoadNotClosed
from core.features import Feature, feature
from core.model import Closure
from core.permissions import Principal, Scope, visible
from db import log, places, projection, roads
from db.roads import Road
from geo.roads import RoadGraph

CLICK_M = 60.0
"""A click this far from a road still means it."""


class CloseCommand(Timed):
    """封路. `until` None = until somebody reopens it."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    until: Moment | None = None


def close(services: Services, call: Call, ident: str, command: CloseCommand) -> Answer:
    """Close a road of the layer `roads`; nobody is sent over it from now on.

    Raises NotFound, InvalidInput (`until` is over), RoadClosedAlready (naming who closed it).
    """
    return perform(services, call, "road.close", lambda tx: _close(tx, ident, command))


def _close(tx: Transaction, ident: str, command: CloseCommand) -> Answer:
    road = roads.lock_road(tx.conn, ident)
    area = area_of(tx.conn, road.line) if road else ""
    if road is None or not visible(Scope.of(tx.call.principal), area):
        raise NotFound(kind="road", id=ident)
    if command.until is not None and command.until <= tx.now:
        raise InvalidInput(pointer="/until", detail="> now")
    projection.lock_closure(tx.conn, tx.board, ident)
    if held := tx.board.closures.get(ident):
        raise RoadClosedAlready(name=held.name, by=held.by, reason=held.reason)
    body = r.RoadClosed(
        name=road.name, road_class=road.road_class, reason=command.reason, until=command.until, line=road.line
    )
    seq = tx.append([Draft(body, ident, area, tx.occurred_at())])
    return {"seq": seq, "road": ident, "name": road.name, "closed": True}


def area_of(conn: Connection, line: tuple[tuple[float, float], ...]) -> str:
    """The community in which the middle of the road lies; "" outside all."""
    middle = shapely.LineString(line).interpolate(0.5, normalized=True)
    return places.describe_point(conn, middle.x, middle.y).area or ""


def reopen(services: Services, call: Call, ident: str) -> Answer:
    """Open a closed road again. Raises NotFound, RoadNotClosed, StaleVersion."""
    return perform(services, call, "road.reopen", lambda tx: _reopen(tx, ident))


def _reopen(tx: Transaction, ident: str) -> Answer:
    projection.lock_closure(tx.conn, tx.board, ident)
    held = tx.board.closures.get(ident)
    if held is None:
        road = roads.lock_road(tx.conn, ident)
        if road is None:
            raise NotFound(kind="road", id=ident)
        raise RoadNotClosed(name=road.name or ident)
    if not visible(Scope.of(tx.call.principal), held.area):
        raise NotFound(kind="road", id=ident)
    tx.check_version(held)
    seq = tx.append([Draft(r.RoadReopened(due=False), ident, held.area, tx.occurred_at())])
    return {"seq": seq, "road": ident, "name": held.name, "closed": False}


def fall_due(tx: Transaction, ident: str, until: datetime) -> list[Draft]:
    """The fact that a closure's time is over; nothing if it was reopened, or closed again, meanwhile."""
    projection.lock_closure(tx.conn, tx.board, ident)
    held = tx.board.closures.get(ident)
    if held is None or held.until != until:
        return []
    return [Draft(r.RoadReopened(due=True), ident, held.area, until)]


def list_closures(services: Services, principal: Principal, realm: str) -> list[Feature]:
    """The roads closed now, within the asker's area. Raises Forbidden, RealmUnknown."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        log.head(conn, realm)
        standing = roads.standing_closures(conn, realm)
    return [feature(one) for one in standing if visible(Scope.of(principal), one.area)]


def road_at(services: Services, principal: Principal, realm: str, lon: float, lat: float) -> dict[str, Any]:
    """The road that a click means: id, name, class, line, and its closure if it is closed.

    Raises NoRoadThere, also outside the asker's area.
    """
    check_read(principal, realm)
    with services.engine.connect() as conn:
        road = roads.nearest_road(conn, lon, lat, CLICK_M)
        if road is None or not visible(Scope.of(principal), area_of(conn, road.line)):
            raise NoRoadThere(metres=int(CLICK_M))
        standing = {one.id: one for one in roads.standing_closures(conn, realm)}
    return _described(road, standing.get(road.id))


def _described(road: Road, closure: Closure | None) -> dict[str, Any]:
    return {
        "road": road.id, "name": road.name, "class": road.road_class, "line": road.line,
        "metres": road.metres, "closure": feature(closure)["properties"] if closure else None,
    }  # fmt: skip


def open_roads(services: Services, conn: Connection, realm: str, *, ordered: bool = False) -> RoadGraph:
    """The road graph of a realm as it is now: without what is closed in it. Who goes by order (`ordered`)
    drives through the cordons (封控) of responses: they keep others out of the way."""
    closed = roads.standing_closures(conn, realm)
    return services.reference.roads([one for one in closed if not (ordered and one.incident)])
