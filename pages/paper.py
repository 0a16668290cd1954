"""Documents on paper: blocks in, a PDF out, Chinese in an embedded font.

`document(title, blocks)` is all there is to it. Blocks: Heading, Paragraph, Table, Picture, Bars, Ground
(a small map). Pages are A4 upright, dark on white, numbered; a table that runs over a page repeats its head.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from fontTools.ttLib import TTCollection
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableCellFillMode, WrapMode
from fpdf.fonts import FontFace

from core.errors import Refusal
from pages.paper_map import Ground, draw

Align = Literal["left", "right", "center"]

_SYSTEM = Path("/usr/share/fonts")
_FONTS = (
    ("opentype/noto/NotoSansCJK-Regular.ttc", "opentype/noto/NotoSansCJK-Bold.ttc"),
    ("truetype/wqy/wqy-microhei.ttc", "truetype/wqy/wqy-microhei.ttc"),
)
"""Fonts of Debian that hold Chinese and Latin, regular and bold; the first that is there is taken."""
_WANTED = re.compile(r"(CJK SC|Micro Hei|MicroHei)$")
_FAMILY = "zhihui"
_MARGIN_MM = 16.0
_INK, _GREY, _HAIR, _SHADE = (20, 28, 40), (96, 108, 122), (190, 198, 208), (238, 241, 245)
_BAR, _BEFORE = (62, 120, 140), (206, 213, 221)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
_IDEOGRAPHS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# What a font has no shape for is drawn as a box; fpdf says so in the log each time.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class FontMissing(Refusal):
    """params: package."""

    code = "font_missing"


@dataclass(frozen=True, slots=True)
class Heading:
    """A section begins; it never stands alone at the foot of a page."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`widths`: shares of the page, equal without; `align`: one a column, left without. `small`: for many
    columns."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    align: Sequence[Align] = ()
    small: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG; `width`: share of the page's width."""

    image: bytes
    width: float = 1.0
    caption: str = ""


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


def numbers_right(columns: int) -> tuple[Align, ...]:
    """`align` of a table whose first column is words and all others figures."""
    figures: list[Align] = ["right"] * (columns - 1)
    return "left", *figures


Block = Heading | Paragraph | Table | Picture | Bars | Ground


def document(title: str, blocks: Sequence[Block], footer: str = "") -> bytes:
    """A PDF of these blocks under a title; `footer` stands at the foot of every page beside its number.

    Raises FontMissing where the machine has no font with Chinese.
    """
    paper = _Paper(plain(footer))
    paper.begin(plain(title))
    for block in blocks:
        paper.put(block)
    return bytes(paper.output())


def plain(text: str) -> str:
    """Text without what has no shape: control characters, marks of direction."""
    return _CONTROL.sub("", text.replace("\t", " "))


@lru_cache(maxsize=1)
def _fonts() -> tuple[tuple[Path, int], tuple[Path, int]]:
    """File and number in its collection, regular and bold. Raises FontMissing."""
    for regular, bold in _FONTS:
        if (_SYSTEM / regular).is_file():
            strong = _SYSTEM / bold if (_SYSTEM / bold).is_file() else _SYSTEM / regular
            return _numbered(_SYSTEM / regular), _numbered(strong)
    raise FontMissing(package="fonts-noto-cjk")


def _numbered(file: Path) -> tuple[Path, int]:
    """A collection holds the same shapes for several countries: ours is the simplified Chinese one."""
    with TTCollection(str(file), lazy=True) as collection:
        names = [str(font["name"].getDebugName(1)) for font in collection.fonts]
    return file, next((n for n, name in enumerate(names) if _WANTED.search(name)), 0)


def _wrapping(*texts: str) -> WrapMode:
    """Chinese has no spaces to break a line at."""
    return WrapMode.CHAR if any(map(_IDEOGRAPHS.search, texts)) else WrapMode.WORD


