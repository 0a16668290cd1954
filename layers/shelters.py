"""避难场所: of class I, II or III, with room for so many persons."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="shelters",
    source="points",
    tiles="shelters",
    zooms=(12.5, NEAREST),
    switch=True,
    shown=False,
    styles={"*": Style(icon="shelter")},
    legend=("icon:shelter",),
    facts=("class", "capacity"),
)
