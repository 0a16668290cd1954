"""事件: level by shape and colour, class by glyph; closed ones faint, and only when near."""

from layers.style import Layer

LAYER = Layer(
    name="incidents",
    source="live",
    legend=("level:1", "level:2", "level:3", "level:4"),
)
