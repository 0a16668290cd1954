"""A change of shifts on paper: what was handed over, and both signatures."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from core.handover import KINDS, Handover, Signature
from pages.drill_mark import paper
from pages.handover.views import moment
from pages.messages import text
from pages.paper import Block, Heading, Paragraph, Table


def sheet(lang: str, known: Handover, office: str, city: str, zone: ZoneInfo, drill: str = "") -> bytes:
    """The sheet as a PDF. Raises FontMissing."""
    counts = [[text(lang, f"handover.kind.{kind}"), str(known.counts.get(kind, 0))] for kind in KINDS]
    head = [text(lang, "handover.paper.kind"), text(lang, "handover.paper.count")]
    blocks: list[Block] = [
        Paragraph(_when(lang, known, zone), faint=True),
        Heading(text(lang, "handover.paper.unresolved")),
        Table(head, counts, widths=(3, 1), align=("left", "right")),
        Heading(text(lang, "handover.notes")),
        Paragraph(known.notes or text(lang, "handover.no_notes")),
        *_items(lang, known),
        Heading(text(lang, "handover.paper.signed")),
        _signatures(lang, known, zone),
    ]
    return paper(lang, drill, text(lang, "handover.paper.title", office=office), blocks, city)


def _when(lang: str, known: Handover, zone: ZoneInfo) -> str:
    since = moment(known.since, zone) or "—"
    roster = "、".join(known.roster) or "—"
    return text(lang, "handover.paper.when", since=since, until=moment(known.handed.at, zone), roster=roster)


def _items(lang: str, known: Handover) -> list[Block]:
    if not known.items:
        return []
    head = [text(lang, "handover.column.number"), text(lang, "handover.column.note")]
    rows = [[number, note] for _, number, note in known.items]
    return [Table(head, rows, widths=(1, 3))]


def _signatures(lang: str, known: Handover, zone: ZoneInfo) -> Table:
    head = [text(lang, f"handover.paper.{name}") for name in ("role", "name", "seat", "at", "remark")]
    taken = "handover.paper.withdrawn" if known.withdrawn else "handover.paper.taken"
    rows = [
        _signature(lang, "handover.paper.handed", known.handed, zone, ""),
        _signature(lang, taken, known.taken, zone, known.remark or ""),
    ]
    return Table(head, rows, widths=(2, 2, 2, 2, 3))


def _signature(lang: str, role: str, one: Signature | None, zone: ZoneInfo, remark: str) -> list[str]:
    if one is None:
        return [text(lang, role), text(lang, "handover.waiting"), "", "", ""]
    return [text(lang, role), one.name, one.seat, moment(one.at, zone), remark]
