"""tiles: what a vector tile takes over HTTP, made and kept, beside the bare ST_AsMVT statement.

Every base map and grid tile of a whole city, from the widest view to the streets; tile by tile the floor is
sampled (the same statement through one psycopg connection), then the tile is asked for the first time; then
all are asked for again.
"""

from __future__ import annotations

import gzip
import http.client
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psycopg
from sqlalchemy.engine import make_url

from bench.figures import Row, mean, percentile, row, tails
from bench.instance import Target
from core.tiling import Tile
from db import tiles
from settings import Settings

NAME = "tiles"
SCALE = 1.0
ZOOMS, A_ZOOM = range(8, 17), 24
"""Tile zooms, and how many tiles of each are taken at most."""
ROUNDS = 3
SEED = 1
_LAYERS = ("base", "grids")


@dataclass
class Times:
    """Milliseconds by tile zoom, and the sizes of what was sent."""

    taken: dict[int, list[float]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def add(self, tile: Tile, since: int, size: int) -> None:
        self.taken.setdefault(tile.z, []).append((time.monotonic_ns() - since) / 1e6)
        self.sizes.append(size)

    @property
    def all(self) -> list[float]:
        return [ms for taken in self.taken.values() for ms in taken]


def bench(target: Target, a_zoom: int = A_ZOOM, rounds: int = ROUNDS) -> list[Row]:
    """Two rows: tiles made, tiles kept. Needs an instance of its own: no tile of it may have been made."""
    if target.settings is None:
        raise ValueError("tiles runs on an instance of its own")
    floor, made, kept = Times(), Times(), Times()
    with psycopg.connect(_dsn(target.settings), autocommit=True) as connection:
        wanted = list(_tiles(_bounds(connection), a_zoom))
        asker = _Asker(target)
        for layer, tile in wanted:  # the database's own memory is warm for both
            tiles.run(connection, *tiles.statement(layer, tile))
        for layer, tile in wanted:
            start = time.monotonic_ns()
            size = len(tiles.run(connection, *tiles.statement(layer, tile)))
            floor.add(tile, start, size)
            asker.ask(layer, tile, size, made)
    for _ in range(rounds):
        for (layer, tile), size in zip(wanted, floor.sizes, strict=True):
            asker.ask(layer, tile, size, kept)
    return [_row(NAME, made, floor), _row(f"{NAME}:kept", kept, floor)]


class _Asker:
    """One connection kept open, without the costs of a comfortable client."""

    def __init__(self, target: Target) -> None:
        self._http = http.client.HTTPConnection(urlsplit(target.url).netloc)
        self._headers = {"Authorization": f"Bearer {target.token}", "Accept-Encoding": "gzip"}
        self._http.request("GET", "/api/v1/layers", headers=self._headers)
        self._http.getresponse().read()

    def ask(self, layer: str, tile: Tile, size: int, times: Times) -> None:
        """A tile, which must be of this size once unpacked."""
        start = time.monotonic_ns()
        path = f"/api/v1/layers/{layer}/tiles/{tile.z}/{tile.x}/{tile.y}.mvt"
        self._http.request("GET", path, headers=self._headers)
        answer = self._http.getresponse()
        body = answer.read()
        times.add(tile, start, len(body))
        assert answer.status in (200, 204), f"{path}: {answer.status}"
        assert len(gzip.decompress(body) if body else b"") == size, path


def _dsn(settings: Settings) -> str:
    url = make_url(settings.database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False) + f"&options=-csearch_path%3D{settings.schema},public"


def _bounds(connection: psycopg.Connection[Any]) -> tuple[float, float, float, float]:
    found = connection.execute(
        "SELECT min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)) FROM grid"
    ).fetchone()
    assert found is not None
    west, south, east, north = found
    return west, south, east, north


def _tiles(bounds: tuple[float, float, float, float], a_zoom: int) -> Iterator[tuple[str, Tile]]:
    """Of each zoom as many, taken by chance from all that cover the city."""
    west, south, east, north = bounds
    chance = random.Random(SEED)
    for z in ZOOMS:
        (left, top), (right, bottom) = _at(z, west, north), _at(z, east, south)
        covering = [Tile(z, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
        for tile in chance.sample(covering, min(a_zoom, len(covering))):
            yield from ((layer, tile) for layer in _LAYERS)


def _at(z: int, lon: float, lat: float) -> tuple[int, int]:
    x, y = (lon + 180) / 360, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int(x * 2**z), int(y * 2**z)


def _row(name: str, times: Times, floor: Times) -> Row:
    detail = {
        "what": "GET of a tile over HTTP beside the bare statement; both medians over all tiles",
        "bytes": round(mean(floor.sizes)),
        "packed_bytes": round(mean(times.sizes)),
        "floor": tails(floor.all),
        "p50_by_map_zoom": {z + 1: _beside(times.taken[z], floor.taken[z]) for z in sorted(times.taken)},
    }
    ours, least = percentile(times.all, 0.5), percentile(floor.all, 0.5)
    return row(name, "ms", ours, {"floor": least}, times.all, detail)


def _beside(ours: Sequence[float], floor: Sequence[float]) -> list[float]:
    return [round(percentile(values, 0.5), 2) for values in (ours, floor)]
