"""警务室: one a community."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="posts",
    source="points",
    tiles="posts",
    only=("type", "post"),
    zooms=(13.5, NEAREST),
    switch=True,
    styles={"*": Style(icon="post")},
    legend=("icon:post",),
    facts=("officers", "auxiliaries"),
)
