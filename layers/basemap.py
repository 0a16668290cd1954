"""底图: land, water, green, buildings and rail from the city's own data."""

from layers.style import NEAREST, WIDEST, Layer, Style

LAND = Layer(
    name="land", source="ground", tiles="base", part="land",
    styles={"*": Style(fill="map-land", stroke="map-coast", width=((10, 1.0), (14, 1.6)))},
)  # fmt: skip
GREEN = Layer(
    name="green", source="ground", tiles="base", part="green", styles={"*": Style(fill="map-green")}
)
WATER = Layer(
    name="water", source="ground", tiles="base", part="water", by="class",
    styles={
        "lake": Style(fill="map-sea", stroke="map-coast", width=((10, 0.7), (14, 1.2)), rank=1),
        "*": Style(fill="map-sea"),
    },
)  # fmt: skip
BUILDING = Layer(
    name="building", source="ground", tiles="base", part="building", zooms=(13.5, NEAREST),
    styles={"*": Style(fill="map-building", stroke="map-building-edge", width=((14, 0.8), (17, 1.2)))},
)  # fmt: skip
RAIL = Layer(
    name="rail", source="ground", tiles="base", part="rail", zooms=(WIDEST, NEAREST),
    styles={
        "*": Style(stroke="map-rail", width=((10, 1.2), (14, 2.4), (17, 4.0)), dash=(7, 5)),
    },
)  # fmt: skip
LAYERS = (LAND, GREEN, WATER, BUILDING, RAIL)
