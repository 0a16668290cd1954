"""可达: what is reached by road within minutes from posts, stations, stores or shelters.

A base grid is reached when its middle is: areas are unions of base grids and shares count who lives in them,
so that what is drawn is what is counted (docs/decisions/0014-reach-is-counted-in-base-grids.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from actions.areas import Areas, Floats
from actions.closures import open_roads
from actions.posts import posts_by_community
from actions.queries import check_read
from actions.services import Services
from core.errors import InvalidInput
from core.permissions import Principal, Scope, visible
from db.reach import AreaRow, PlaceRow, read_kind
from geo.roadlines import Point
from geo.roads import RoadGraph
from layers import posts, shelters, stations, stores
from layers.style import Layer

Mask = NDArray[np.bool_]
SOURCES: dict[str, Layer] = {
    layer.name: layer for layer in (posts.LAYER, stations.LAYER, stores.LAYER, shelters.LAYER)
}
"""Where reach may begin: the layers of the map, which say what of a kind they hold."""
MINUTES = (5, 10, 15)
MINUTES_MOST = 60
AREA_TIERS = (0, 1)
SIMPLIFIED_DEG = 5e-5
"""About 5 m: what an outline may differ from the grids' own borders."""
KEPT = 12
"""Results kept: four sources, live and drills, with and without what was just closed."""


@dataclass(frozen=True, slots=True)
class Share:
    """One area: who lives there, and which share of them (0..1) is reached within each number of minutes.
    `code` "" is the whole city."""

    code: str
    name: str
    tier: int
    people: int
    within: dict[int, float]


@dataclass(frozen=True, slots=True)
class ReachReport:
    """`by_people` False: the grids do not tell who lives in them, so each counts as one. `by_road` False: no
    roads, so nothing is known. Areas are polygons in EPSG:4326, wider ones contain narrower ones."""

    source: str
    minutes: tuple[int, ...]
    facilities: int
    by_people: bool
    by_road: bool
    shares: tuple[Share, ...]
    areas: dict[int, Any]
    bands: dict[int, Any]
    """Of each area what the next narrower one does not hold."""
    beyond: Any
    """What people live in and none of the minutes reach."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one place more would add. `gained`: people newly within each number of minutes; `communities`:
    those without a post that it would reach, with the seconds to them; `own`: the one it would stand in."""

    minutes: tuple[int, ...]
    gained: dict[int, int]
    by_people: bool
    communities: tuple[tuple[str, str, float], ...]
    own: str | None
    areas: dict[int, Any]
    """What is newly reached."""


def reach(
    services: Services, principal: Principal, realm: str, source: str,
    minutes: Sequence[int] = MINUTES, area: str = "",
) -> ReachReport:  # fmt: skip
    """Shares and areas within the asker's area, and within `area` of it.

    Help from beyond the border counts: all facilities of the city are asked. Raises Forbidden, InvalidInput,
    RealmUnknown.
    """
    check_read(principal, realm)
    steps = _checked(minutes)
    with services.engine.connect() as conn:
        graph = open_roads(services, conn, realm)
        found = facilities(conn, source)
    sources = tuple(row.spot for row in found)
    return _report(graph, services.reference.areas(), source, sources, steps, Scope.of(principal), area)


def _checked(minutes: Sequence[int]) -> tuple[int, ...]:
    steps = tuple(sorted(set(minutes)))
    if not steps or len(steps) > 6 or not 1 <= steps[0] <= steps[-1] <= MINUTES_MOST:
        raise InvalidInput(pointer="minutes", detail=f"1-{MINUTES_MOST}, <= 6")
    return steps


def facilities(conn: Connection, source: str) -> list[PlaceRow]:
    """The places of one of SOURCES. Raises InvalidInput."""
    layer = SOURCES.get(source)
    if layer is None:
        raise InvalidInput(pointer="from", detail=", ".join(SOURCES))
    return [row for row in read_kind(conn, layer.tiles) if layer.holds(row.props)]


@lru_cache(maxsize=KEPT)
def _seconds(graph: RoadGraph, areas: Areas, sources: tuple[Point, ...], limit_s: float) -> Floats:
    """Seconds to every base grid; remembered as long as roads, closures, grids and places stay the same."""
    return graph.outward(np.array(sources, dtype=float).reshape(-1, 2), areas.spots, limit_s)


@lru_cache(maxsize=KEPT)
def _report(
    graph: RoadGraph, areas: Areas, source: str, sources: tuple[Point, ...],
    steps: tuple[int, ...], scope: Scope, area: str,
) -> ReachReport:  # fmt: skip
    """Remembered like the seconds: outlines cost ten times as much as the roads."""
    seconds = _seconds(graph, areas, sources, 60.0 * max(*MINUTES, *steps))
    seen = areas.seen(scope, area)
    beyond = seen & ~(seconds <= 60 * steps[-1]) & (areas.weights > 0)
    shares = _shares(areas, seconds, steps, scope, area)
    since = {m: before for before, m in pairwise((-1, *steps))}
    return ReachReport(
        source, steps, len(sources), areas.peopled, not graph.empty, shares,
        {m: _outline(areas, seen & (seconds <= 60 * m)) for m in steps},
        {m: _outline(areas, seen & (seconds <= 60 * m) & (seconds > 60 * since[m])) for m in steps},
        _outline(areas, beyond),
    )  # fmt: skip


