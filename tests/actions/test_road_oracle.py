"""Everybody's time to an incident is pgRouting's, on a chessboard with one-ways of different speeds."""

from __future__ import annotations

import random
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from actions.imports import import_file
from actions.realms import open_realm
from actions.services import Services
from bench.oracle import Routing, Straight, recall
from core.permissions import SYSTEM

SIZE, STEP, BASE = 8, 0.002, (118.1, 24.5)


def blocks(dice: random.Random) -> geopandas.GeoDataFrame:
    """Every street between two crossings; a third of them one-way."""
    at = {(x, y): (BASE[0] + x * STEP, BASE[1] + y * STEP) for x in range(SIZE) for y in range(SIZE)}
    pairs = [(p, (p[0] + dx, p[1] + dy)) for p in at for dx, dy in ((1, 0), (0, 1))]
    lines = [shapely.LineString([at[a], at[b]]) for a, b in pairs if b in at]
    columns = {
        "class": [dice.choice(("primary", "lane")) for _ in lines],
        "oneway": [dice.choice(("yes", "no", "no")) for _ in lines],
        "speed_kmh": [dice.choice((20, 40, 60)) for _ in lines],
    }
    return geopandas.GeoDataFrame(columns, geometry=lines, crs=4326)


def test_the_times_of_all_are_those_of_pgrouting(services: Services, tmp_path: Path) -> None:
    open_realm(services, "live")
    blocks(random.Random(3)).to_file(tmp_path / "roads.geojson")
    assert import_file(services, SYSTEM, "roads", tmp_path / "roads.geojson").ok
    with services.engine.connect() as conn:
        routing = Routing(conn)
        nodes, spots = list(routing.nodes), np.array(list(routing.nodes.values()))
        assert len(nodes) > 50
        straight = Straight(conn, spots)
        for end in nodes[::9]:
            right = routing.seconds([node for node in nodes if node != end], [end])
            drives = services.reference.roads().inbound(routing.nodes[end], spots)
            assert drives.by_road.all()
            expected = [right.get((node, end), 0.0) for node in nodes]
            assert drives.seconds == pytest.approx(np.array(expected), rel=0.01, abs=0.2)
        assert nodes[straight.nearest(routing.nodes[nodes[0]], 3)[0]] == nodes[0]


def test_recall_is_the_share_of_the_right_ones_that_were_found() -> None:
    assert recall([1, 2, 3], [3, 4]) == 0.5
    assert recall([], [1]) == 0.0
    assert recall([1], []) == 1.0
