"""tiles: what a vector tile takes over HTTP, made and kept, beside the bare ST_AsMVT statement and tipg.

Tiles of base map, grids and cameras of a whole city, from the widest view to the streets; tile by tile the
floor is sampled (the same statement on a connection of its own), then the tile is asked for the first
time here, and grids and cameras from tipg; then all are asked for again, in turns. tipg reads the tables
as they were imported, with the same tiers at the same zooms, the same properties, extent, margin and packing;
it asks nobody for a token, and keeps nothing.
"""

from __future__ import annotations

import gzip
import http.client
import math
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Connection, func, select

from bench.figures import Row, mean, percentile, row, tails
from bench.instance import Target
from bench.peer import free_port, tipg
from core.tiling import Tile
from db import tiles
from db.engine import make_engine
from db.tables_places import grid
from settings import Settings

NAME = "tiles"
SCALE = 1.0
ZOOMS, A_ZOOM = range(8, 18), 24
"""Tile zooms, and how many tiles of each are taken at most."""
ROUNDS, A_SCREEN = 3, 60
SEED = 1
_LAYERS = ("base", "grids", "cameras")
_TIER_LIMITS = ((10, 1), (12, 2))
"""(tile zoom, the finest tier that our grids have up to it); past them, all."""


@dataclass
class Times:
    """Milliseconds by tile zoom, and the sizes of what was sent."""

    taken: dict[int, list[float]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def add(self, tile: Tile, since: int, size: int) -> None:
        self.taken.setdefault(tile.z, []).append((time.monotonic_ns() - since) / 1e6)
        self.sizes.append(size)

    def copy_last(self, tile: Tile, times: Times) -> None:
        """The measurement that was added to other times last."""
        self.taken.setdefault(tile.z, []).append(times.taken[tile.z][-1])
        self.sizes.append(times.sizes[-1])

    @property
    def all(self) -> list[float]:
        return [ms for taken in self.taken.values() for ms in taken]


def bench(target: Target, a_zoom: int = A_ZOOM, rounds: int = ROUNDS) -> list[Row]:
    """Four rows: tiles made and kept, beside the floor and beside tipg.

    Needs an instance of its own: no tile of it may have been made.
    """
    if target.settings is None:
        raise ValueError("tiles runs on an instance of its own")
    floor, made, kept = Times(), Times(), Times()
    beside = Beside()
    with ExitStack() as stack:
        connection = stack.enter_context(_connection(target.settings))
        peer = _Peer(stack.enter_context(tipg(target.settings, free_port())), target.settings.schema)
        wanted = list(_tiles(_bounds(connection), a_zoom))
        places = {layer: tiles.standing(connection, layer).places for layer in _LAYERS}
        for layer, tile in wanted:  # the database's own memory is warm for both
            tiles.read_tile(connection, layer, tile, places=places[layer])
        asker = _Asker(target)
        for layer, tile in wanted:
            start = time.monotonic_ns()
            size = len(tiles.read_tile(connection, layer, tile, places=places[layer]))
            floor.add(tile, start, size)
            asker.ask(layer, tile, size, made)
            beside.first(layer, tile, made, peer)
        sizes = dict(zip(wanted, floor.sizes, strict=True))
        for screen in _screens(wanted, rounds):
            for layer, tile in screen:
                asker.ask(layer, tile, sizes[layer, tile], kept)
                beside.again(layer, tile, kept, peer)
            beside.peer_again(screen, peer)
    rows = [_row(NAME, made, floor), _row(f"{NAME}:kept", kept, floor)]
    return [*rows, *beside.rows()]


@dataclass
class Beside:
    """The tiles that both can make: ours made, ours kept, and the peer's, which is as fast every time."""

    made: Times = field(default_factory=Times)
    kept: Times = field(default_factory=Times)
    peer: Times = field(default_factory=Times)
    peers_again: Times = field(default_factory=Times)

    def first(self, layer: str, tile: Tile, made: Times, peer: _Peer) -> None:
        """After the tile was made here."""
        if peer.has(layer):
            self.made.copy_last(tile, made)
            peer.ask(layer, tile, Times())  # as often as the floor warmed the database for us
            peer.ask(layer, tile, self.peer)

    def again(self, layer: str, tile: Tile, kept: Times, peer: _Peer) -> None:
        """After the tile came from what is kept."""
        if peer.has(layer):
            self.kept.copy_last(tile, kept)

    def peer_again(self, screen: Sequence[tuple[str, Tile]], peer: _Peer) -> None:
        """After a screen of tiles came from what is kept: a machine that is busy meanwhile slows both."""
        for layer, tile in screen:
            if peer.has(layer):
                peer.ask(layer, tile, self.peers_again)

    def rows(self) -> list[Row]:
        return [
            _versus(f"{NAME}:tipg", self.made, self.peer, 1.0),
            _versus(f"{NAME}:tipg:kept", self.kept, self.peers_again, 10.0),
        ]


def _versus(name: str, ours: Times, peer: Times, aim: float) -> Row:
    zooms = {z: _beside(ours.taken[z], peer.taken[z]) for z in sorted(ours.taken)}
    ahead = {z: round(theirs / own, 1) for z, (own, theirs) in zooms.items()}
    detail = {
        "what": "GET of a tile of grids or cameras here and from tipg on the same database",
        "p50_by_tile_zoom": zooms,
        "times_faster": ahead,
        "aim": f"{aim:g} times at every zoom",
        "met": all(times >= aim for times in ahead.values()),
        "packed_bytes": [round(mean(ours.sizes)), round(mean(peer.sizes))],
        "peer": tails(peer.all),
    }
    theirs = percentile(peer.all, 0.5)
    return row(name, "ms", percentile(ours.all, 0.5), {"peer": theirs}, ours.all, detail)


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


class _Peer:
    """tipg on one connection kept open."""

    def __init__(self, url: str, schema: str) -> None:
        self._http = http.client.HTTPConnection(urlsplit(url).netloc)
        self._schema = schema

    def has(self, layer: str) -> bool:
        return layer in ("grids", "cameras")

    def ask(self, layer: str, tile: Tile, times: Times) -> None:
        start = time.monotonic_ns()
        self._http.request("GET", self._path(layer, tile), headers={"Accept-Encoding": "gzip"})
        answer = self._http.getresponse()
        body = answer.read()
        times.add(tile, start, len(body))
        assert answer.status in (200, 204), f"tipg: {answer.status} {body[:200]!r}"

    def _path(self, layer: str, tile: Tile) -> str:
        table = "grid" if layer == "grids" else "place"
        where = self._grids(tile) if layer == "grids" else self._cameras()
        tiles_ = f"{self._schema}.{table}/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}"
        return f"/collections/{tiles_}?{urlencode(where)}"

    def _grids(self, tile: Tile) -> dict[str, str]:
        tier = next((tier for zoom, tier in _TIER_LIMITS if tile.z <= zoom), 3)
        return {"properties": "code,name,tier", "filter": f"tier<={tier}", "filter-lang": "cql2-text"}

    def _cameras(self) -> dict[str, str]:
        where = {"filter": "kind='cameras'", "filter-lang": "cql2-text", "geom-column": "spot"}
        return {**where, "properties": "code,name,area,props"}


@contextmanager
def _connection(settings: Settings) -> Iterator[Connection]:
    """One of our own to the instance's database; each statement is its own transaction."""
    engine = make_engine(settings.database_url, settings.schema, 1)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection
    engine.dispose()


def _bounds(connection: Connection) -> tuple[float, float, float, float]:
    extent = func.ST_Extent(grid.c.geom)
    sides = (func.ST_XMin(extent), func.ST_YMin(extent), func.ST_XMax(extent), func.ST_YMax(extent))
    west, south, east, north = connection.execute(select(*sides)).one()
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


def _screens(wanted: Sequence[tuple[str, Tile]], rounds: int) -> Iterator[Sequence[tuple[str, Tile]]]:
    """All tiles so many times, as many at once as a screen asks for."""
    for _ in range(rounds):
        yield from (wanted[i : i + A_SCREEN] for i in range(0, len(wanted), A_SCREEN))


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
