"""What a file holds, before it is imported: columns, a suggested mapping, its first features on the map."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from actions.imports import ImportOptions, wanted_kind
from actions.services import Services
from core.permissions import Principal
from geo.problems import Problem


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
    mapping: dict[str, str] = field(default_factory=dict)
    features: dict[str, Any] = field(default_factory=lambda: {"type": "FeatureCollection", "features": []})
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
    wanted_kind(principal, kind)
    return Preview(kind)
