"""Vector tiles for whoever may read: kept packed, known by what they depend on."""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from actions.drawing import RULES
from actions.queries import check_read
from actions.services import Services
from core.errors import NoSuchTile, NotFound
from core.permissions import Principal, may
from core.tiling import DEEPEST, Tile
from db import tiles
from db.tiles import Standing
from feed.shelf import Shelf

_PACKING = 5
"""gzip level: past it tiles get slower, and hardly smaller."""
_BELIEVED_S = 10.0
"""The database is asked again after this long, although no import was heard of."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`packed` is gzip, b"" for a tile with nothing in it, None when the asker holds this tile already."""

    etag: str
    packed: bytes | None


@dataclass(frozen=True, slots=True)
class _Known:
    imports: int
    until: float
    standing: Standing


class Tiles:
    """The tiles of one process. `imports` counts the imports it has heard of, None while it may hear of one
    late: then the database is asked for each tile which imports there were."""

    def __init__(self, services: Services, shelf: Shelf, imports: Callable[[], int | None]) -> None:
        self._engine = services.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._shelf, self._imports = shelf, imports
        self._known: dict[str, _Known] = {}

    def held(self, principal: Principal, layer: str, tile: Tile, asked: str = "") -> Answer | None:
        """As `read`, if this process can tell without waiting for anybody; None where it cannot.

        Raises Forbidden, NotFound (layer), NoSuchTile.
        """
        _check(principal, layer, tile)
        standing = self._believed(layer)
        if standing is None:
            return None
        etag = _etag(standing, layer, _area(principal, layer))
        if _matches(etag, asked):
            return Answer(etag, None)
        packed = self._shelf.own(_key(layer, tile, etag))
        return None if packed is None else Answer(etag, packed)

    def read(self, principal: Principal, layer: str, tile: Tile, asked: str = "") -> Answer:
        """A tile of a layer in the asker's area; `asked` is their If-None-Match.

        Raises Forbidden, NotFound (layer), NoSuchTile.
        """
        _check(principal, layer, tile)
        area = _area(principal, layer)
        standing = self._believed(layer) or self._asked(layer)
        etag = _etag(standing, layer, area)
        if _matches(etag, asked):
            return Answer(etag, None)
        key = _key(layer, tile, etag)
        packed = self._shelf.get(key)
        if packed is None:
            with self._engine.connect() as conn:
                plain = tiles.read_tile(conn, layer, tile, area, standing.places)
            packed = gzip.compress(plain, _PACKING, mtime=0) if plain else b""
            self._shelf.put(key, packed)
        return Answer(etag, packed)

    def _believed(self, layer: str) -> Standing | None:
        known, imports = self._known.get(layer), self._imports()
        if known is None or known.imports != imports or time.monotonic() > known.until:
            return None
        return known.standing

    def _asked(self, layer: str) -> Standing:
        """What was heard before the asking stands beside it: an import between the two is not overlooked."""
        imports = self._imports()
        with self._engine.connect() as conn:
            standing = tiles.standing(conn, layer)
        if imports is not None:
            self._known[layer] = _Known(imports, time.monotonic() + _BELIEVED_S, standing)
        return standing


def _check(principal: Principal, layer: str, tile: Tile) -> None:
    if not may(principal, "field"):  # a unit sees the ground it works on, but not the board
        check_read(principal, "live")
    if layer not in tiles.LAYERS:
        raise NotFound(kind="layer", id=layer)
    if not tile.exists:
        raise NoSuchTile(z=tile.z, x=tile.x, y=tile.y, deepest=DEEPEST)


def _area(principal: Principal, layer: str) -> str:
    return principal.area if layer in tiles.SCOPED else ""


def _etag(standing: Standing, layer: str, area: str) -> str:
    """Changes with every import the layer is drawn from, with the area, and with the rules of drawing."""
    known = f"{RULES} {layer} {area} {standing.versions}"
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def _matches(etag: str, asked: str) -> bool:
    return f'"{etag}"' in asked


def _key(layer: str, tile: Tile, etag: str) -> str:
    return f"{layer}/{tile.z}/{tile.x}/{tile.y}/{etag}"
