"""The file of an incident on paper (办件卷宗)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from actions.case_queries import Case
from actions.surroundings import Surroundings
from core.classes import IncidentClass
from pages import card as desk_card
from pages.cases import response, views, words
from pages.drill_mark import paper
from pages.messages import has, text
from pages.offices import office, offices
from pages.paper import Align, Block, Heading, Paragraph, Picture, Table
from pages.paper_map import Ground
from pages.words import LEVELS

Classes = Mapping[str, IncidentClass]


def file(
    lang: str, zone: ZoneInfo, case: Case, classes: Classes, pictures: Sequence[tuple[str, bytes]],
    around: Surroundings, by: str, printed: datetime, drill: str = "",
) -> bytes:  # fmt: skip
    """The PDF: head, the place on a map, what was said, the history of it and of those merged into it, photos
    (name, bytes)."""
    i = case.card.incident
    blocks: list[Block] = [
        Table(
            (text(lang, "cases.paper.what"), text(lang, "cases.paper.is")), _head(lang, zone, case, classes),
            widths=(1, 4),
        ),
        Heading(text(lang, "cases.paper.text")),
        Paragraph(i.text),
        *_supplies(lang, case),
        *(block for one in case.responses for block in response.blocks(lang, zone, one, case.card.offices)),
        Heading(text(lang, "card.timeline")),
        _history(lang, zone, case),
    ]  # fmt: skip
    if around.shapes:
        where = text(lang, "cases.paper.map", place=words.where(i), lon=f"{i.lon:.6f}", lat=f"{i.lat:.6f}")
        blocks[1:1] = [Ground(around, where, text(lang, "cases.paper.scale"))]
    if pictures:
        blocks.append(Heading(text(lang, "cases.photos")))
        blocks += [Picture(image, 0.6, name) for name, image in pictures]
    title = f"{views.title_of(lang, i, classes)} {i.number}"
    foot = text(lang, "cases.paper.foot", number=i.number, by=by, at=words.date_time(printed, zone))
    return paper(lang, drill, title, blocks, foot)


def _head(lang: str, zone: ZoneInfo, case: Case, classes: Classes) -> list[tuple[str, str]]:
    i, names = case.card.incident, case.card.offices
    channel = text(lang, f"channel.{i.channel}") if has(lang, f"channel.{i.channel}") else i.channel
    rows = [
        ("number", i.number),
        ("class", f"{views.class_name(lang, i, classes)} · {LEVELS[i.severity]}"),
        ("place", words.where(i)),
        ("at", f"{words.date_time(i.reported_at, zone)} · {channel}"),
        ("status", f"{text(lang, f'status.{i.status}')} {words.date_time(i.status_since, zone)}"),
        ("owner", office(lang, names, i.owner)),
        ("helpers", offices(lang, names, i.helpers)),
        ("clock", words.due_words(lang, i, zone)),
        ("reporter", i.reporter or ""),
        ("merged", "、".join(one.number for one in case.merged)),
        ("rating", text(lang, f"rating.{i.rating}") if i.rating else ""),
    ]
    return [(_name(lang, name), said) for name, said in rows if said]


def _supplies(lang: str, case: Case) -> list[Block]:
    """物资: what of the stores is reserved for it, and what has gone out to it."""
    promised = case.card.supplies
    if not promised:
        return []
    heads = tuple(text(lang, f"cases.paper.{name}") for name in ("goods", "store", "reserved", "issued"))
    rows = [
        (one.name, one.store_name, f"{one.reserved:g} {one.unit}", f"{one.issued:g} {one.unit}")
        for one in promised
    ]
    align: tuple[Align, ...] = ("left", "left", "right", "right")
    return [Heading(text(lang, "cases.paper.supplies")), Table(heads, rows, (3, 3, 1.4, 1.4), align)]


def _name(lang: str, name: str) -> str:
    key = f"cases.column.{name}"
    return text(lang, key if has(lang, key) else f"cases.of.{name}")


def _history(lang: str, zone: ZoneInfo, case: Case) -> Table:
    heads = tuple(text(lang, f"cases.paper.{name}") for name in ("time", "what", "who"))
    lines = [
        (words.date_time(line["occurred_at"], zone), _said(lang, case, line), desk_card.by_whom(lang, line))
        for line in case.card.timeline
    ]
    return Table(heads, lines, widths=(1.4, 5, 1), small=True)


def _said(lang: str, case: Case, line: desk_card.Line) -> str:
    of = f"[{line['of']}] " if line.get("of") else ""
    quoted = desk_card.quoted(line)
    return f"{of}{desk_card.said_of(lang, line, case.card.offices)}{f'：{quoted}' if quoted else ''}"
