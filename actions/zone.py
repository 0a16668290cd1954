"""影响范围: the ring of a hazard area, and what lies inside it, for whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

import shapely
from pydantic import Field, model_validator

from actions.commands import Command, Location, Ring
from actions.linkage_reading import read_linkage
from actions.queries import check_read
from actions.services import Services
from core.errors import InvalidInput
from core.linkage import Shape
from core.masking import unless_few
from core.model import Closure
from core.permissions import Principal, Scope, visible
from db import log, zone
from db.havens import kept_places
from db.zone import Spot
from geo import rings
from geo.datum import to_wgs84

MOST = 300
"""Places of a kind that are told one by one, the nearest to the middle first; `counts` tells of all."""
WIDEST_M = 50_000.0
_FARTHEST = 85.0
"""Degrees of latitude up to which a ring in metres is a ring in degrees."""
_LISTS = {
    "schools": ("keyplaces", "school"), "hospitals": ("keyplaces", "hospital"),
    "keyplaces": ("keyplaces", ""),
    "hazards": ("hazards", ""), "cameras": ("cameras", ""), "broadcasts": ("broadcasts", ""),
    "shelters": ("shelters", ""), "stores": ("stores", ""),
}  # fmt: skip
"""List → kind of place and category ("" = all others)."""


class RingCommand(Command):
    """A circle (`centre`, `radius_m`), a sector downwind (`wind_from`, where the wind comes from in degrees
    clockwise of north, and its `opening`), or a polygon (`ring`)."""

    shape: Shape
    centre: Location | None = None
    radius_m: Annotated[float, Field(ge=10, le=WIDEST_M)] | None = None
    wind_from: Annotated[float, Field(ge=0, le=360)] | None = None
    opening: Annotated[float, Field(ge=5, le=360)] = 60.0
    ring: Ring | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needed = {
            "circle": ("centre", "radius_m"),
            "sector": ("centre", "radius_m", "wind_from"),
            "polygon": ("ring",),
        }
        missing = [name for name in needed[self.shape] if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.shape} needs {', '.join(missing)}")
        return self


@dataclass(frozen=True, slots=True)
class Zone:
    shape: str
    ring: rings.Ring


def ring_of(command: RingCommand) -> rings.Ring:
    """The closed ring that is meant. Raises InvalidInput for one that is no area, UnknownDatum."""
    if command.ring is not None:
        if reason := rings.fault(command.ring):
            raise InvalidInput(pointer="/ring", detail=reason)
        return command.ring
    centre, radius = command.centre, command.radius_m
    if centre is None or radius is None:  # the model has seen to it
        raise InvalidInput(pointer="/centre", detail="required")
    lons, lats = to_wgs84([centre.lon], [centre.lat], centre.datum)
    at = (float(lons[0]), float(lats[0]))
    if not abs(at[1]) <= _FARTHEST:
        raise InvalidInput(pointer="/centre/lat", detail=f"-{_FARTHEST:g}…{_FARTHEST:g}")
    if command.wind_from is not None and command.shape == "sector":
        return rings.sector(at, radius, (command.wind_from + 180) % 360, command.opening)
    return rings.circle(at, radius)


def inside(services: Services, principal: Principal, realm: str, command: RingCommand) -> dict[str, Any]:
    """What lies in a ring that nobody has drawn yet. Raises Forbidden, RealmUnknown, InvalidInput."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        log.head(conn, realm)
    return _told(services, principal, realm, Zone(command.shape, ring_of(command)))


def of_linkage(services: Services, principal: Principal, realm: str, ident: str) -> dict[str, Any]:
    """What lies in the hazard area of a response; `shape` null where none is drawn. Raises NotFound."""
    held = read_linkage(services, principal, realm, ident)["properties"]["zone"]
    if held is None:
        return {"shape": None, "ring": None, "area_m2": 0, **_empty()}
    return _told(services, principal, realm, Zone(held["shape"], held["ring"]))


def _empty() -> dict[str, Any]:
    lists: dict[str, Any] = {name: [] for name in (*_LISTS, "closures")}
    return {"population": None, "households": None, "grids": 0, "counts": {}, **lists}


def _told(services: Services, principal: Principal, realm: str, of: Zone) -> dict[str, Any]:
    """Within the asker's area: `within` names it ("" = all of the city)."""
    with services.engine.connect() as conn:
        people = zone.living(conn, of.ring, principal.area)
        spots = zone.places(conn, realm, of.ring, principal.area, _LISTS, MOST)
        closed = zone.closures(conn, realm, of.ring)
        kept = kept_places(conn, realm)
    scope = Scope.of(principal)
    return {
        "shape": of.shape,
        "ring": of.ring,
        "area_m2": round(rings.area_m2(of.ring)),
        "within": principal.area,
        "population": unless_few(round(people.population)),
        "households": unless_few(round(people.households)),
        "grids": people.grids,
        **_lists(spots, kept),
        "closures": [_closure(one) for one in closed if visible(scope, one.area)],
        "counts": _counts(spots),
    }


def _lists(spots: Iterable[Spot], kept: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS}
    for one in spots:
        found[one.list].append(_spot(one, kept))
    return found


def _spot(one: Spot, kept: Mapping[str, int]) -> dict[str, Any]:
    """Of a shelter `free` are the places that no running response keeps."""
    told = {"id": one.id, "name": one.name, "lon": round(one.lon, 6), "lat": round(one.lat, 6)}
    more: dict[str, Any] = {name: one.props[name] for name in ("category", "level") if name in one.props}
    if one.list == "cameras":
        more["online"] = bool(one.props.get("online", True))
    if one.list == "shelters":
        places = int(one.props.get("capacity") or 0)
        more |= {"grade": str(one.props.get("class") or ""), "places": places}
        more["free"] = max(0, places - kept.get(one.id, 0))
    if one.status:
        more["status"] = one.status
    return told | more


def _closure(one: Closure) -> dict[str, Any]:
    middle = shapely.LineString(one.line).interpolate(0.5, normalized=True)
    return {
        "id": one.id, "name": one.name, "lon": round(middle.x, 6), "lat": round(middle.y, 6),
        "reason": one.reason, "until": one.until,
    }  # fmt: skip


def _counts(spots: Iterable[Spot]) -> dict[str, int]:
    """How many each list would have without its end, and of the cameras those that are on line."""
    found = {one.list: one for one in spots}
    online = {"cameras_online": found["cameras"].online} if "cameras" in found else {}
    return {name: one.number for name, one in found.items()} | online
