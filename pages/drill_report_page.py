"""总结 of `/drills/ID`: findings and what becomes of them, the report in words, maps and charts beside it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from dash import html

from core.drill_report import Report
from pages.drill_report import findings, ids
from pages.drill_report.paper import Sheet, blocks
from pages.messages import text
from pages.paper import Block, Drawn, Heading, Linked, Paragraph, Table
from pages.places.parts import empty, heading, skeleton


def tab(lang: str) -> html.Div:
    """The page has the drill's realm in `pages.ids.REALM`; filled by callbacks.drill_report."""
    pictures: Any = html.Div(skeleton(), id=ids.PICTURES)
    text_: Any = html.Div(skeleton(), id=ids.TEXT)
    links: Any = html.Div(id=ids.LINKS, className="report-links")
    report = html.Div([html.Section([links, text_]), html.Section(pictures)], className="report-columns")
    return html.Div([*findings.pane(lang), report], className="drill-report")


def links(lang: str, ident: str) -> list[Any]:
    """The report as files."""
    query = urlencode({"lang": lang})
    return [
        html.A(text(lang, f"drills.report.as_{form}"), href=f"/api/v1/drills/{ident}/report.{form}?{query}")
        for form in ("pdf", "docx")
    ]


def shown(by: Sheet, of: Report) -> list[Any]:
    """The report in words and tables; its findings stand above it, its pictures beside it."""
    found = [part for block in blocks(by, of) for part in _shown(block)]
    return [html.H1(by.say("report.title", name=of.title)), *found]


def _shown(block: Block) -> list[Any]:
    match block:
        case Heading():
            return [heading(block.text)]
        case Paragraph():
            return [html.P(block.text)]
        case Table():
            return [_table(block)]
    return []


def _table(block: Table) -> html.Table:
    sides = [*block.align] or ["left"] * len(block.head)
    words = zip(block.head, sides, strict=True)
    head = html.Thead(html.Tr([html.Th(word, className=side) for word, side in words]))
    rows = [
        html.Tr([html.Td(_cell(cell), className=side) for cell, side in zip(row, sides, strict=True)])
        for row in block.rows
    ]
    return html.Table([head, html.Tbody(rows)], className="report-table")


def _cell(cell: str) -> Any:
    return html.A(str(cell), href=cell.href, target="_blank") if isinstance(cell, Linked) else cell


def pictures(lang: str, drawn: Iterable[Drawn], images: Iterable[bytes]) -> list[Any]:
    """Maps and charts, each with its words."""
    shown_ = [_picture(block, image) for block, image in zip(drawn, images, strict=True)]
    return shown_ or [empty(lang, "drills.report.no_pictures")]


def _picture(block: Drawn, image: bytes) -> html.Figure:
    caption: str = getattr(block, "caption", "")
    drawn = html.Img(
        src=f"data:image/png;base64,{base64.b64encode(image).decode()}",
        alt=caption or getattr(block, "title", ""),
    )
    return html.Figure([drawn, *([html.Figcaption(caption)] if caption else [])])
