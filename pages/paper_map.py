"""A small map on paper: water and green, streets, borders of grids, names, and the place in the middle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fpdf import FPDF

from actions.surroundings import Shape, Surroundings

Point = tuple[float, float]
Colour = tuple[int, int, int]

_FILLS: dict[str, Colour] = {"water": (208, 225, 240), "green": (224, 238, 224), "building": (232, 233, 236)}
_STREETS: tuple[tuple[Colour, float], ...] = (
    ((196, 201, 209), 0.35), ((184, 190, 199), 0.55), ((172, 179, 190), 0.75), ((158, 166, 179), 1.0),
    ((146, 155, 170), 1.2), ((134, 144, 161), 1.4),
)  # fmt: skip
"""Colour and width (mm) by rank: lane to motorway."""
_RAIL, _BORDER, _PALE, _HALO = (150, 150, 150), (70, 110, 165), (150, 180, 220), (255, 255, 255)
_INK, _GREY = (20, 28, 40), (90, 100, 114)
_BASE_TIER = 3
_NAME_PT, _NAME_MM = 6.5, 3.4
_PIN_MM = 2.4


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground around a place; `caption` says what is in the middle. As wide as the page."""

    around: Surroundings
    caption: str
    scale: str
    """A length of 100 metres in words."""

    def height_mm(self, width_mm: float) -> float:
        return width_mm * self.around.half[1] / self.around.half[0]


def draw(paper: FPDF, ground: Ground) -> None:
    """Draw it at the pen's place; the pen stands below it afterwards."""
    left, top, wide = paper.l_margin, paper.get_y(), paper.epw
    high = ground.height_mm(wide)
    sheet = _Sheet(paper, left + wide / 2, top + high / 2, wide / 2 / ground.around.half[0])
    with paper.rect_clip(left, top, wide, high):
        for shape in ground.around.shapes:
            sheet.shape(shape)
        sheet.names(ground.around.shapes, (left, top, left + wide, top + high))
        sheet.pin()
        sheet.rule(left + 4, top + high - 4, ground.scale)
    paper.set_draw_color(*_GREY)
    paper.set_line_width(0.2)
    paper.rect(left, top, wide, high)
    paper.set_xy(left, top + high + 1)


class _Sheet:
    """`x`, `y` of the middle and millimetres a metre."""

    def __init__(self, paper: FPDF, x: float, y: float, scale: float) -> None:
        self._paper, self._x, self._y, self._scale = paper, x, y, scale

    def _at(self, point: Point) -> Point:
        return self._x + point[0] * self._scale, self._y - point[1] * self._scale

    def shape(self, shape: Shape) -> None:
        line = [self._at(point) for point in shape.line]
        if shape.kind in _FILLS:
            self._paper.set_fill_color(*_FILLS[shape.kind])
            self._paper.polygon(line, style="F")
        elif shape.kind == "road":
            colour, width = _STREETS[min(shape.rank, len(_STREETS) - 1)]
            self._line(line, colour, width)
        elif shape.kind == "rail":
            self._line(line, _RAIL, 0.4, dash=1.2)
        elif shape.kind == "grid":
            base = shape.rank == _BASE_TIER
            self._line(line, _PALE if base else _BORDER, 0.2 if base else 0.5, dash=0 if base else 2)

    def _line(self, line: Sequence[Point], colour: Colour, width: float, dash: float = 0) -> None:
        if len(line) < 2:
            return
        self._paper.set_draw_color(*colour)
        self._paper.set_line_width(width)
        self._paper.set_dash_pattern(dash, dash)
        self._paper.polyline(line)
        self._paper.set_dash_pattern()

    def names(self, shapes: Iterable[Shape], frame: tuple[float, float, float, float]) -> None:
        """Those that fit, none over another; of a street once, where it passes nearest to the middle."""
        self._paper.set_font_size(_NAME_PT)
        taken: list[tuple[float, float, float]] = [(self._x, self._y, 2 * _PIN_MM)]
        written: set[str] = set()
        named = (one for one in shapes if one.name and one.kind in ("name", "road"))
        for shape in sorted(named, key=lambda one: (one.kind != "name", -one.rank)):
            x, y = self._at(min(shape.line, key=lambda point: abs(point[0]) + abs(point[1])))
            half = self._paper.get_string_width(shape.name) / 2
            inside = frame[0] + half < x < frame[2] - half and frame[1] + 2 < y < frame[3] - 2
            free = all(abs(x - ox) > half + reach or abs(y - oy) > _NAME_MM for ox, oy, reach in taken)
            if inside and free and shape.name not in written:
                taken.append((x, y, half))
                written.add(shape.name)
                self._word(x - half, y + 0.8, shape.name)

    def _word(self, x: float, y: float, word: str) -> None:
        """Dark on a white halo."""
        self._paper.set_draw_color(*_HALO)
        self._paper.set_text_color(*_GREY)
        with self._paper.local_context(text_mode="STROKE", line_width=0.6):
            self._paper.text(x, y, word)
        self._paper.text(x, y, word)

    def pin(self) -> None:
        """A ring and a cross of hairs: it hides nothing."""
        self._paper.set_draw_color(*_INK)
        self._paper.set_line_width(0.7)
        self._paper.circle(self._x, self._y, _PIN_MM, style="D")
        self._paper.set_fill_color(*_INK)
        self._paper.circle(self._x, self._y, 0.7, style="F")

    def rule(self, x: float, y: float, words: str) -> None:
        """How long 100 metres are."""
        length = 100 * self._scale
        self._line([(x, y - 1.2), (x, y), (x + length, y), (x + length, y - 1.2)], _INK, 0.3)
        self._word(x + length + 1.5, y, words)
