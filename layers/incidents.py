"""事件: level by shape and colour, class by glyph; closed ones faint."""

from layers.style import Layer

LAYER = Layer(
    name="incidents",
    source="live",
    geometry="point",
    legend=("level:1", "level:2", "level:3", "level:4"),
)
