"""Positions of units: told to every screen at once, traced thinned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from actions.commands import PositionCommand
from actions.services import Services
from core.clock import FUTURE_TOLERANCE
from core.errors import Forbidden, InvalidInput, TimeInFuture
from core.permissions import Principal, may, may_enter
from feed.positions import Position

MOST = 5000
TRACED_WITHIN = timedelta(days=1)
"""Older fixes leave no trace: whoever asks where a unit is looks back no further."""


def take(services: Services, principal: Principal, realm: str, fixes: Sequence[PositionCommand]) -> int:
    """Announce fixes and trace them; how many were newer than what was known. Times are the realm's.

    Raises Forbidden, InvalidInput, TimeInFuture: a fix from the future would hide all that come after it.
    """
    if not (may(principal, "positions") and may_enter(principal, realm)):
        raise Forbidden(verb="positions", role=principal.role)
    if principal.kind == "unit" and any(fix.unit != principal.id for fix in fixes):
        raise Forbidden(verb="positions", role=principal.role)
    if len(fixes) > MOST:
        raise InvalidInput(pointer="", detail=f"<= {MOST}")
    now = services.now_in(realm)
    _check_times(fixes, now)
    fresh = services.positions.take(realm, [_position(fix, now) for fix in fixes])
    if fresh:
        services.announcer.positions(realm, [position.row() for position in fresh])
        since_ms = (now - TRACED_WITHIN).timestamp() * 1000
        recent = [position for position in fresh if position.at_ms >= since_ms]
        services.trace.add(realm, [p.row() for p in services.positions.thin(realm, recent)])
    return len(fresh)


def _check_times(fixes: Sequence[PositionCommand], now: datetime) -> None:
    for number, fix in enumerate(fixes):
        if fix.at is not None and fix.at > now + FUTURE_TOLERANCE:
            stated, known = fix.at.isoformat(), now.isoformat()
            raise TimeInFuture(stated=stated, now=known, pointer=f"/{number}/at")


def _position(fix: PositionCommand, now: datetime) -> Position:
    at_ms = int((fix.at or now).timestamp() * 1000)
    return Position(fix.unit, round(fix.lon, 6), round(fix.lat, 6), at_ms, fix.speed, fix.heading)
