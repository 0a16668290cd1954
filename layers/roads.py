"""道路: by class, the narrow ones only when near."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="roads",
    source="places",
    geometry="line",
    by="class",
    styles={
        "lane": Style(stroke="road-lane", width=0.8, zooms=(15, NEAREST), rank=0),
        "residential": Style(stroke="road-residential", width=1.0, zooms=(13, NEAREST), rank=1),
        "tertiary": Style(stroke="road-tertiary", width=1.2, zooms=(12, NEAREST), rank=2),
        "secondary": Style(stroke="road-secondary", width=1.6, rank=3),
        "primary": Style(stroke="road-primary", width=2.2, rank=4),
        "trunk": Style(stroke="road-trunk", width=2.8, rank=5),
        "motorway": Style(stroke="road-motorway", width=3.2, rank=6),
        "*": Style(stroke="road-tertiary", width=1.0, zooms=(13, NEAREST), rank=1),
    },
)
