"""The generated city as files a city would hand in: one GeoJSON a kind, in the canonical import fields."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import shapely

from demo.city import City
from demo.feature import Feature


def write_city(city: City, folder: Path) -> dict[str, Path]:
    """Write every layer and `city.json`; returns the file of each kind, in import order."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.json").write_text(json.dumps(city.meta(), ensure_ascii=False, indent=1), encoding="utf-8")
    return {kind: write_layer(city.rows(kind), folder / f"{kind}.geojson") for kind in city.layers}


def write_layer(rows: tuple[Feature, ...], path: Path) -> Path:
    """One FeatureCollection in EPSG:4326, a feature a line; the same rows give the same bytes."""
    shapes = shapely.to_geojson([row.geom for row in rows])
    lines = [
        b'{"type":"Feature","properties":' + orjson.dumps(row.props) + b',"geometry":' + shape.encode() + b"}"
        for row, shape in zip(rows, shapes, strict=True)
    ]
    path.write_bytes(b'{"type":"FeatureCollection","features":[\n' + b",\n".join(lines) + b"\n]}\n")
    return path
