"""Who is warned, and by which broadcast points: the area, what of the city it touches, who lives there.

A point of a level is ordered when its circle of hearing meets the area and it is on line. People are counted
by base grid: of those whose inner point lies in the area, the ones within hearing of a point.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from actions.areas import Areas
from actions.services import Services
from core.permissions import Scope, prefixes, visible
from core.plans import Broadcast
from core.warning_model import LEVEL_TIERS, LEVEL_WORDS, Order, PointLevel, Ring
from core.warnings import Target
from db import sites
from db.reach import COMMUNITY, AreaRow, PlaceRow, read_kind
from geo import warned
from geo.reaching import within

TOWN = COMMUNITY - 1
_NAMED = 6
"""Towns that an area's description names one by one; of more it names the districts."""
_EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Points:
    """Every broadcast point: codes, where, how far it is heard (metres), whether it is on line."""

    rows: Sequence[PlaceRow]
    spots: NDArray[np.float64]
    radii: NDArray[np.float64]
    online: NDArray[np.bool_]

    def of_level(self, level: PointLevel, scope: Scope) -> NDArray[np.bool_]:
        word = LEVEL_WORDS[level]
        mine = (row.props.get("level") == word and visible(scope, row.area) for row in self.rows)
        return np.array(list(mine), dtype=bool)


def read_points(conn: Connection) -> Points:
    rows, norms = read_kind(conn, "broadcasts"), sites.norms(conn)
    own = (row.props.get("reach_m") for row in rows)
    by_level = (norms.get(f"broadcast_reach_{row.props.get('level', '')}", 0.0) for row in rows)
    radii = [default if mine is None else float(mine) for mine, default in zip(own, by_level, strict=True)]
    return Points(
        rows,
        np.array([row.spot for row in rows], dtype=float).reshape(-1, 2),
        np.array(radii, dtype=float),
        np.array([row.props.get("online") is not False for row in rows], dtype=bool),
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """The city, as one transaction sees it."""

    areas: Areas
    points: Points

    @classmethod
    def of(cls, services: Services, conn: Connection) -> Ground:
        return cls(services.reference.areas(), read_points(conn))

    def target(self, area: Any, levels: Sequence[PointLevel], scope: Scope = _EVERYWHERE) -> Target:
        """All that follows from an area (a geometry) and the levels whose points shall speak."""
        rings = warned.outline([area])
        towns = self._touched(TOWN, area)
        orders, silent = [], 0
        chosen = np.zeros(len(self.points.rows), dtype=bool)
        for level in dict.fromkeys(levels):
            mine = self.points.of_level(level, scope)
            mine[mine] = warned.meets(self.points.spots[mine], self.points.radii[mine], area)
            silent += int((mine & ~self.points.online).sum())
            mine &= self.points.online
            chosen |= mine
            orders.append(self._order(level, mine, area))
        people, reach = self._people(rings, chosen)
        return Target(
            rings, _common([row.code for row in towns]), self._described(towns),
            tuple(row.code for row in towns), tuple(f"@{row.code}" for row in towns), tuple(orders), silent,
            people, reach,
        )  # fmt: skip

    def _order(self, level: PointLevel, mine: NDArray[np.bool_], area: Any) -> Order:
        points = tuple(self.points.rows[int(index)].code for index in np.flatnonzero(mine))
        codes = tuple(row.code for row in self._touched(LEVEL_TIERS[level], area))
        return Order(level=level, points=points, areas=codes)

    def heard(self, rings: Sequence[Ring], points: Collection[str]) -> int:
        """How many in these rings are within hearing of the points."""
        wanted = set(points)
        chosen = np.array([row.code in wanted for row in self.points.rows], dtype=bool)
        return self._people(rings, chosen)[1]

    def _people(self, rings: Sequence[Ring], chosen: NDArray[np.bool_]) -> tuple[int, int]:
        """Who lives in the rings, and how many of them hear one of the points."""
        if not rings or not len(self.areas.base):
            return 0, 0
        there = warned.inside(self.areas.spots, warned.area_of(rings))
        spots, people = self.areas.spots[there], self.areas.people[there]
        hears = np.zeros(len(spots), dtype=bool)
        for indices in within(spots, self.points.spots[chosen], self.points.radii[chosen]):
            hears[indices] = True
        return int(people.sum()), int(people[hears].sum())

    def _touched(self, tier: int, area: Any) -> list[AreaRow]:
        rows = self.areas.tier(tier)
        if not rows:
            return []
        shapes = np.array([row.geom for row in rows], dtype=object)
        return [row for row, hit in zip(rows, warned.touched(shapes, area), strict=True) if hit]

    def _described(self, towns: Sequence[AreaRow]) -> str:
        if len(towns) <= _NAMED:
            return "、".join(row.name for row in towns)
        above = (self.areas.above(row.code, 0) for row in towns)
        return "、".join(dict.fromkeys(row.name for row in above if row))

    def shape(self, codes: Sequence[str]) -> Any:
        """The divisions of these codes as one area; None where one is not known."""
        rows = [self.areas.by_code.get(code) for code in codes]
        known = [row.geom for row in rows if row is not None]
        return shapely.union_all(known) if len(known) == len(rows) and known else None


def _common(codes: Sequence[str]) -> str:
    """The finest area that holds all of these."""
    shared = set.intersection(*(set(prefixes(code)) for code in codes)) if codes else {""}
    return max(shared, key=len)


def hazard(lon: float, lat: float, ring: Sequence[tuple[float, float]] = ()) -> Any:
    """Where it happens: the zone that was drawn, else the point."""
    return shapely.make_valid(shapely.Polygon(ring)) if ring else shapely.Point(lon, lat)


def plan_targets(ground: Ground, where: Any, broadcasts: Sequence[Broadcast]) -> list[Target]:
    """What each broadcast of a plan would reach around a hazard."""
    return [ground.target(warned.around(where, one.radius_m), (one.points,)) for one in broadcasts]
