"""道路: by class, the narrow ones only when near."""

from layers.style import NEAREST, Layer, Style, Zooms


def _road(rank: int, at: tuple[float, float, float, float], name: str, zooms: Zooms = (0, NEAREST)) -> Style:
    """Widths at zooms 10, 13, 15 and 17."""
    width = tuple(zip((10.0, 13.0, 15.0, 17.0), at, strict=True))
    return Style(stroke=f"road-{name}", width=width, casing="road-casing", zooms=zooms, rank=rank)


LAYER = Layer(
    name="roads",
    source="ground",
    tiles="base",
    part="road",
    by="class",
    styles={
        "lane": _road(0, (0.5, 0.5, 1.2, 4.0), "lane", (14.5, NEAREST)),
        "residential": _road(1, (0.6, 0.8, 2.2, 7.0), "residential", (13.5, NEAREST)),
        "tertiary": _road(2, (0.6, 1.3, 3.6, 10.0), "tertiary", (11.5, NEAREST)),
        "secondary": _road(3, (0.9, 1.9, 5.0, 13.0), "secondary", (10.5, NEAREST)),
        "primary": _road(4, (1.3, 2.6, 6.5, 16.0), "primary"),
        "trunk": _road(5, (1.7, 3.2, 7.5, 18.0), "trunk"),
        "motorway": _road(6, (2.0, 3.8, 8.5, 20.0), "motorway"),
        "*": _road(1, (0.6, 0.8, 2.2, 7.0), "residential", (13.5, NEAREST)),
    },
)
