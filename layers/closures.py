"""封路: the closed line, barred, with a sign that says so in its middle."""

from layers.style import Layer

LAYER = Layer(name="closures", source="live")
