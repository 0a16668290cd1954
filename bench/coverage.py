"""coverage: the whole check of 10,000 base grids and the tiers above, beside shapely.coverage_is_valid.

The city of the instance is laid side by side until there are as many base grids. The floor says only whether
neighbours fit, of the base grids alone; the check also compares every tier with the one above, and judges
codes and parents.
"""

from __future__ import annotations

import time

import numpy as np
import shapely

from bench.figures import Row, mean, row
from bench.instance import Target
from db import grids
from db.engine import make_engine
from geo.coverage import Area
from geo.hierarchy import check_city

NAME = "coverage"
GRIDS = 10_000
ROUNDS = 5


def bench(target: Target, wanted: int = GRIDS, rounds: int = ROUNDS) -> list[Row]:
    """One row, ms. Needs an instance of its own, whose database it reads."""
    if target.settings is None:
        raise ValueError("coverage runs on an instance of its own")
    engine = make_engine(target.settings.database_url)
    try:
        with engine.connect() as conn:
            held = list(grids.current(conn).values())
    finally:
        engine.dispose()
    tiers = _side_by_side(held, wanted)
    base = np.array([area.geom for area in tiers[max(tiers)]], dtype=object)
    floors, ours, faults = [], [], 0
    for _ in range(rounds):
        since = time.monotonic_ns()
        shapely.coverage_is_valid(base)
        between = time.monotonic_ns()
        faults = len(check_city(tiers))
        floors.append((between - since) / 1e6)
        ours.append((time.monotonic_ns() - between) / 1e6)
    detail = {"base_grids": len(base), "grids": sum(map(len, tiers.values())), "faults": faults}
    return [row(NAME, "ms", mean(ours), {"floor": mean(floors)}, ours, detail)]


def _side_by_side(held: list[grids.GridRow], wanted: int) -> dict[int, list[Area]]:
    """Copies of a city, each a little east of the last, with codes of their own."""
    finest = max(grid.tier for grid in held)
    copies = -(-wanted // sum(grid.tier == finest for grid in held))
    west, _, east, _ = shapely.total_bounds([grid.geom for grid in held])
    tiers: dict[int, list[Area]] = {}
    for number in range(copies):
        shift = number * (east - west) * 1.01
        moved = shapely.transform([grid.geom for grid in held], lambda xy, by=shift: xy + np.array([by, 0.0]))
        for grid, geom in zip(held, moved, strict=True):
            parent = grid.parent and f"{number:02d}{grid.parent[2:]}"
            tiers.setdefault(grid.tier, []).append(Area(f"{number:02d}{grid.code[2:]}", parent, geom))
    return tiers
