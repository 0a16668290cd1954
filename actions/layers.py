"""Reference layers for whoever may read: which there are, their features, now or at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from actions.queries import check_read
from actions.services import Services
from core.errors import InvalidInput, NotFound
from core.masking import PEOPLE, without_few
from core.permissions import Principal
from db import features
from db.features import Extent, Feature, Wanted
from db.places import Bounds
from db.special import LAYER as SPECIAL
from geo.kinds import KINDS

LAYERS = features.LAYERS
LIMIT, LIMIT_MOST = 1000, 20_000
#: Properties that no file brings, or under another name.
_OWN = ("version", "category")


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a layer: `equal` maps properties to the text they must have, `after` is the last id of the
    page before; `version` (an import of this kind) or `at` (a time) ask for the layer as it was."""

    bbox: Bounds | None = None
    equal: Mapping[str, str] | None = None
    limit: int = LIMIT
    after: str | None = None
    version: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Features by id, how many there are in all, and the id to go on after (None = this is the last)."""

    features: list[Feature]
    matched: int
    after: str | None


def overview(services: Services, principal: Principal) -> dict[str, Extent]:
    """Each layer's count and extent, of what the asker may see. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        return {name: features.extent(conn, name, Wanted(area=principal.area)) for name in LAYERS}


def one_overview(services: Services, principal: Principal, layer: str) -> Extent:
    """Raises Forbidden, NotFound."""
    check_layer(principal, layer)
    with services.engine.connect() as conn:
        return features.extent(conn, layer, Wanted(area=principal.area))


def check_layer(principal: Principal, layer: str) -> None:
    """Raises Forbidden, NotFound."""
    check_read(principal, "live")
    if layer not in LAYERS:
        raise NotFound(kind="layer", id=layer)


def properties_of(layer: str) -> list[str]:
    """What features of a layer may be asked by."""
    kind = KINDS["grids" if layer == SPECIAL else layer]
    names = (field.name for field in kind.fields if field.name not in PEOPLE)  # whoever asks would learn them
    return [*names, *_OWN]


def read_page(services: Services, principal: Principal, layer: str, asked: Asked) -> Page:
    """Raises Forbidden, NotFound (layer, version), InvalidInput."""
    check_layer(principal, layer)
    equal = asked.equal or {}
    if unknown := [name for name in equal if name not in properties_of(layer)]:
        raise InvalidInput(pointer=unknown[0][:40], detail=", ".join(properties_of(layer)))
    if asked.after is not None and layer in ("roads", "basemap") and not _is_id(asked.after):
        raise InvalidInput(pointer="after", detail=asked.after[:40])
    wanted = Wanted(area=principal.area, bbox=asked.bbox, equal=equal, after=asked.after)
    limit = min(asked.limit, LIMIT_MOST)
    with services.engine.connect() as conn:
        wanted = _then(conn, layer, wanted, asked.version, asked.at)
        matched = features.extent(conn, layer, wanted).count
        found = features.read_features(conn, layer, wanted, limit + 1)
    more = len(found) > limit
    return Page([_told(one) for one in found[:limit]], matched, found[limit - 1]["id"] if more else None)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _then(conn: Connection, layer: str, wanted: Wanted, version: int | None, at: datetime | None) -> Wanted:
    """As of a version or a time: grids hold from dates, everything else from its import."""
    if layer == "grids":
        date = at if version is None else features.date_of_grids(conn, version)
        if version is not None and date is None:
            raise NotFound(kind="version", id=str(version))
        return replace(wanted, at=date if features.grids_have_versions(conn) else None)
    if version is None and at is not None:
        version = features.version_at(conn, layer, at)
    return replace(wanted, version=version)


def read_one(services: Services, principal: Principal, layer: str, ident: str) -> Feature:
    """Raises Forbidden, NotFound."""
    check_layer(principal, layer)
    with services.engine.connect() as conn:
        found = features.read_features(conn, layer, Wanted(area=principal.area, ident=ident), 1)
    if not found:
        raise NotFound(kind="feature", id=ident)
    return _told(found[0])


def _told(feature: Feature) -> Feature:
    """Without counts of people that are too small to tell; a file that goes out by right has them."""
    return {**feature, "properties": without_few(feature["properties"])}
