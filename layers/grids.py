"""网格: three tiers are the level of detail: towns, communities from z12, base grids from z14."""

from layers.style import NEAREST, WIDEST, Layer, Style

LAYER = Layer(
    name="grids",
    source="places",
    geometry="line",
    by="tier",
    query="tier",
    names=True,
    styles={
        "3": Style(stroke="grid-3", width=0.8, zooms=(14, NEAREST), name_size=14, name_from=16, rank=0),
        "2": Style(stroke="grid-2", width=1.0, zooms=(13, NEAREST), name_size=14, name_from=15, rank=1),
        "1": Style(stroke="grid-1", width=1.6, zooms=(WIDEST, NEAREST), name_size=15, name_from=12, rank=2),
        "0": Style(stroke="grid-1", width=2.4, zooms=(WIDEST, NEAREST), name_size=22, rank=3),
    },
)
