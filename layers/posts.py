"""警务室、派出所"""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="posts",
    source="places",
    geometry="point",
    by="type",
    zooms=(12, NEAREST),
    styles={"station": Style(icon="station"), "*": Style(icon="post")},
    legend=("icon:post",),
)
