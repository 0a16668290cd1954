"""Grids as they were at a moment, where that differs from now: the map beneath a film is that of now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shapely import Geometry, simplify
from shapely.geometry import mapping

from actions.reading import check_past
from actions.services import Services
from core.permissions import Principal, Scope, visible
from db import grids

FINE_DEG = 2e-5
"""Two metres: finer than the lines are drawn."""


def read_grids(services: Services, principal: Principal, realm: str, at: datetime) -> dict[str, Any]:
    """A GeoJSON FeatureCollection (EPSG:4326) of the grids that had another shape or name then, or are no
    more, within the asker's area; empty while the version of that moment still holds. Raises Forbidden."""
    check_past(principal, realm)
    with services.engine.connect() as conn:
        latest = grids.latest_date(conn)
        if latest is None or latest <= at:
            return _collection([])
        then, now = grids.as_of(conn, at), grids.current(conn)
    scope = Scope.of(principal)
    return _collection(
        [one for code, one in then.items() if visible(scope, code) and not _same(one, now.get(code))]
    )


def _same(then: grids.GridRow, now: grids.GridRow | None) -> bool:
    return now is not None and (then.name, then.tier) == (now.name, now.tier) and then.geom.equals(now.geom)


def _collection(rows: list[grids.GridRow]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [_feature(one) for one in rows]}


def _feature(one: grids.GridRow) -> dict[str, Any]:
    shape: Geometry = simplify(one.geom, FINE_DEG)
    named = {"name": one.name, "tier": one.tier}
    return {"type": "Feature", "id": one.code, "geometry": mapping(shape), "properties": named}
