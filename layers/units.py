"""力量: hollow = available, half = reserved, solid = on the way, ringed = on scene, dim = off duty."""

from layers.style import Layer

LAYER = Layer(
    name="units",
    source="live",
    switch=True,
    legend=("unit:available", "unit:reserved", "unit:dispatched", "unit:enroute", "unit:on_scene"),
)
