"""派出所: at least one a town."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="stations",
    source="points",
    tiles="posts",
    only=("type", "station"),
    zooms=(11, NEAREST),
    switch=True,
    styles={"*": Style(icon="station")},
    legend=("icon:station",),
    facts=("officers", "auxiliaries"),
)
