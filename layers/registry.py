"""All layers in drawing order, lowest first."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from layers import (
    basemap,
    broadcasts,
    cameras,
    closures,
    grids,
    hazards,
    incidents,
    keyplaces,
    links,
    names,
    posts,
    roads,
    sensors,
    shelters,
    stations,
    stores,
    units,
)
from layers.style import Layer

LAYERS: tuple[Layer, ...] = (
    *basemap.LAYERS,
    grids.BANDS,
    roads.LAYER,
    grids.LAYER,
    sensors.LAYER,
    cameras.LAYER,
    broadcasts.LAYER,
    hazards.LAYER,
    shelters.LAYER,
    keyplaces.LAYER,
    posts.LAYER,
    stations.LAYER,
    stores.LAYER,
    closures.LAYER,
    links.LAYER,
    incidents.LAYER,
    units.LAYER,
)


def legend() -> tuple[tuple[str, str], ...]:
    """(layer, entry) of what a legend may show: what is live first, then places as people look for them."""
    live = (incidents.LAYER, units.LAYER)
    points = [layer for layer in reversed(LAYERS) if layer.source == "points"]
    return tuple((layer.name, entry) for layer in (*live, *points) for entry in layer.legend)


def for_browser() -> dict[str, Any]:
    """The layers and the names, as static/js reads them."""
    return {
        "layers": [layer.for_browser() for layer in LAYERS],
        "names": {name: asdict(style) for name, style in names.NAMES.items()},
    }
