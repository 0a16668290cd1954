"""Harbour moles (防波堤): two arms from the shore before each port that leave an entrance between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString

from demo.geometry import Floats
from demo.terrain import Terrain

_APART_M, _OUT_M, _ENTRANCE_M, _WIDE_M, _CLEAR_M = 900.0, 520.0, 240.0, 34.0, 200.0


def moles(terrain: Terrain, ports: tuple[Any, ...]) -> list[Any]:
    """The arms of every port that has open water before it, polygons in local metres."""
    coast = terrain.sea.boundary.difference(terrain.frame.boundary.buffer(1.0))
    arms: list[Any] = []
    for port in ports:
        pair = _pair(terrain, coast, port)
        if pair is not None and not any(pair.intersects(other.buffer(600.0)) for other in arms):
            arms.append(pair)
    return arms


def _pair(terrain: Terrain, coast: Any, port: Any) -> Any:
    """Two arms bent towards one another; None where the water is too narrow for them."""
    ashore, shore = (
        np.array(p.coords[0]) for p in (port.centroid, shapely.ops.nearest_points(port, coast)[1])
    )
    out = (shore - ashore) / max(float(np.hypot(*(shore - ashore))), 1.0)
    along = np.array([-out[1], out[0]])
    basin = LineString([shore + out * 60, shore + out * (_OUT_M + 300)]).buffer(0.55 * _APART_M)
    if terrain.sea.intersection(basin).area < 0.72 * basin.area:
        return None
    lines = [_arm(coast, shore, out, along * sign) for sign in (-1.0, 1.0)]
    if any(coast.distance(shapely.get_point(line, i)) < _CLEAR_M for line in lines for i in (1, 2)):
        return None
    return shapely.union_all([line.buffer(_WIDE_M / 2, cap_style="square") for line in lines])


def _arm(coast: Any, shore: Floats, out: Floats, aside: Floats) -> Any:
    start = shapely.ops.nearest_points(shapely.Point(shore + aside * _APART_M / 2), coast)[1]
    root = np.array(start.coords[0]) - out * 40
    elbow = shore + aside * 0.46 * _APART_M + out * 0.72 * _OUT_M
    return LineString([root, elbow, shore + aside * _ENTRANCE_M / 2 + out * _OUT_M])
