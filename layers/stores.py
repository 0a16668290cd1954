"""应急物资储备库"""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="stores",
    source="places",
    geometry="point",
    zooms=(11, NEAREST),
    styles={"*": Style(icon="store")},
    legend=("icon:store",),
)
