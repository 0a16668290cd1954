"""A report on paper."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from core.reports import Filed
from pages.briefing import words
from pages.cases.words import date_time
from pages.drill_mark import paper
from pages.messages import text
from pages.offices import Names, offices
from pages.paper import Block, Heading, Paragraph


def sheet(lang: str, zone: ZoneInfo, filed: Filed, names: Names, drill: str = "") -> bytes:
    """The PDF. Raises FontMissing."""
    body = filed.body
    by = f"{filed.by} {filed.seat}".strip()
    head = text(
        lang, "briefing.paper.head", to=offices(lang, names, body.offices), by=by,
        at=date_time(filed.at, zone),
    )  # fmt: skip
    blocks: list[Block] = [Paragraph(head, faint=True), *map(_block, body.text.splitlines())]
    title = words.title(lang, body.title, body.stage, body.number)
    return paper(lang, drill, title, blocks, title)


def _block(line: str) -> Block:
    """A line that begins as the headings of a draft do is one."""
    return Heading(line) if line[:1] in words.NUMERALS and line[1:2] == "、" else Paragraph(line)
