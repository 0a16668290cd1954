"""A strict reader of GeoJSON (RFC 7946): every mistake is named with its row; nothing is guessed silently.

GDAL reads GeoJSON too, but drops broken features without a word; a city wants to know which ones.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry import shape

from geo import encodings
from geo.problems import Problem, note, refuse

DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
COLLECTION = "GeometryCollection"
SUFFIXES = (".geojson", ".json")


@dataclass(slots=True)
class Features:
    """Parallel lists: one properties dict and one geometry (None = unusable, see problems) a feature."""

    properties: list[dict[str, Any]]
    geometries: list[Any]
    crs: str | None
    encoding: str
    problems: list[Problem] = field(default_factory=list)


class _Broken(Exception):
    """A geometry's mistake: problem code and the values of its sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def read_geojson(path: Path, encoding: str | None = None) -> Features:
    """Read a file holding a FeatureCollection, a Feature or a bare geometry. Raises FileRefused.

    JSON is UTF-8 (RFC 8259 §8.1); what cannot be is read as old offices write it.
    """
    text, used = encodings.decode(path.read_bytes(), encoding, encodings.UTF8)
    document = _load(text)
    if not isinstance(document, dict):
        raise refuse("not_geojson", found=type(document).__name__)
    raw = _raw_features(document)
    found = Features([], [], _crs_name(document), used)
    if not encoding and not used.startswith(encodings.UTF8):
        found.problems.append(note("encoding_found", encoding=used))
    for row, feature in enumerate(raw, start=1):
        _read_feature(found, row, feature)
    return found


def _load(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        return _load_leniently(text, fault)


def _load_leniently(text: str, fault: orjson.JSONDecodeError) -> Any:
    """NaN and Infinity are no JSON, but files have them: read on, so that the row can be named."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise refuse("json_broken", line=fault.lineno, column=fault.colno, reason=fault.msg) from None


def _raw_features(document: dict[str, Any]) -> list[Any]:
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise refuse("features_missing")
        return features
    if kind == "Feature":
        return [document]
    if kind in DEPTH or kind == COLLECTION:
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise refuse("not_geojson", found=str(kind))


def _crs_name(document: dict[str, Any]) -> str | None:
    """The `crs` member of the old specification; files from Chinese desktop tools still carry it."""
    crs = document.get("crs")
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    return name if isinstance(name, str) else None


def _read_feature(found: Features, row: int, feature: Any) -> None:
    properties: dict[str, Any] = {}
    geometry: Any = None
    try:
        properties, raw = _parts(feature)
        geometry, closed = _geometry(raw)
        if closed:
            found.problems.append(note("ring_closed", row))
    except _Broken as broken:
        found.problems.append(Problem(broken.code, row=row, field="geometry", params=broken.params))
    found.properties.append(properties)
    found.geometries.append(geometry)


def _parts(feature: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _Broken("feature_broken")
    given = feature.get("properties")
    properties = {} if given is None else given
    if not isinstance(properties, dict):
        raise _Broken("properties_broken")
    geometry = feature.get("geometry")
    if geometry is None:
        raise _Broken("geometry_missing")
    if not isinstance(geometry, dict):
        raise _Broken("geometry_no_object")
    return properties, geometry


def _geometry(raw: Any) -> tuple[Any, bool]:
    """The shapely geometry, and whether an open ring had to be closed. Raises _Broken."""
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind == COLLECTION:
        return _collection(raw)
    if kind not in DEPTH:
        raise _Broken("geometry_unknown_type", found=str(kind))
    coordinates = _positions(raw.get("coordinates"), DEPTH[kind])
    closed = _close_rings(kind, coordinates)
    try:
        return _build(kind, coordinates), closed
    except (ValueError, TypeError, shapely.errors.ShapelyError) as fault:
        raise _Broken("geometry_not_buildable", found=str(fault)[:120]) from None


def _build(kind: str, coordinates: Any) -> Any:
    if kind == "Point":
        return shapely.Point(coordinates) if coordinates else shapely.Point()
    return shape({"type": kind, "coordinates": _arrays(coordinates, DEPTH[kind] - 1)})


def _arrays(coordinates: Any, depth: int) -> Any:
    """Lines as arrays, which become geometry in a fraction of the time."""
    if depth:
        return [_arrays(part, depth - 1) for part in coordinates]
    return np.array(coordinates, dtype=np.float64)


def _collection(raw: dict[str, Any]) -> tuple[Any, bool]:
    members = raw.get("geometries")
    if not isinstance(members, list):
        raise _Broken("geometry_wrong_nesting")
    parts = [_geometry(member) for member in members]
    return shapely.GeometryCollection([part for part, _ in parts]), any(closed for _, closed in parts)


def _positions(value: Any, depth: int) -> Any:
    """Coordinates nested to exactly this depth. Raises _Broken naming what stands there instead."""
    if not isinstance(value, list):
        raise _Broken("geometry_wrong_nesting")
    if depth == 1 and _all_plain(value):
        return value
    if depth:
        return [_positions(item, depth - 1) for item in value]
    if len(value) < 2 or not all(type(number) in (int, float, type(None)) for number in value):
        raise _Broken("geometry_no_position", found=str(value)[:60])
    if not all(number is not None and math.isfinite(number) for number in value[:2]):
        raise _Broken("coordinate_not_finite")
    return value[:3] if len(value) > 2 and value[2] is not None else value[:2]


def _all_plain(line: list[Any]) -> bool:
    """Whether all positions of a line are pairs of finite numbers, as nearly all are: asked at once."""
    if set(map(type, line)) != {list} or set(map(len, line)) != {2}:
        return False
    numbers = list(chain.from_iterable(line))
    return set(map(type, numbers)) <= {int, float} and all(map(math.isfinite, numbers))


def _close_rings(kind: str, coordinates: Any) -> bool:
    """Close open rings in place; refuse rings that cannot enclose anything."""
    if kind not in ("Polygon", "MultiPolygon"):
        return False
    rings = coordinates if kind == "Polygon" else [ring for part in coordinates for ring in part]
    closed = [_close(ring) for ring in rings]
    return any(closed)


def _close(ring: list[list[float]]) -> bool:
    if len({(position[0], position[1]) for position in ring}) < 3:
        raise _Broken("ring_too_short", points=len(ring))
    if ring[0][:2] == ring[-1][:2]:
        return False
    ring.append(ring[0])
    return True
