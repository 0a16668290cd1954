"""The desk's search: what somebody typed, as places on the map."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from actions.queries import check_read
from actions.services import Services
from core.errors import InvalidInput
from core.permissions import Principal, Scope, visible
from db import search as db
from db.places import describe_point, way_names
from db.search import Found

LONGEST, MOST = 100, 50

_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_LONLAT = re.compile(rf"({_NUMBER})\s*[,，;；\s]\s*({_NUMBER})")
_HOUSE = re.compile(r"(?P<street>.*?\D)\d+(?:[-–之]\d+)?(?:号|號)")
_BETWEEN = re.compile(r"\s*(?:与|和|同|&|/|@|、|\+|×|\band\b|\bat\b)\s*")
_CROSSING = re.compile(r"(?:的?(?:交叉路口|交叉口|交汇处|交会处|十字路口|丁字路口|路口|口))$")


_TWO_NAMES = 4
"""Letters that two street names have at least."""
_AMONG = 200
"""So many of the last word's finds are held against the words before it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """`way` are the names of the areas it lies in, widest first. `approximate`: somewhere on this street, for
    the data has no house numbers."""

    found: Found
    way: tuple[str, ...]
    approximate: bool = False

    def as_json(self) -> dict[str, Any]:
        f = self.found
        box = {"bounds": [round(edge, 6) for edge in f.bounds]} if f.bounds else {}
        about = {"approximate": True} if self.approximate else {}
        return {
            "layer": f.layer, "id": f.id, "name": f.name, "detail": " · ".join(way_names(self.way)),
            "lon": round(f.lon, 6), "lat": round(f.lat, 6), **box, **about,
        }  # fmt: skip


def search(services: Services, principal: Principal, query: str, limit: int = 20) -> list[Hit]:
    """The best first: a position typed in, crossings, streets of an address, then names and codes.

    Raises Forbidden, InvalidInput (q, limit).
    """
    check_read(principal, "live")
    words = _normal(query)
    if not 0 < len(words) <= LONGEST:
        raise InvalidInput(pointer="q", detail=f"1-{LONGEST}")
    if not 0 < limit <= MOST:
        raise InvalidInput(pointer="limit", detail=f"1-{MOST}")
    with services.engine.connect() as conn:
        if at := _position(services, words):
            return _point(conn, principal, *at)
        return look_up(conn, words, principal.area, limit)


def look_up(conn: Connection, query: str, area: str = "", limit: int = 20) -> list[Hit]:
    """The same without a position, for whoever has asked whether it may be asked."""
    asked = _Asked(conn, _normal(query), area, limit)
    return _first_of_each([*asked.crossings(), *asked.addresses(), *asked.names()])[:limit]


def mentioned(conn: Connection, text: str, area: str = "", limit: int = 5) -> list[Hit]:
    """Places whose names a text holds, the longest names first; streets tell no house."""
    words = _normal(text)
    found = db.named_in(conn, words, area, limit)
    asked = _Asked(conn, words, area, limit)
    streets = [hit for f in found if f.layer == "streets" for hit in asked.told([f], approximate=True)]
    return _first_of_each([*asked.told([f for f in found if f.layer != "streets"]), *streets])[:limit]


def _normal(query: str) -> str:
    """Full-width letters, digits and spaces as the narrow ones, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", query).lower().split())


def _first_of_each(hits: list[Hit]) -> list[Hit]:
    return list({(hit.found.layer, hit.found.id): hit for hit in reversed(hits)}.values())[::-1]


# --- positions -------------------------------------------------------------------------------------------


def _position(services: Services, words: str) -> tuple[float, float] | None:
    """lon, lat as typed; the other way round where only that lies in the city."""
    match, bounds = _LONLAT.fullmatch(words), services.reference.bounds()
    if not match or not bounds:
        return None
    west, south, east, north = bounds
    one, other = float(match[1]), float(match[2])
    fitting = (
        (lon, lat)
        for lon, lat in ((one, other), (other, one))
        if west <= lon <= east and south <= lat <= north
    )
    return next(fitting, None)


def _point(conn: Connection, principal: Principal, lon: float, lat: float) -> list[Hit]:
    place = describe_point(conn, lon, lat)
    if not visible(Scope.of(principal), place.area or ""):
        return []
    spot = f"{lon:.6f},{lat:.6f}"
    way = db.ways(conn, [place.grid]).get(place.grid or "", [])
    return [Hit(Found("point", spot, spot, place.area, lon, lat), tuple(way))]


# --- names -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed, in its several readings."""

    conn: Connection
    words: str
    area: str
    limit: int

    def names(self) -> list[Hit]:
        """By name or code; of several words the last is what is sought, the others say where."""
        whole = self.told(db.find(self.conn, self.words, self.area, self.limit))
        *where, last = self.words.split()
        if whole or not where:
            return whole
        among = self.told(db.find(self.conn, last, self.area, _AMONG))
        return [hit for hit in among if all(_lies_in(hit, word) for word in where)]

    def addresses(self) -> list[Hit]:
        """The street of "云港区松柏路118号", in the areas named first."""
        match = _HOUSE.match(self.words)
        street = db.name_at_end(self.conn, match["street"]) if match else None
        if match is None or street is None:
            return []
        found = [f for f in db.find(self.conn, street, self.area, MOST) if f.layer == "streets"]
        hits = self.told([f for f in found if f.name.lower() == street], approximate=True)
        return sorted(hits, key=lambda hit: not any(name.lower() in match["street"] for name in hit.way))

    def crossings(self) -> list[Hit]:
        """ "文园路与松柏路", "文园路松柏路路口", "Market St & 5th St"."""
        words = _CROSSING.sub("", self.words)
        sides = [side for side in _BETWEEN.split(words) if side]
        if len(sides) == 2:
            one, other = (db.name_at_end(self.conn, side) or side for side in sides)
            pairs = [(one, other)]
        else:
            pairs = db.adjoining_names(self.conn, words) if len(words) >= _TWO_NAMES else []
        return self.told(db.crossings(self.conn, pairs, self.limit))

    def told(self, found: list[Found], *, approximate: bool = False) -> list[Hit]:
        areas = {f: f.area or self._area_of(f) for f in found}
        ways = db.ways(self.conn, areas.values())
        return [Hit(f, tuple(ways.get(areas[f] or "", ())), approximate) for f in found]

    def _area_of(self, found: Found) -> str | None:
        """Names on the base map are stored without their area."""
        return describe_point(self.conn, found.lon, found.lat).area if found.layer == "basemap" else None


def _lies_in(hit: Hit, word: str) -> bool:
    return any(word in name.lower() for name in hit.way)
