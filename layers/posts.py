"""警务室: one a community."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="posts",
    source="points",
    tiles="posts",
    unless=("type", "station"),  # a file need not tell the type: what it holds is drawn all the same
    zooms=(13.5, NEAREST),
    switch=True,
    styles={"*": Style(icon="post")},
    legend=("icon:post",),
    facts=("officers", "auxiliaries"),
)
