"""A small map on paper: water and green, streets, borders of grids, names; the place in the middle, or what
went on there at a moment: incidents, units with their ways, closed roads, hazard areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fpdf import FPDF

from actions.surroundings import Mark, Shape, Stretch, Surroundings
from pages.paper_colours import PAPER, STREET_MM, Colour, Palette

Point = tuple[float, float]
_BASE_TIER = 3
_NAME_PT, _NAME_MM = 6.5, 3.4
_PIN_MM = 2.4
_HALO_PT = 2.0
_DARK: Colour = (20, 28, 40)
"""On the colours of the levels, whatever the page's."""
_CROSS_MM = 4.0
"""Between the crosses on a closed road."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground around a place, as wide as the page; `caption` says what is in the middle. `scale`: a length
    of `scale_m` metres in words. With `marks` nothing else is drawn in the middle."""

    around: Surroundings
    caption: str
    scale: str
    scale_m: float = 100.0
    marks: Sequence[Mark] | None = None
    stretches: Sequence[Stretch] = ()

    def height_mm(self, width_mm: float) -> float:
        return width_mm * self.around.half[1] / self.around.half[0]


def draw(paper: FPDF, ground: Ground, colours: Palette = PAPER) -> None:
    """Draw it at the pen's place; the pen stands below it afterwards."""
    left, top, wide = paper.l_margin, paper.get_y(), paper.epw
    high = ground.height_mm(wide)
    scale = wide / 2 / ground.around.half[0]
    sheet = _Sheet(paper, left + wide / 2, top + high / 2, scale, colours)
    frame = (left, top, left + wide, top + high)
    with paper.rect_clip(left, top, wide, high):
        for shape in ground.around.shapes:
            sheet.shape(shape)
        for stretch in ground.stretches:
            sheet.stretch(stretch)
        sheet.names(ground.around.shapes, frame, ground.marks)
        if ground.marks is None:
            sheet.pin()
        for mark in ground.marks or ():
            sheet.mark(mark)
        sheet.rule(left + 4, top + high - 4, ground.scale, ground.scale_m)
    paper.set_draw_color(*colours.grey)
    paper.set_line_width(0.2)
    paper.rect(left, top, wide, high)
    paper.set_xy(left, top + high + 1)


