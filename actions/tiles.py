"""Vector tiles for whoever may read: kept packed, known by what they depend on."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection

from actions.drawing import RULES
from actions.queries import check_read
from actions.services import Services
from core.errors import NoSuchTile, NotFound
from core.permissions import Principal
from core.tiling import DEEPEST, Tile
from db import tiles
from feed.shelf import Shelf

_PACKING = 5
"""gzip level: past it tiles get slower, and hardly smaller."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`packed` is gzip, b"" for a tile with nothing in it, None when the asker holds this tile already."""

    etag: str
    packed: bytes | None


def read_tile(
    services: Services, shelf: Shelf, principal: Principal, layer: str, tile: Tile, held: str = ""
) -> Answer:
    """A tile of a layer in the asker's area; `held` is their If-None-Match.

    Raises Forbidden, NotFound (layer), NoSuchTile.
    """
    check_read(principal, "live")
    if layer not in tiles.LAYERS:
        raise NotFound(kind="layer", id=layer)
    if not tile.exists:
        raise NoSuchTile(z=tile.z, x=tile.x, y=tile.y, deepest=DEEPEST)
    with services.engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT")  # two statements at most: no BEGIN, no ROLLBACK
        area = principal.area if layer in tiles.SCOPED else ""
        etag = _etag(conn, layer, area)
        if f'"{etag}"' in held:
            return Answer(etag, None)
        key = f"{layer}/{tile.z}/{tile.x}/{tile.y}/{etag}"
        packed = shelf.get(key)
        if packed is None:
            plain = tiles.read_tile(conn, layer, tile, area)
            packed = gzip.compress(plain, _PACKING, mtime=0) if plain else b""
            shelf.put(key, packed)
    return Answer(etag, packed)


def _etag(conn: Connection, layer: str, area: str) -> str:
    """Changes with every import the layer is drawn from, with the area, and with the rules of drawing."""
    known = f"{RULES} {layer} {area} {tiles.versions(conn, layer)}"
    return hashlib.sha256(known.encode()).hexdigest()[:16]
