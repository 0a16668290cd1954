"""联动线: the road from a unit to its incident, thick for what is left to go."""

from layers.style import Layer

LAYER = Layer(name="links", source="live")