class _Sheet:
    """`x`, `y` of the middle and millimetres a metre."""

    def __init__(self, paper: FPDF, x: float, y: float, scale: float, colours: Palette) -> None:
        self._paper, self._x, self._y, self._scale, self._colours = paper, x, y, scale, colours

    def _at(self, point: Point) -> Point:
        return self._x + point[0] * self._scale, self._y - point[1] * self._scale

    def shape(self, shape: Shape) -> None:
        line, colours = [self._at(point) for point in shape.line], self._colours
        if shape.kind in colours.fills:
            self._paper.set_fill_color(*colours.fills[shape.kind])
            self._paper.polygon(line, style="F")
        elif shape.kind == "road":
            rank = min(shape.rank, len(STREET_MM) - 1)
            self._line(line, colours.streets[rank], STREET_MM[rank])
        elif shape.kind == "rail":
            self._line(line, colours.rail, 0.4, dash=1.2)
        elif shape.kind == "grid":
            base = shape.rank == _BASE_TIER
            colour = colours.base_border if base else colours.border
            self._line(line, colour, 0.2 if base else 0.5, dash=0 if base else 2)

    def _line(self, line: Sequence[Point], colour: Colour, width: float, dash: float = 0) -> None:
        if len(line) < 2:
            return
        self._paper.set_draw_color(*colour)
        self._paper.set_line_width(width)
        self._paper.set_dash_pattern(dash, dash)
        self._paper.polyline(line)
        self._paper.set_dash_pattern()

    def stretch(self, stretch: Stretch) -> None:
        """A hazard area is a dashed ring, a closed road has crosses on it, a unit's way is thick."""
        line, colours = [self._at(point) for point in stretch.line], self._colours
        if stretch.kind == "zone":
            with self._paper.local_context(fill_opacity=0.12):
                self._paper.set_fill_color(*colours.ink)
                self._paper.polygon(line, style="F")
            self._line(line, colours.ink, 0.5, dash=1.6)
        elif stretch.kind == "closure":
            self._line(line, colours.ink, 0.9)
            for point in _along(line, _CROSS_MM):
                self._cross(point)
        else:
            self._line(line, colours.page, 1.6)
            self._line(line, colours.route, 0.9)

    def _cross(self, at: Point) -> None:
        x, y = at
        for rise in (-1.0, 1.0):
            self._line([(x - 1, y - rise), (x + 1, y + rise)], self._colours.ink, 0.35)

    def names(
        self, shapes: Iterable[Shape], frame: tuple[float, float, float, float], marks: Sequence[Mark] | None
    ) -> None:
        """Those that fit, none over another or over a mark; of a street once, where it passes nearest to the
        middle."""
        self._paper.set_font_size(_NAME_PT)
        places = [(self._x, self._y)] if marks is None else [self._at(mark.at) for mark in marks]
        taken: list[tuple[float, float, float]] = [(x, y, 2 * _PIN_MM) for x, y in places]
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
                self._word(x - half, y + 0.8, shape.name, self._colours.grey)

    def _word(self, x: float, y: float, word: str, colour: Colour) -> None:
        """On a halo of the page's colour."""
        self._paper.set_draw_color(*self._colours.page)
        self._paper.set_text_color(*colour)
        with self._paper.local_context(text_mode="STROKE", line_width=_HALO_PT):
            self._paper.text(x, y, word)
        self._paper.text(x, y, word)

    def mark(self, mark: Mark) -> None:
        """An incident by its level's shape and colour with its number in it, hollow when it is closed; a unit
        is small, hollow on its way."""
        x, y = self._at(mark.at)
        colours = self._colours
        self._paper.set_line_width(0.35)
        if mark.level:
            own = colours.levels[mark.level - 1]
            self._paper.set_fill_color(*(own if mark.there else colours.page))
            self._paper.set_draw_color(*(colours.ink if mark.there else own))
            self._level(x, y, mark.level)
        else:
            self._paper.set_fill_color(*(colours.route if mark.there else colours.page))
            self._paper.set_draw_color(*colours.route)
            self._paper.circle(x, y, 1.1, style="DF")
        if mark.level:
            self._number(x, y, mark)
        elif mark.name:
            self._paper.set_font_size(_NAME_PT)
            self._word(x + 2.2, y + 0.8, mark.name, colours.ink)

    def _number(self, x: float, y: float, mark: Mark) -> None:
        """In the middle of its shape, where no unit stands over it."""
        self._paper.set_font_size(_NAME_PT)
        self._paper.set_text_color(*(_DARK if mark.there else self._colours.ink))
        half = self._paper.get_string_width(mark.name) / 2
        self._paper.text(x - half, y + (1.3 if mark.level == 2 else 0.8), mark.name)

    def _level(self, x: float, y: float, level: int) -> None:
        """Ⅰ a diamond, Ⅱ a triangle, Ⅲ a square, Ⅳ a circle."""
        r = _PIN_MM
        corners = {
            1: [(x, y - r), (x + r, y), (x, y + r), (x - r, y)],
            2: [(x, y - r), (x + r, y + 0.8 * r), (x - r, y + 0.8 * r)],
            3: [(x - 0.8 * r, y - 0.8 * r), (x + 0.8 * r, y - 0.8 * r), (x + 0.8 * r, y + 0.8 * r),
                (x - 0.8 * r, y + 0.8 * r)],
        }  # fmt: skip
        if level in corners:
            self._paper.polygon(corners[level], style="DF")
        else:
            self._paper.circle(x, y, 0.9 * r, style="DF")

    def pin(self) -> None:
        """A ring and a cross of hairs: it hides nothing."""
        self._paper.set_draw_color(*self._colours.ink)
        self._paper.set_line_width(0.7)
        self._paper.circle(self._x, self._y, _PIN_MM, style="D")
        self._paper.set_fill_color(*self._colours.ink)
        self._paper.circle(self._x, self._y, 0.7, style="F")

    def rule(self, x: float, y: float, words: str, metres: float) -> None:
        """How long that many metres are."""
        length, ink = metres * self._scale, self._colours.ink
        self._paper.set_font_size(_NAME_PT)
        self._line([(x, y - 1.2), (x, y), (x + length, y), (x + length, y - 1.2)], ink, 0.3)
        self._word(x + length + 1.5, y, words, self._colours.grey)


def _along(line: Sequence[Point], step: float) -> list[Point]:
    """Points so far from one another on a line; of a short one its middle."""
    found: list[Point] = []
    left = step / 2
    for (x0, y0), (x1, y1) in pairwise(line):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        while length and left <= length:
            found.append((x0 + (x1 - x0) * left / length, y0 + (y1 - y0) * left / length))
            left += step
        left -= length
    return found or [line[len(line) // 2]]