def _shares(
    areas: Areas, seconds: Floats, steps: tuple[int, ...], scope: Scope, area: str
) -> tuple[Share, ...]:
    """The city first where all of it is asked for, then districts and towns by code."""
    whole = [_share(areas, seconds, steps, None)] if not (scope.area or area) else []
    rows = [row for tier in AREA_TIERS for row in areas.tier(tier)]
    asked = [row for row in rows if visible(scope, row.code) and visible(Scope(area), row.code)]
    return (*whole, *(_share(areas, seconds, steps, row) for row in asked))


def _share(areas: Areas, seconds: Floats, steps: tuple[int, ...], row: AreaRow | None) -> Share:
    own = areas.weights if row is None else np.where(areas.belongs(row.code, row.tier), areas.weights, 0.0)
    people = float(own.sum())
    within = {m: float(own[seconds <= 60 * m].sum()) / people if people else 0.0 for m in steps}
    code, name, tier = (row.code, row.name, row.tier) if row else ("", "", -1)
    return Share(code, name, tier, round(people), within)


def _outline(areas: Areas, chosen: Mask) -> Any:
    """The union of base grids, its outline slightly simplified. Grids without faults are joined ten times
    faster than any polygons; where they overlap the result tells by being invalid."""
    union = shapely.coverage_union_all(areas.shapes[chosen])
    if not union.is_valid:
        union = shapely.union_all(areas.shapes[chosen])
    return shapely.simplify(union, SIMPLIFIED_DEG, preserve_topology=True)


def try_place(
    services: Services, principal: Principal, realm: str, source: str, at: Point,
    minutes: Sequence[int] = MINUTES,
) -> Trial:  # fmt: skip
    """What another place of this source at `at` (lon, lat) would add; nothing is stored.

    Raises Forbidden, InvalidInput, RealmUnknown.
    """
    check_read(principal, realm)
    steps = _checked(minutes)
    with services.engine.connect() as conn:
        graph = open_roads(services, conn, realm)
        found, all_posts = facilities(conn, source), read_kind(conn, "posts")
    areas, limit = services.reference.areas(), 60.0 * max(*MINUTES, *steps)
    held = _seconds(graph, areas, tuple(row.spot for row in found), limit)
    fresh = graph.outward(np.array([at], dtype=float), areas.spots, limit)
    seen = areas.seen(Scope.of(principal))
    new = {m: seen & (fresh <= 60 * m) & ~(held <= 60 * m) for m in steps}
    lacking = _lacking(areas, all_posts, Scope.of(principal)) if source == posts.LAYER.name else []
    return Trial(
        steps, {m: round(float(areas.weights[mask].sum())) for m, mask in new.items()}, areas.peopled,
        _first_served(graph, at, lacking, limit), _own(lacking, at),
        {m: _outline(areas, mask) for m, mask in new.items()},
    )  # fmt: skip


def _lacking(areas: Areas, rows: Sequence[PlaceRow], scope: Scope) -> list[AreaRow]:
    """Communities in scope without a post."""
    posted = posts_by_community(areas, rows)
    return [c for c in areas.communities if c.code not in posted and visible(scope, c.code)]


def _first_served(
    graph: RoadGraph, at: Point, lacking: Sequence[AreaRow], limit_s: float
) -> tuple[tuple[str, str, float], ...]:
    if not lacking:
        return ()
    spots = np.array([community.spot for community in lacking], dtype=float)
    seconds = graph.outward(np.array([at], dtype=float), spots, limit_s)
    near = sorted((float(s), c.code, c.name) for s, c in zip(seconds, lacking, strict=True) if np.isfinite(s))
    return tuple((code, name, round(s, 1)) for s, code, name in near)


def _own(lacking: Sequence[AreaRow], at: Point) -> str | None:
    point = shapely.Point(at)
    return next((c.name for c in lacking if shapely.intersects(c.geom, point)), None)


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature of a shapely geometry, to 1e-6 degrees."""
    plain = shapely.to_geojson(shapely.set_precision(shape, 1e-6, mode="pointwise"))
    return {"type": "Feature", "geometry": orjson.loads(plain), "properties": properties}


def trial_json(trial: Trial) -> dict[str, Any]:
    """As other systems get it."""
    features = [feature(trial.areas[m], minutes=m) for m in reversed(trial.minutes)]
    communities = [{"code": code, "name": name, "eta_s": s} for code, name, s in trial.communities]
    return {
        "gained": {str(m): people for m, people in trial.gained.items()}, "by_people": trial.by_people,
        "communities": communities, "stands_in": trial.own,
        "areas": {"type": "FeatureCollection", "features": features},
    }  # fmt: skip


def as_json(report: ReachReport) -> dict[str, Any]:
    """As other systems get it: the shares, and the areas as GeoJSON, widest first."""
    shares = [
        {"code": s.code, "name": s.name, "tier": s.tier, "population": s.people,
         "within": {str(m): round(share, 4) for m, share in s.within.items()}}
        for s in report.shares
    ]  # fmt: skip
    features = [feature(report.areas[m], minutes=m) for m in reversed(report.minutes)]
    return {
        "from": report.source, "minutes": report.minutes, "facilities": report.facilities,
        "by_people": report.by_people, "by_road": report.by_road, "shares": shares,
        "areas": {"type": "FeatureCollection", "features": features},
    }  # fmt: skip
