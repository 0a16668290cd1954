"""网格: three tiers are the level of detail: towns, communities from z12, base grids from z14."""

from layers.style import NEAREST, WIDEST, Layer, Style

BANDS = Layer(
    name="districts",
    source="ground",
    tiles="grids",
    part="grid",
    by="tier",
    styles={"0": Style(stroke="grid-band", width=((10, 6.0), (13, 9.0), (17, 14.0)))},
)
"""A soft band along the borders of districts, beneath the roads' lines: areas read from across the room."""

LAYER = Layer(
    name="grids",
    source="ground",
    tiles="grids",
    part="grid",
    by="tier",
    switch=True,
    styles={
        "3": Style(stroke="grid-3", width=((14, 0.6), (17, 1.2)), zooms=(14, NEAREST), rank=0),
        "2": Style(stroke="grid-2", width=((12, 0.8), (14, 1.0), (17, 2.0)), zooms=(12, NEAREST), rank=1),
        "1": Style(stroke="grid-1", width=((10, 1.0), (12, 1.6), (17, 2.6)), zooms=(WIDEST, NEAREST), rank=2),
        "0": Style(stroke="grid-0", width=((10, 2.0), (13, 2.4), (17, 3.0)), zooms=(WIDEST, NEAREST), rank=3),
    },
    facts=("households", "population", "managers", "assistants"),
)
