"""Crews that machines play drive along their ways, so that maps and replay show them moving."""

from __future__ import annotations

from math import atan2, cos, degrees, radians

import shapely

from actions import positions
from actions.commands import PositionCommand
from actions.services import Services
from core.drill_player import LOOK, Seen, plays_crews
from core.drill_player_cases import arrives_at, goes_at
from core.model import Assignment
from core.permissions import SYSTEM

_AHEAD = 0.02
"""The part of the way ahead by which a heading is told."""


def drive(services: Services, seen: Seen) -> int:
    """Tell where each crew on its way is now; how many there are."""
    if not plays_crews(seen.drill):
        return 0
    fixes = [fix for link in seen.links if (fix := _fix(seen, link))]
    if fixes:
        positions.take(services, SYSTEM, seen.drill.id, fixes)
        services.trace.flush(services.engine)
    return len(fixes)


def _fix(seen: Seen, link: Assignment) -> PositionCommand | None:
    """None where it does not drive, or has no way."""
    incident = seen.incidents.get(link.incident)
    if incident is None or len(link.route) < 2 or not _drives(seen, link):
        return None
    begins, ends = goes_at(seen, incident, link), arrives_at(seen, incident, link)
    wanted = (ends - begins).total_seconds()
    share = min(1.0, max(0.0, (seen.at - begins).total_seconds() / wanted)) if wanted > 0 else 1.0
    way = shapely.LineString(link.route)
    here, there = (way.interpolate(min(1.0, at), normalized=True) for at in (share, share + _AHEAD))
    east = (there.x - here.x) * cos(radians(here.y))
    speed = min(200.0, link.distance_m / wanted * 3.6) if wanted > 0 else 0.0
    return PositionCommand(
        unit=link.unit, lon=here.x, lat=here.y, at=seen.at, speed=round(speed, 1),
        heading=round(degrees(atan2(east, there.y - here.y)) % 360, 1),
    )  # fmt: skip


def _drives(seen: Seen, link: Assignment) -> bool:
    """Also once more where it has just come to."""
    if link.status == "enroute":
        return link.ended_at is None
    return link.ended_at is None and link.arrived_at is not None and seen.at - link.arrived_at <= 2 * LOOK
