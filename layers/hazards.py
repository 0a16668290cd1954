"""风险隐患点: from registered to closed, or monitored."""

from layers.style import NEAREST, Layer, Style

LAYER = Layer(
    name="hazards",
    source="points",
    tiles="hazards",
    zooms=(12.5, NEAREST),
    switch=True,
    shown=False,
    styles={"*": Style(icon="hazard")},
    legend=("icon:hazard",),
    facts=("category",),
    asks="hazards",
)
