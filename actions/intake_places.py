"""Where a message says that it happened: coordinates, a grid's code, or an address that is found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from actions.commands import Location
from actions.search import Hit, look_up, mentioned
from core.errors_intake import PlaceUndecided
from core.intake import Reading, SourceMapping
from db import intake as db

_LONGEST_ADDRESS = 100
_SURE_LETTERS = 3
"""A name of fewer that stands in an address may be any word."""


@dataclass(frozen=True, slots=True)
class Placed:
    """`guessed`: found by words, not told by the source."""

    location: Location
    guessed: bool = False


def place_of(conn: Connection, mapping: SourceMapping, reading: Reading) -> Placed:
    """Raises PlaceUndecided."""
    lon, lat = reading.get("lon"), reading.get("lat")
    if lon is not None and lat is not None and (lon, lat) != (0, 0):
        return Placed(Location(lon=lon, lat=lat, datum=mapping.datum))
    found = _of_grid(conn, reading.get("grid")) or _of_address(conn, reading.get("address") or "")
    if found is None:
        address = str(reading.get("address") or reading.get("grid") or "")
        raise PlaceUndecided(source=mapping.name, address=address[:60], pointer="/location")
    return Placed(Location(lon=found[0], lat=found[1]), guessed=True)


def _of_grid(conn: Connection, code: str | None) -> tuple[float, float] | None:
    ground = db.ground_of_codes(conn, [code]) if code else None
    return ground and ground[:2]


def _of_address(conn: Connection, address: str) -> tuple[float, float] | None:
    """The best of what the search finds, else the longest name that stands in it."""
    if not address:
        return None
    hits = look_up(conn, address[:_LONGEST_ADDRESS], limit=1)
    hits = hits or [hit for hit in mentioned(conn, address) if len(hit.found.name) >= _SURE_LETTERS]
    return _spot(hits[0]) if hits else None


def _spot(hit: Hit) -> tuple[float, float]:
    return hit.found.lon, hit.found.lat
