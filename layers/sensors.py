"""感知设备: water level, rain, smoke, gas, wind."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="sensors",
    source="points",
    tiles="sensors",
    zooms=(12.5, NEAREST),
    switch=True,
    shown=False,
    styles={"*": Style(icon="sensor")},
    legend=("icon:sensor",),
    facts=("category",),
    asks="sensors",
)
