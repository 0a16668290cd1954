"""All layers in drawing order, lowest first."""

from __future__ import annotations

from layers import basemap, grids, incidents, links, posts, roads, stores, units
from layers.style import Layer

LAYERS: tuple[Layer, ...] = (
    basemap.LAYER,
    roads.LAYER,
    grids.LAYER,
    posts.LAYER,
    stores.LAYER,
    links.LAYER,
    incidents.LAYER,
    units.LAYER,
)


def places() -> tuple[Layer, ...]:
    """The layers that are fetched by viewport."""
    return tuple(layer for layer in LAYERS if layer.source == "places")


def legend() -> tuple[str, ...]:
    """What the legend shows, in order."""
    order = ("incidents", "units", "posts", "stores")
    named = {layer.name: layer for layer in LAYERS}
    return tuple(entry for name in order for entry in named[name].legend)