class _Paper(FPDF):
    """One document in the making."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        for style, (file, number) in zip(("", "B"), _fonts(), strict=True):
            self.add_font(_FAMILY, style, file, collection_font_number=number)
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(True, _MARGIN_MM + 4)

    def footer(self) -> None:
        """What fpdf puts on each page."""
        self.set_y(-_MARGIN_MM)
        self._ink(8, color=_GREY)
        self.cell(0, 5, self._foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def begin(self, title: str) -> None:
        self.set_title(title)
        self.add_page()
        self._ink(18, "B")
        self.multi_cell(0, 9, title, wrapmode=_wrapping(title), new_x="LMARGIN", new_y="NEXT")
        self.set_draw_color(*_INK)
        self.line(self.l_margin, self.get_y() + 1, self.l_margin + self.epw, self.get_y() + 1)
        self.ln(4)

    def put(self, block: Block) -> None:
        match block:
            case Heading():
                self._heading(plain(block.text))
            case Paragraph():
                self._paragraph(plain(block.text), faint=block.faint)
            case Table():
                self._table(block)
            case Picture():
                self._picture(block)
            case Bars():
                self._bars(block)
            case Ground():
                self._ground(block)

    def _ink(self, size: float, style: Literal["", "B"] = "", color: tuple[int, int, int] = _INK) -> None:
        self.set_font(_FAMILY, style, size)
        self.set_text_color(*color)

    def _room(self, height: float) -> None:
        """A new page unless so much is left of this one."""
        if self.will_page_break(height):
            self.add_page()

    def _heading(self, text: str) -> None:
        self._room(24)
        self.ln(2)
        self._ink(12.5, "B")
        self.multi_cell(0, 7, text, wrapmode=_wrapping(text), new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def _paragraph(self, text: str, *, faint: bool) -> None:
        self._ink(9 if faint else 10, color=_GREY if faint else _INK)
        self.multi_cell(0, 5.4, text, 0, "L", wrapmode=_wrapping(text), new_x="LMARGIN", new_y="NEXT")
        self.ln(1.5)

    def _table(self, block: Table) -> None:
        head = [plain(word) for word in block.head]
        rows = [[plain(cell) for cell in row] for row in block.rows]
        self._ink(8 if block.small else 9)
        self.set_draw_color(*_HAIR)
        self.set_fill_color(255)
        align = [one.upper() for one in block.align] or ["LEFT"] * len(head)
        with self.table(
            rows=[head, *rows],
            col_widths=tuple(block.widths) or (1,) * len(head),
            text_align=tuple(align),
            line_height=4.6 if block.small else 5.2,
            padding=(0.6, 1.2),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            cell_fill_mode=TableCellFillMode.NONE,
            headings_style=FontFace(emphasis="BOLD", fill_color=_SHADE, color=_INK),
            wrapmode=_wrapping(*head, *(cell for row in rows for cell in row)),
        ):
            pass
        self.ln(2.5)

    def _picture(self, block: Picture) -> None:
        self.image(BytesIO(block.image), x=self.l_margin, w=self.epw * block.width)
        self.ln(1)
        if block.caption:
            self._paragraph(plain(block.caption), faint=True)

    def _ground(self, block: Ground) -> None:
        self._room(block.height_mm(self.epw) + 10)
        self._ink(8)
        draw(self, block)
        self._paragraph(plain(block.caption), faint=True)

    def _bars(self, block: Bars) -> None:
        self._room(block.height_mm + 14)
        self._ink(9.5, "B")
        self.cell(0, 6, plain(block.title), new_x="LMARGIN", new_y="NEXT")
        top, foot = self.get_y() + 4, self.get_y() + block.height_mm - 6
        marks = block.marks or [None] * len(block.values)
        most = max([*block.values, *(mark for mark in marks if mark is not None)], default=0.0) or 1.0
        step = self.epw / max(len(block.values), 1)
        rows = zip(block.labels, block.values, block.words, marks, strict=True)
        for number, (label, value, words, mark) in enumerate(rows):
            left = self.l_margin + number * step
            tall, shift = (foot - top) / most, 0.28
            if mark is not None:
                shift = 0.36
                self.set_fill_color(*_BEFORE)
                self.rect(left + step * 0.08, foot - tall * mark, step * 0.28, tall * mark, style="F")
            self._bar(left + step * shift, step * 0.44, foot, tall * value, words)
            self._label(left, step, foot + 1, plain(label))
        self.set_draw_color(*_HAIR)
        self.line(self.l_margin, foot, self.l_margin + self.epw, foot)
        self.set_xy(self.l_margin, foot + 7)

    def _bar(self, left: float, wide: float, foot: float, height: float, words: str) -> None:
        self.set_fill_color(*_BAR)
        self.rect(left, foot - height, wide, height, style="F")
        self._ink(7.5)
        self.set_xy(left, foot - height - 4)
        self.cell(wide, 4, plain(words), align="C")

    def _label(self, left: float, step: float, top: float, label: str) -> None:
        """As much of it as fits."""
        self._ink(7.5, color=_GREY)
        while len(label) > 1 and self.get_string_width(label) > step - 0.5:
            label = label[:-2] + "…" if len(label) > 2 else label[:1]
        self.set_xy(left, top)
        self.cell(step, 4, label, align="C")
