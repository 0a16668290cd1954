"""Positions of units: told to every screen at once, traced thinned."""

from __future__ import annotations

from collections.abc import Sequence

from actions.commands import PositionCommand
from actions.services import Services
from core.errors import Forbidden, InvalidInput
from core.permissions import Principal, may, may_enter
from feed.positions import Position

MOST = 5000


def take(services: Services, principal: Principal, realm: str, fixes: Sequence[PositionCommand]) -> int:
    """Announce fixes and trace them; how many were newer than what was known. Raises Forbidden."""
    if not (may(principal, "positions") and may_enter(principal, realm)):
        raise Forbidden(verb="positions", role=principal.role)
    if principal.kind == "unit" and any(fix.unit != principal.id for fix in fixes):
        raise Forbidden(verb="positions", role=principal.role)
    if len(fixes) > MOST:
        raise InvalidInput(pointer="", detail=f"<= {MOST}")
    fresh = services.positions.take(realm, [_position(fix) for fix in fixes])
    if fresh:
        services.announcer.positions(realm, [position.row() for position in fresh])
        services.trace.add(realm, [p.row() for p in services.positions.thin(realm, fresh)])
    return len(fresh)


def _position(fix: PositionCommand) -> Position:
    at_ms = int(fix.at.timestamp() * 1000)
    return Position(fix.unit, round(fix.lon, 6), round(fix.lat, 6), at_ms, fix.speed, fix.heading)
