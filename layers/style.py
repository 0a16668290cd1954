"""What a map layer is: where its features come from, at which zooms, in which colours.

Colours are names of tokens in static/css/00-tokens.css; widths and letter sizes are pixels at 1080 lines.
Zooms are those of a map of 1080 lines: a wall of twice as many shows the same detail one zoom nearer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

WIDEST, NEAREST = 0, 22
Zooms = tuple[float, float]
Stops = tuple[tuple[float, float], ...]
"""(zoom, value) rising; between two the value changes evenly, outside it stays."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the features of one value are drawn. `rank` orders styles within a layer, low first."""

    zooms: Zooms = (WIDEST, NEAREST)
    stroke: str | None = None
    width: Stops = ((WIDEST, 1.0),)
    casing: str | None = None
    """Edge on both sides of a wide line, from the zoom at which it is wide enough to have one."""
    dash: tuple[float, ...] = ()
    fill: str | None = None
    icon: str | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """How names of one class are written on the map; `order` 0 is placed first."""

    order: int
    size: Stops
    colour: str = "map-name"
    spacing: float = 0.0
    zooms: Zooms = (WIDEST, NEAREST)


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of thing on the map.

    source "live": the board, by the stream. "ground": drawn into the tiles of the ground. "points": marks
    over the ground. Both of these come from GET /layers/TILES/tiles, where `part` names the layer within the
    tile. `by` names the property whose value chooses the style ("*" for the rest); `only` keeps features
    whose property has the value, `unless` those whose property has another one or none.
    """

    name: str
    source: Literal["live", "ground", "points"]
    tiles: str = ""
    part: str = ""
    only: tuple[str, str] | None = None
    unless: tuple[str, str] | None = None
    styles: dict[str, Style] = field(default_factory=dict)
    by: str = ""
    zooms: Zooms = (WIDEST, NEAREST)
    switch: bool = False
    """Whether people may turn it on and off."""
    shown: bool = True
    """Whether it is on until somebody turns it off."""
    legend: tuple[str, ...] = ()
    """What the legend shows: "level:1", "unit:available", "icon:post"."""
    facts: tuple[str, ...] = ()
    """Properties that the panel of one place tells, in order."""
    asks: str = ""
    """Where the panel asks for what changes by the hour: GET /api/v1/ASKS/CODE."""

    def holds(self, properties: Mapping[str, Any]) -> bool:
        """Whether a feature of `tiles` belongs to this layer."""
        taken = self.only is None or properties.get(self.only[0]) == self.only[1]
        return taken and (self.unless is None or properties.get(self.unless[0]) != self.unless[1])

    def for_browser(self) -> dict[str, Any]:
        """As static/js reads it."""
        return asdict(self)
