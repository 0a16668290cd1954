"""应急物资储备库"""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="stores",
    source="points",
    tiles="stores",
    zooms=(11, NEAREST),
    switch=True,
    styles={"*": Style(icon="store")},
    legend=("icon:store",),
    facts=("address",),
)
