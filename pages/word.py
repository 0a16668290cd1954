"""Documents for Word: the blocks of `pages.paper` in, a DOCX out; maps and charts as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from pages.paper import Block, Drawn, Heading, Linked, Paragraph, Picture, Table, pictures
from pages.paper_colours import PAPER
from pages.paper_words import plain

_FONT = "Microsoft YaHei"
"""As Word names it; where it is not there, one that holds Chinese takes its place."""
_MARGIN, _WIDTH = Mm(18), Mm(174)
_TITLE = 255
"""Letters that a file's own title may have."""
_SIDES = {
    "left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER
}  # fmt: skip


def document(title: str, blocks: Sequence[Block], head: str = "", foot: str = "") -> bytes:
    """A DOCX of these blocks under a title, A4 upright; `head` and `foot` stand on every page.

    Raises FontMissing where the machine cannot draw its pictures.
    """
    paper = _Paper(title, plain(head), plain(foot))
    images = dict(zip(map(id, drawn := _drawn(blocks)), pictures(drawn), strict=True))
    for block in blocks:
        paper.put(block, images.get(id(block)))
    file = BytesIO()
    paper.made.save(file)
    return file.getvalue()


def _drawn(blocks: Sequence[Block]) -> list[Drawn]:
    return [one for one in blocks if not isinstance(one, Heading | Paragraph | Table | Picture)]


class _Paper:
    """One document in the making."""

    def __init__(self, title: str, head: str, foot: str) -> None:
        self.made: Any = docx.Document()
        self.made.core_properties.title = plain(title)[:_TITLE]
        section = self.made.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        for name in ("Normal", "Title", "Heading 1"):
            _dress(self.made.styles[name])
        self.made.styles["Normal"].font.size = Pt(10)
        for part, words, bold in ((section.header, head, True), (section.footer, foot, False)):
            line = part.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            line.add_run(words).bold = bold
        self.made.add_heading(plain(title), 0)

    def put(self, block: Block, image: bytes | None) -> None:
        match block:
            case Heading():
                self.made.add_heading(plain(block.text), 1)
            case Paragraph():
                self._line(block.text, faint=block.faint)
            case Table():
                self._table(block)
            case Picture():
                self._picture(block.image, block.width, block.caption)
            case _:
                self._picture(image or b"", 1.0, getattr(block, "caption", ""))

    def _line(self, words: str, *, faint: bool) -> None:
        run = self.made.add_paragraph().add_run(plain(words))
        if faint:
            run.font.size, run.font.color.rgb = Pt(9), RGBColor(*PAPER.grey)

    def _picture(self, image: bytes, width: float, caption: str) -> None:
        self.made.add_picture(BytesIO(image), width=int(_WIDTH * width))
        if caption:
            self._line(caption, faint=True)

    def _table(self, block: Table) -> None:
        shares = list(block.widths) or [1.0] * len(block.head)
        widths = [int(_WIDTH * share / sum(shares)) for share in shares]
        sides = list(block.align) or ["left"] * len(block.head)
        made = self.made.add_table(rows=1, cols=len(block.head), style="Table Grid")
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _repeat(made.rows[0])
        for number, row in enumerate([block.head, *block.rows]):
            cells = made.rows[0].cells if number == 0 else made.add_row().cells
            for cell, words, width, side in zip(cells, row, widths, sides, strict=True):
                cell.width = width
                line = cell.paragraphs[0]
                line.alignment = _SIDES[side]
                _write(line, words, bold=number == 0)
        self.made.add_paragraph()


def _dress(style: Any) -> None:
    """The same font for Chinese and Latin, in ink."""
    style.font.name, style.font.color.rgb = _FONT, RGBColor(*PAPER.ink)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(kind), _FONT)
    for kind in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme", "w:cstheme"):
        fonts.attrib.pop(qn(kind), None)


def _repeat(row: Any) -> None:
    """At the head of every page that the table runs over."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _write(line: Any, words: str, *, bold: bool) -> None:
    run = line.add_run(plain(words))
    run.font.size, run.bold = Pt(8.5), bold
    if isinstance(words, Linked):
        target = line.part.relate_to(words.href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), target)
        run.font.underline = True
        link.append(run._r)
        line._p.append(link)
