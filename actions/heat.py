"""The heat map (热力图): where incidents came in within a period, by hexagons (H3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat

from actions.measures import asked_of
from actions.queries import check_read
from actions.services import Services
from core.cells import RESOLUTION, middle_of, ring_of, text_of
from core.errors import InvalidInput
from core.measures import cuts
from core.permissions import Principal
from core.tiling import DEEPEST
from db import heat as db
from db.places import Bounds, describe_point

NAMED = 20
"""So many of the hottest are told by their place."""
_COARSER_BELOW = ((9.0, 6), (11.0, 7), (13.0, 8))
"""(map zoom, resolution below it): a hexagon is some 10 to 25 pixels wide."""


@dataclass(frozen=True, slots=True)
class Hot:
    """A hexagon: its H3 index, corners (lon, lat), how many incidents; of the hottest, where in words."""

    cell: str
    count: int
    ring: Sequence[tuple[float, float]]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Heat:
    """Hexagons with at least one incident, the hottest first; `cuts` divide their counts into classes."""

    resolution: int
    since: datetime
    until: datetime
    cells: Sequence[Hot]
    cuts: Sequence[float]


def read_heat(
    services: Services,
    principal: Principal,
    realm: str,
    zoom: float,
    bbox: Bounds | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    class_code: str | None = None,
) -> Heat:
    """What the asker may see of it. Raises Forbidden, RealmUnknown, UnknownClass, InvalidInput."""
    check_read(principal, realm)
    if not 0 <= zoom <= DEEPEST:
        raise InvalidInput(pointer="zoom", detail=f"0-{DEEPEST}")
    asked = asked_of(services, realm, 0, since, until, class_code)
    resolution = resolution_of(zoom)
    with services.engine.connect() as conn:
        counts = db.cells(conn, asked.span, resolution, principal.area, bbox)
        hottest = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
        named = [describe_point(conn, *middle_of(cell)).place for cell, _ in hottest[:NAMED]]
    places = chain(named, repeat(""))
    cells = [Hot(text_of(cell), count, ring_of(cell), next(places)) for cell, count in hottest]
    return Heat(resolution, asked.since, asked.until, cells, cuts(list(counts.values())))


def resolution_of(zoom: float) -> int:
    """The H3 resolution that a map of this zoom shows."""
    return next((coarse for below, coarse in _COARSER_BELOW if zoom < below), RESOLUTION)
