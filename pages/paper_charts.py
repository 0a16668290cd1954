"""Charts on paper: bars, parts of a whole, spans of time, and dots beside a limit.

How something went is told by how dark it is and in words, never by a colour of the levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fpdf import FPDF

from pages.paper_colours import Colour, Palette
from pages.paper_words import fitted

Style = Literal["", "B"]
_LABEL_MM, _ROW_MM, _HEAD_MM = 64.0, 4.6, 13.0
_FONT = "zhihui"


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars, one a label, each with its figure in words. `marks`: the same of the time before, as
    a pale bar beside; None where there is none."""

    title: str
    labels: Sequence[str]
    values: Sequence[float]
    words: Sequence[str]
    marks: Sequence[float | None] = ()
    height_mm: float = 46.0


@dataclass(frozen=True, slots=True)
class Parts:
    """Lines that consist of parts, each a number: how many were done, late and missed (`names`)."""

    title: str
    names: Sequence[str]
    labels: Sequence[str]
    parts: Sequence[Sequence[int]]

    @property
    def height_mm(self) -> float:
        return _HEAD_MM + len(self.labels) * (_ROW_MM + 1.4)


@dataclass(frozen=True, slots=True)
class Span:
    """From when something was asked for until it was done (None: never), by when it should have been."""

    label: str
    begin: float
    limit: float
    done: float | None


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of minutes one below the other. `names`: of what is within the limit, done, and beyond it;
    `minutes` a number of minutes in words, with `{n}`."""

    title: str
    names: tuple[str, str, str]
    rows: Sequence[Span]
    minutes: str

    @property
    def height_mm(self) -> float:
        return _HEAD_MM + len(self.rows) * 3.5 + 6


@dataclass(frozen=True, slots=True)
class Dots:
    """Lines with a dot for each of `names`: how long it took as a part of the limit, None = never, or not
    known. Beyond `most` a dot stands at the edge."""

    title: str
    names: Sequence[str]
    labels: Sequence[str]
    values: Sequence[Sequence[float | None]]
    most: float = 2.0

    @property
    def height_mm(self) -> float:
        return _HEAD_MM + len(self.labels) * _ROW_MM + 6


Chart = Bars | Parts | Spans | Dots


def chart(paper: FPDF, block: Chart, colours: Palette) -> None:
    """Draw it at the pen's place; the pen stands below it afterwards."""
    pen = _Pen(paper, colours)
    pen.ink(9.5, "B")
    paper.cell(0, 6, fitted(paper, block.title, paper.epw), new_x="LMARGIN", new_y="NEXT")
    match block:
        case Bars():
            _bars(pen, block)
        case Parts():
            _parts(pen, block)
        case Spans():
            _spans(pen, block)
        case Dots():
            _dots(pen, block)


class _Pen:
    """What the charts have in common."""

    def __init__(self, paper: FPDF, colours: Palette) -> None:
        self.paper, self.colours = paper, colours
        self.left, self.wide = paper.l_margin, paper.epw

    def ink(self, size: float, style: Style = "", colour: Colour | None = None) -> None:
        self.paper.set_font(_FONT, style, size)
        self.paper.set_text_color(*(colour or self.colours.ink))

    def box(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        self.paper.set_fill_color(*colour)
        self.paper.rect(x, y, wide, high, style="F")

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, width: float = 0.2) -> None:
        self.paper.set_draw_color(*colour)
        self.paper.set_line_width(width)
        self.paper.line(x0, y0, x1, y1)

    def words(self, x: float, y: float, text: str, wide: float, align: Literal["L", "C", "R"] = "L") -> None:
        self.paper.set_xy(x, y)
        self.paper.cell(wide, 4, fitted(self.paper, text, wide), align=align)

    def legend(self, names: Sequence[str], colours: Sequence[Colour]) -> None:
        """A line of squares with names; the pen stands below it."""
        x, y = self.left + _LABEL_MM, self.paper.get_y()
        self.ink(7.5, colour=self.colours.grey)
        for name, colour in zip(names, colours, strict=True):
            self.box(x, y + 1, 2.4, 2.4, colour)
            wide = self.paper.get_string_width(name) + 2
            self.words(x + 3.2, y, name, wide)
            x += 3.2 + wide + 3
        self.paper.set_xy(self.left, y + 5.5)

    def label(self, y: float, text: str) -> None:
        self.ink(7.5)
        self.words(self.left, y, text, _LABEL_MM - 2)

    @property
    def dark(self) -> tuple[Colour, Colour, Colour]:
        return self.colours.done, self.colours.late, self.colours.missed

    @property
    def plot(self) -> tuple[float, float]:
        """Where it begins right of the labels, and how wide it is."""
        return self.left + _LABEL_MM, self.wide - _LABEL_MM


# --- bars -----------------------------------------------------------------------------------------------


