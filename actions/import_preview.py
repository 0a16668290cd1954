"""What a file holds, before it is imported: columns, a suggested mapping, its first features on the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import shapely

from actions.imports import ImportOptions, read_kind, source_of, wanted_kind
from actions.services import Services
from core.permissions import Principal
from geo.datum import UnknownDatum
from geo.files import Reading
from geo.kinds import Kind
from geo.problems import FileRefused, Problem
from geo.table import source_columns
from geo.values import is_missing, text

#: Values shown of each column, and how long each may be.
SAMPLES, LONGEST = 3, 40


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the file names it, with the first few values as text."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`mapping` is target field → source column as the import would take them; `features` a
    FeatureCollection in EPSG:4326 of the first rows, each with `row`, `title` and `mark` = preview.
    `layers` are all layers of the file; when one must be chosen, `problems` says so and the rest is empty."""

    kind: str
    rows: int = 0
    columns: tuple[Column, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, Any] = field(default_factory=lambda: {"type": "FeatureCollection", "features": []})
    encoding: str | None = None
    crs: str | None = None
    layers: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def preview(
    services: Services,
    principal: Principal,
    kind: str,
    path: Path,
    options: ImportOptions | None = None,
    limit: int = 200,
) -> Preview:
    """Look into a file without writing. Raises Forbidden, UnknownKind; what is wrong is in `problems`."""
    wanted, chosen = wanted_kind(principal, kind), options or ImportOptions()
    source = source_of(services, kind, path, chosen)
    try:
        reading = read_kind(source, wanted)
    except FileRefused as refused:
        return Preview(kind, layers=refused.layers, problems=refused.problems)
    except UnknownDatum as unknown:
        return Preview(kind, problems=(Problem(unknown.code, field="datum", params=unknown.params),))
    mapping = _mapping(wanted, reading, chosen.fields)
    return Preview(
        kind, len(reading.frame), _columns(reading), mapping, _features(reading, mapping, limit),
        reading.encoding, reading.crs, reading.layers, tuple(reading.problems),
    )  # fmt: skip


def _columns(reading: Reading) -> tuple[Column, ...]:
    return tuple(Column(name, _samples(values)) for name, values in reading.columns.items())


def _samples(values: list[Any]) -> tuple[str, ...]:
    """The first different values."""
    given = dict.fromkeys(text(value)[:LONGEST] for value in values if not is_missing(value))
    return tuple(given)[:SAMPLES]


def _mapping(kind: Kind, reading: Reading, asked: Mapping[str, str]) -> dict[str, str]:
    """Asked for, or found by the usual names."""
    found = source_columns(kind, [name for name in reading.columns if name not in asked.values()])
    return {**{target: name for target, name in found.items() if target not in asked}, **asked}


def _features(reading: Reading, mapping: Mapping[str, str], limit: int) -> dict[str, Any]:
    """The first rows that have a shape, as the overlay of a map draws them."""
    frame = reading.frame[reading.frame.geometry.notna()].head(limit)
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    titles = _titles(reading, mapping)
    features = [
        {
            "type": "Feature",
            "properties": {"row": int(row), "title": titles.get(int(row), str(row)), "mark": "preview"},
            "geometry": orjson.loads(shape),
        }
        for row, shape in zip(frame.index, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _titles(reading: Reading, mapping: Mapping[str, str]) -> dict[int, str]:
    """Name or code of each row, where the file has them."""
    columns = set(reading.frame.columns)
    for target in ("name", "code"):
        column = next((name for name in (target, mapping.get(target)) if name in columns), None)
        if column is not None:
            cells = reading.frame[column]
            return {int(row): text(cell) for row, cell in cells.items() if not is_missing(cell)}
    return {}
