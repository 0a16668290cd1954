"""What a map layer is: where its features come from, at which zooms, in which colours.

Colours are names of tokens in static/css/00-tokens.css; widths and letter sizes are pixels at 1080 lines.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

WIDEST, NEAREST = 0, 22


@dataclass(frozen=True, slots=True)
class Style:
    """How the features of one value are drawn. `rank` orders styles within a layer, low first."""

    zooms: tuple[int, int] = (WIDEST, NEAREST)
    stroke: str | None = None
    width: float = 1.0
    fill: str | None = None
    icon: str | None = None
    name_size: float = 0.0
    """Letter height of the feature's name on the map; 0 draws none."""
    name_from: int = WIDEST
    """The zoom from which the name is drawn."""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of thing on the map.

    source "live": the board, by the stream. source "places": GET /layers/NAME/items by viewport.
    `by` names the property whose value chooses the style ("*" for the rest); with `query` each value is
    fetched by itself, under that parameter.
    """

    name: str
    source: Literal["live", "places"]
    geometry: Literal["point", "line", "area"]
    styles: dict[str, Style] = field(default_factory=dict)
    by: str = ""
    query: str | None = None
    zooms: tuple[int, int] = (WIDEST, NEAREST)
    names: bool = False
    legend: tuple[str, ...] = ()
    """What the legend shows: "level:1", "unit:available", "icon:post"."""

    def for_browser(self) -> dict[str, Any]:
        """As static/js/40-places.js reads it."""
        return asdict(self)
