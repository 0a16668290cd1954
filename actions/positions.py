"""Positions of units: sifted, told to every screen at once, traced thinned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from actions.commands import PositionCommand
from actions.services import Services
from core.clock import FUTURE_TOLERANCE
from core.errors import Forbidden, InvalidInput
from core.fixes import Position, Sieve, Sifted
from core.permissions import Principal, may, may_enter

MOST = 5000
PACE_MOST = 10_000.0
TRACED_WITHIN = timedelta(days=1)
"""Older fixes leave no trace: whoever asks where a unit is looks back no further."""


def take(
    services: Services, principal: Principal, realm: str, fixes: Sequence[PositionCommand], pace: float = 1.0
) -> Sifted:
    """Announce and trace what holds against the steps of `core.fixes`; the rest is counted by why. Times are
    the realm's; `pace`: how many times faster than real these units move (a simulation's).

    Raises Forbidden, InvalidInput.
    """
    _check(principal, realm, fixes, pace)
    now = services.now_in(realm)
    sieve = _sieve(services, realm, fixes, now, pace)
    sifted = services.positions.sift(realm, [_position(fix, now) for fix in fixes], sieve)
    if sifted.taken:
        services.announcer.positions(realm, [position.row() for position in sifted.taken])
        since_ms = (now - TRACED_WITHIN).timestamp() * 1000
        recent = [position for position in sifted.taken if position.at_ms >= since_ms]
        services.trace.add(realm, [p.row() for p in services.positions.thin(realm, recent)])
    return sifted


def _check(principal: Principal, realm: str, fixes: Sequence[PositionCommand], pace: float) -> None:
    if not (may(principal, "positions") and may_enter(principal, realm)):
        raise Forbidden(verb="positions", role=principal.role)
    if principal.kind == "unit" and any(fix.unit != principal.id for fix in fixes):
        raise Forbidden(verb="positions", role=principal.role)
    if len(fixes) > MOST:
        raise InvalidInput(pointer="", detail=f"<= {MOST}")
    if not 1.0 <= pace <= PACE_MOST:
        raise InvalidInput(pointer="pace", detail=f"1-{PACE_MOST:.0f}")


def _sieve(
    services: Services, realm: str, fixes: Sequence[PositionCommand], now: datetime, pace: float
) -> Sieve:
    return Sieve(
        movers=services.movers.of(services.engine, realm, {fix.unit for fix in fixes}),
        latest_ms=(now + FUTURE_TOLERANCE).timestamp() * 1000,
        bounds=services.reference.bounds(),
        top_kmh=services.reference.top_speeds(),
        pace=pace,
    )


def _position(fix: PositionCommand, now: datetime) -> Position:
    at_ms = int((fix.at or now).timestamp() * 1000)
    return Position(fix.unit, round(fix.lon, 6), round(fix.lat, 6), at_ms, fix.speed, fix.heading)
