"""A report on paper, or for Word."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from core.reports import Filed
from pages import word
from pages.briefing import words
from pages.cases.words import date_time
from pages.drill_mark import mark, paper
from pages.messages import text
from pages.offices import Names, offices
from pages.paper import Block, Heading, Paragraph

_HEADING = re.compile(rf"[{words.NUMERALS}]、|\d{{1,2}}\. ")
"""How the headings of a draft begin, in Chinese and in English."""


def sheet(lang: str, zone: ZoneInfo, filed: Filed, names: Names, drill: str = "") -> bytes:
    """The PDF. Raises FontMissing."""
    title = _title(lang, filed)
    return paper(lang, drill, title, _blocks(lang, zone, filed, names), title)


def docx(lang: str, zone: ZoneInfo, filed: Filed, names: Names, drill: str = "") -> bytes:
    """The same for Word, to be put into a document of one's own."""
    title = _title(lang, filed)
    return word.document(title, _blocks(lang, zone, filed, names), mark(lang, drill), title)


def _title(lang: str, filed: Filed) -> str:
    return words.title(lang, filed.body.title, filed.body.stage, filed.body.number)


def _blocks(lang: str, zone: ZoneInfo, filed: Filed, names: Names) -> list[Block]:
    head = text(
        lang, "briefing.paper.head", to=offices(lang, names, filed.body.offices),
        by=f"{filed.by} {filed.seat}".strip(), at=date_time(filed.at, zone),
    )  # fmt: skip
    return [Paragraph(head, faint=True), *map(_block, filed.body.text.splitlines())]


def _block(line: str) -> Block:
    return Heading(line) if _HEADING.match(line) else Paragraph(line)
