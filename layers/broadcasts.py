"""应急广播: of four levels, 市 区 镇 村."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="broadcasts",
    source="points",
    tiles="broadcasts",
    zooms=(13, NEAREST),
    switch=True,
    shown=False,
    styles={"*": Style(icon="broadcast")},
    legend=("icon:broadcast",),
    facts=("level", "reach_m"),
)
