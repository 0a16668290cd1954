"""视频点位: of class 1, 2 or 3, on line or not; from afar as counts, for there are tens of thousands."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="cameras",
    source="points",
    tiles="cameras",
    zooms=(11, NEAREST),
    switch=True,
    shown=False,
    styles={"*": Style(icon="camera")},
    legend=("icon:camera",),
    facts=("class", "online"),
)
