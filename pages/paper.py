"""Documents on paper: blocks in, a PDF out, Chinese in an embedded font.

`document(title, blocks)` is all there is to it; `pictures(blocks)` draws single ones for elsewhere. Blocks:
Heading, Paragraph, Table, Picture, Ground (a small map) and the charts of `pages.paper_charts`. Pages are A4
upright, dark on white, numbered; a table that runs over a page repeats its head.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal

import pypdfium2 as pdfium
from fontTools.ttLib import TTCollection
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TableCellFillMode, WrapMode
from fpdf.fonts import FontFace

from core.errors import Refusal
from pages.paper_charts import Chart, chart
from pages.paper_colours import PAPER, Colour, Palette
from pages.paper_map import Ground, draw
from pages.paper_words import plain

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
_PALE: Colour = (232, 235, 239)
_TALLEST_MM, _DOTS_MM = 420.0, 8.0
"""Of a single picture: how tall it may be, and how many dots a millimetre has."""
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


class Linked(str):
    """A table's cell that leads to an address."""

    href: str

    def __new__(cls, words: str, href: str) -> Linked:
        made = super().__new__(cls, words)
        made.href = href
        return made


def numbers_right(columns: int) -> tuple[Align, ...]:
    """`align` of a table whose first column is words and all others figures."""
    figures: list[Align] = ["right"] * (columns - 1)
    return "left", *figures


Drawn = Ground | Chart
Block = Heading | Paragraph | Table | Picture | Drawn


def document(title: str, blocks: Sequence[Block], footer: str = "", across: str = "") -> bytes:
    """A PDF of these blocks under a title; `footer` stands at the foot of every page beside its number,
    `across` pale behind all that stands on it (演练).

    Raises FontMissing where the machine has no font with Chinese.
    """
    paper = _Paper(plain(footer), plain(across))
    paper.begin(plain(title))
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if isinstance(block, Heading):
            paper.keep_with(after)
        paper.put(block)
    return bytes(paper.output())


def pictures(blocks: Sequence[Drawn], colours: Palette = PAPER) -> list[bytes]:
    """Each block as a PNG in these colours, without its caption. Raises FontMissing."""
    if not blocks:
        return []
    paper = _Paper("", "", colours)
    bare = [replace(block, caption="") if isinstance(block, Ground) else block for block in blocks]
    heights = [paper.alone(block) for block in bare]
    found = []
    with pdfium.PdfDocument(bytes(paper.output())) as opened:
        for page, height in zip(opened, heights, strict=True):
            whole = page.render(scale=_DOTS_MM * 25.4 / 72).to_pil()
            file, (left, right) = BytesIO(), (_MARGIN_MM * _DOTS_MM, whole.width - _MARGIN_MM * _DOTS_MM)
            whole.crop((int(left), 0, int(right), int(height * _DOTS_MM))).save(file, "PNG")
            found.append(file.getvalue())
    return found


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

    def __init__(self, foot: str, across: str = "", colours: Palette = PAPER) -> None:
        super().__init__(format="A4")
        self._foot, self._across, self._colours = foot, across, colours
        for style, (file, number) in zip(("", "B"), _fonts(), strict=True):
            self.add_font(_FAMILY, style, file, collection_font_number=number)
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(True, _MARGIN_MM + 4)

    def header(self) -> None:
        """What fpdf puts on each page before all else."""
        if not self._across:
            return
        self.set_font(_FAMILY, "B", 120)
        self.set_text_color(*_PALE)
        x, y = (self.w - self.get_string_width(self._across)) / 2, self.h / 2
        with self.rotation(40, self.w / 2, y):
            self.text(x, y + 20, self._across)
        self.set_y(self.t_margin)

    def alone(self, block: Drawn) -> float:
        """A page of its own for a block, of the paper's colour; the height that it takes."""
        self.set_auto_page_break(False)
        self.add_page(format=(self.w, _TALLEST_MM))
        self.set_fill_color(*self._colours.page)
        self.rect(0, 0, self.w, self.h, style="F")
        self.set_y(1)
        self.put(block)
        return self.get_y() + 1

    def footer(self) -> None:
        """What fpdf puts on each page."""
        if not self._foot:
            return
        self.set_y(-_MARGIN_MM)
        self._ink(8, color=self._colours.grey)
        self.cell(0, 5, self._foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def begin(self, title: str) -> None:
        self.set_title(title)
        self.add_page()
        self._ink(18, "B")
        self.multi_cell(0, 9, title, wrapmode=_wrapping(title), new_x="LMARGIN", new_y="NEXT")
        self.set_draw_color(*self._colours.ink)
        self.line(self.l_margin, self.get_y() + 1, self.l_margin + self.epw, self.get_y() + 1)
        self.ln(4)

    def keep_with(self, after: Block | None) -> None:
        """A heading stands on the page of what is drawn under it."""
        tall = 0.0
        if isinstance(after, Ground):
            tall = after.height_mm(self.epw)
        elif isinstance(after, Chart):
            tall = after.height_mm
        self._room(tall + 26)

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
            case Ground():
                self._ground(block)
            case _:
                self._room(block.height_mm + 14)
                chart(self, block, self._colours)

    def _ink(self, size: float, style: Literal["", "B"] = "", color: Colour | None = None) -> None:
        self.set_font(_FAMILY, style, size)
        self.set_text_color(*(color or self._colours.ink))

    def _room(self, height: float) -> None:
        """A new page unless so much is left of this one."""
        if self.will_page_break(height):
            self.add_page()

    def _heading(self, text: str) -> None:
        self.ln(2)
        self._ink(12.5, "B")
        self.multi_cell(0, 7, text, wrapmode=_wrapping(text), new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def _paragraph(self, text: str, *, faint: bool) -> None:
        self._ink(9 if faint else 10, color=self._colours.grey if faint else None)
        self.multi_cell(0, 5.4, text, 0, "L", wrapmode=_wrapping(text), new_x="LMARGIN", new_y="NEXT")
        self.ln(1.5)

    def _table(self, block: Table) -> None:
        head = [plain(word) for word in block.head]
        wrapping = _wrapping(*head, *(cell for row in block.rows for cell in row))
        self._ink(8 if block.small else 9)
        self.set_draw_color(*self._colours.hair)
        self.set_fill_color(255)
        align = [one.upper() for one in block.align] or ["LEFT"] * len(head)
        with self.table(
            rows=[head],
            col_widths=tuple(block.widths) or (1,) * len(head),
            text_align=tuple(align),
            line_height=4.6 if block.small else 5.2,
            padding=(0.6, 1.2),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            cell_fill_mode=TableCellFillMode.NONE,
            headings_style=FontFace(emphasis="BOLD", fill_color=self._colours.shade, color=self._colours.ink),
            wrapmode=wrapping,
        ) as table:
            for row in block.rows:
                line = table.row()
                for cell in row:
                    line.cell(plain(cell), link=cell.href if isinstance(cell, Linked) else None)
        self.ln(2.5)

    def _picture(self, block: Picture) -> None:
        self.image(BytesIO(block.image), x=self.l_margin, w=self.epw * block.width)
        self.ln(1)
        if block.caption:
            self._paragraph(plain(block.caption), faint=True)

    def _ground(self, block: Ground) -> None:
        self._room(block.height_mm(self.epw) + 10)
        self._ink(8)
        draw(self, block, self._colours)
        if block.caption:
            self._paragraph(plain(block.caption), faint=True)