def _bars(pen: _Pen, block: Bars) -> None:
    top, foot = pen.paper.get_y() + 4, pen.paper.get_y() + block.height_mm - 6
    marks = block.marks or [None] * len(block.values)
    most = max([*block.values, *(mark for mark in marks if mark is not None)], default=0.0) or 1.0
    step, tall = pen.wide / max(len(block.values), 1), (foot - top) / most
    rows = zip(block.labels, block.values, block.words, marks, strict=True)
    for number, (label, value, words, mark) in enumerate(rows):
        left = pen.left + number * step
        shift = 0.28 if mark is None else 0.36
        if mark is not None:
            pen.box(left + step * 0.08, foot - tall * mark, step * 0.28, tall * mark, pen.colours.before)
        pen.box(left + step * shift, foot - tall * value, step * 0.44, tall * value, pen.colours.done)
        pen.ink(7.5)
        pen.paper.set_xy(left + step * shift, foot - tall * value - 4)
        pen.paper.cell(step * 0.44, 4, words, align="C")
        pen.ink(7.5, colour=pen.colours.grey)
        pen.words(left, foot + 1, label, step, "C")
    pen.line(pen.left, foot, pen.left + pen.wide, foot, pen.colours.hair)
    pen.paper.set_xy(pen.left, foot + 7)


# --- parts ----------------------------------------------------------------------------------------------


def _parts(pen: _Pen, block: Parts) -> None:
    pen.legend(block.names, pen.dark)
    left, wide = pen.plot
    most = max((sum(parts) for parts in block.parts), default=0) or 1
    y = pen.paper.get_y()
    for label, parts in zip(block.labels, block.parts, strict=True):
        pen.label(y, label)
        x = left
        for count, colour in zip(parts, pen.dark, strict=True):
            length = (wide - 10) * count / most
            if count:
                pen.box(x, y + 0.4, length - 0.3, _ROW_MM - 1.2, colour)
                pen.ink(7, "B", pen.colours.page)
                pen.words(x, y + 0.1, str(count), length - 0.3, "C")
            x += length
        y += _ROW_MM + 1.4
    pen.paper.set_xy(pen.left, y + 2)


# --- spans ----------------------------------------------------------------------------------------------


def _spans(pen: _Pen, block: Spans) -> None:
    """A pale bar as far as the limit, upon it a dark one until it was done; what is beyond the limit is
    darker; what was never done runs to the edge."""
    pen.legend(block.names, (pen.colours.before, pen.colours.done, pen.colours.missed))
    left, wide = pen.plot
    last = max((max(one.limit, one.done or 0.0) for one in block.rows), default=0.0) or 1.0
    scale, top = (wide - 6) / last, pen.paper.get_y()
    foot = top + len(block.rows) * 3.5
    for minute in _ticks(last):
        x = left + minute * scale
        pen.line(x, top, x, foot, pen.colours.hair, 0.1)
        pen.ink(7, colour=pen.colours.grey)
        pen.words(x - 8, foot + 0.5, block.minutes.format(n=f"{minute:g}"), 16, "C")
    for number, one in enumerate(block.rows):
        y = top + number * 3.5
        _span(pen, one, y, left, scale, last)
    pen.paper.set_xy(pen.left, foot + 6)


def _span(pen: _Pen, one: Span, y: float, left: float, scale: float, last: float) -> None:
    pen.ink(6.5)
    pen.words(pen.left, y - 0.2, one.label, _LABEL_MM - 2)
    pen.box(left + one.begin * scale, y + 0.7, (one.limit - one.begin) * scale, 2.2, pen.colours.before)
    end = last if one.done is None else one.done
    if one.done is not None:
        within = max(min(end, one.limit) - one.begin, last * 0.004)
        pen.box(left + one.begin * scale, y + 1.1, within * scale, 1.4, pen.colours.done)
    if end > one.limit:
        pen.box(left + one.limit * scale, y + 1.1, (end - one.limit) * scale, 1.4, pen.colours.missed)


def _ticks(last: float) -> list[float]:
    """At most eight round numbers from 0 to the last."""
    step = next((one for one in (1, 2, 5, 10, 15, 20, 30, 60, 120, 240) if last / one <= 8), last)
    return [n * step for n in range(int(last / step) + 1)]


# --- dots -----------------------------------------------------------------------------------------------


def _dots(pen: _Pen, block: Dots) -> None:
    """The limit is a line in the middle; each series has its shade, and its place within the row."""
    shades = (pen.colours.done, pen.colours.late, pen.colours.missed)[: len(block.names)]
    pen.legend(block.names, shades)
    left, wide = pen.plot
    top, scale = pen.paper.get_y(), (wide - 4) / block.most
    foot = top + len(block.labels) * _ROW_MM
    for share in (0.0, 0.5, 1.0, 1.5, 2.0):
        x = left + share * scale
        strong = share == 1.0
        colour, width = (pen.colours.grey, 0.4) if strong else (pen.colours.hair, 0.1)
        pen.line(x, top, x, foot, colour, width)
        pen.ink(7, "B" if strong else "", pen.colours.grey)
        edge = "≥ " if share == block.most else ""
        pen.words(x - 10, foot + 0.5, f"{edge}{share:.0%}", 20, "C")
    for number, (label, values) in enumerate(zip(block.labels, block.values, strict=True)):
        y = top + number * _ROW_MM
        pen.label(y, label)
        for value, colour in zip(values, shades, strict=True):
            if value is not None:
                pen.paper.set_fill_color(*colour)
                pen.paper.circle(left + min(value, block.most) * scale, y + 2.1, 1.2, style="F")
    pen.paper.set_xy(pen.left, foot + 6)
