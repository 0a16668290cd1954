"""底图: land, water, green, buildings and rail from the city's own data."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="basemap",
    source="places",
    geometry="area",
    by="kind",
    styles={
        "land": Style(fill="map-land", rank=0),
        "green": Style(fill="map-green", rank=1),
        "water": Style(fill="map-sea", rank=2),
        "building": Style(fill="map-building", zooms=(15, NEAREST), rank=3),
        "rail": Style(stroke="map-rail", width=1.5, zooms=(11, NEAREST), rank=4),
    },
)
