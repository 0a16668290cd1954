"""The colours of what is drawn on paper, and of the same pictures on a dark screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pages.tokens import colour

Colour = tuple[int, int, int]
STREET_MM = (0.35, 0.55, 0.75, 1.0, 1.2, 1.4)
"""Width of a street by rank: lane to motorway."""


@dataclass(frozen=True, slots=True)
class Palette:
    """`done`, `late` and `missed` say how something went by how dark it is: no level's colour is used for
    that. `streets` by rank, `levels` by severity from Ⅰ on."""

    page: Colour
    ink: Colour
    grey: Colour
    hair: Colour
    shade: Colour
    done: Colour
    late: Colour
    missed: Colour
    before: Colour
    fills: dict[str, Colour]
    streets: tuple[Colour, ...]
    rail: Colour
    border: Colour
    base_border: Colour
    route: Colour
    levels: tuple[Colour, ...]


PAPER = Palette(
    page=(255, 255, 255), ink=(20, 28, 40), grey=(96, 108, 122), hair=(190, 198, 208), shade=(238, 241, 245),
    done=(62, 120, 140), late=(150, 163, 176), missed=(44, 52, 66), before=(206, 213, 221),
    fills={"water": (208, 225, 240), "green": (224, 238, 224), "building": (232, 233, 236)},
    streets=((196, 201, 209), (184, 190, 199), (172, 179, 190), (158, 166, 179), (146, 155, 170),
             (134, 144, 161)),
    rail=(150, 150, 150), border=(70, 110, 165), base_border=(150, 180, 220), route=(20, 120, 135),
    levels=((229, 72, 77), (242, 128, 45), (245, 197, 24), (62, 142, 247)),
)  # fmt: skip


@lru_cache(maxsize=1)
def screen() -> Palette:
    """Of the product's pages (static/css/00-tokens.css)."""
    roads = ("lane", "residential", "tertiary", "secondary", "primary", "trunk")
    return Palette(
        page=_rgb("panel"), ink=_rgb("text"), grey=_rgb("secondary"), hair=_rgb("line"), shade=_rgb("raised"),
        done=_rgb("accent"), late=_rgb("seg-count"), missed=_rgb("secondary"), before=_rgb("seg-off"),
        fills={"water": _rgb("map-sea"), "green": _rgb("map-green"), "building": _rgb("map-building")},
        streets=tuple(_rgb(f"road-{name}") for name in roads),
        rail=_rgb("map-rail"), border=_rgb("grid-1"), base_border=_rgb("grid-3"), route=_rgb("accent"),
        levels=tuple(_rgb(f"level-{n}") for n in (1, 2, 3, 4)),
    )  # fmt: skip


def _rgb(name: str) -> Colour:
    code = colour(name)
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
