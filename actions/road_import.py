"""What an import of roads does with the lines of a file, and what it tells of the network they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely
from sqlalchemy import Connection

from core.places import RoadRow
from db import places
from geo.problems import Problem, note
from geo.roadends import TOLERANCE_M, join, unjoined_crossings
from geo.roadnet import Island, build
from geo.table import Row

ISLANDS_NAMED = 10
"""Islands that are named one by one, the longest; all of them are counted."""


def joined(roads: list[Row], problems: list[Problem]) -> list[Row]:
    """The rows with loose ends joined; how many, and where roads cross without a common point, is told."""
    fixed = join([road["geom"] for road in roads])
    if fixed.count:
        problems.append(note("roads_joined", count=fixed.count, metres=TOLERANCE_M))
    crossings = unjoined_crossings(fixed.lines)
    if len(crossings):
        lon, lat = (round(float(value), 6) for value in crossings[0])
        problems.append(note("roads_crossing", count=len(crossings), lon=lon, lat=lat))
    return [{**road, "geom": line} for road, line in zip(roads, fixed.lines, strict=True)]


def describe(conn: Connection, roads: Sequence[Row], problems: list[Problem]) -> None:
    """Tell how much of the network hangs together, and where the rest lies."""
    network = build([_row(number, road) for number, road in enumerate(roads)])
    left, length = network.left, float(network.length_m.sum())
    problems.append(
        note(
            "roads_main_part",
            km=round(length / 1000, 1), share=_percent(length, left.length_m),
            junctions=_percent(network.nodes, left.junctions), islands=len(left.islands),
            left_km=round(left.length_m / 1000, 1), parts=len(network.parts),
            largest=_percent(max(network.parts, default=0), network.nodes - max(network.parts, default=0)),
        )
    )  # fmt: skip
    problems.extend(_island_note(conn, island) for island in left.islands[:ISLANDS_NAMED])


def _percent(inside: float, outside: float) -> float:
    """Cut, not rounded: 100 only when it is all."""
    return int(1000 * inside / (inside + outside)) / 10 if inside else 0.0


def _island_note(conn: Connection, island: Island) -> Problem:
    place = places.describe_point(conn, island.lon, island.lat).place
    return note(
        "road_island", metres=round(island.length_m), pieces=island.pieces, place=place or "–",
        lon=round(island.lon, 6), lat=round(island.lat, 6),
    )  # fmt: skip


def _row(number: int, road: Row) -> RoadRow:
    wkb: Any = shapely.to_wkb(road["geom"])
    return RoadRow(number, road["class"], road["oneway"], road["speed_kmh"], wkb)
