"""One row of a generated layer, in the canonical fields of the importers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Feature:
    """`props` are the canonical import fields; `geom` is in EPSG:4326 with exactly 7 decimals."""

    props: dict[str, Any]
    geom: Any
