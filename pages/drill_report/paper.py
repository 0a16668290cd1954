"""A drill's report on paper: what a leader reads first stands first, the course of events last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from core.briefing_model import Item
from core.drill_compare import Compared
from core.drill_facts import Mark
from core.drill_findings import Finding, named
from core.drill_report import Part, Report
from core.drill_score import Measured
from pages.cases.words import date_time
from pages.drill_report import words
from pages.messages import text
from pages.offices import Names, office
from pages.paper import Align, Bars, Block, Heading, Paragraph, Table, document
from pages.words import duration


def sheet(lang: str, zone: ZoneInfo, of: Report, names: Names, today: date) -> bytes:
    """The PDF; `names` are those of the offices that own findings. Raises FontMissing."""
    title = text(lang, "drills.report.title", name=of.title)
    return document(title, blocks(lang, zone, of, names, today), title)


def blocks(lang: str, zone: ZoneInfo, of: Report, names: Names, today: date) -> list[Block]:
    """The report as headings, paragraphs, tables and charts; parts with nothing to say are left out."""
    parts: list[tuple[str, list[Block]]] = [
        ("facts", _said(lang, zone, of.facts)),
        ("summary", [*_said(lang, zone, of.summary), *_objectives(lang, of.objectives)]),
        ("findings", _findings(lang, of.findings, names, today)),
        ("indicators", _indicators(lang, of)),
        ("seats", _seats(lang, of.seats)),
        ("compared", _compared(lang, of.compared)),
        ("marks", _marks(lang, zone, of, of.score.marks)),
        ("course", _course(lang, zone, of)),
    ]
    return [
        block
        for code, inner in parts if inner
        for block in (Heading(text(lang, f"drills.section.{code}")), *inner)
    ]  # fmt: skip


def _said(lang: str, zone: ZoneInfo, items: Iterable[Item]) -> list[Block]:
    return [Paragraph(words.sentence(lang, zone, one)) for one in items]


def _table(
    lang: str, columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float],
    align: Sequence[Align] = (),
) -> list[Block]:  # fmt: skip
    head = [text(lang, f"drills.column.{name}") for name in columns]
    return [Table(head, rows, widths, align, small=True)] if rows else []


def _objectives(lang: str, of: Sequence[Part]) -> list[Block]:
    judged = [one for one in of if one.share is not None]
    if not judged:
        return []
    values = [(one.share or 0.0) * 100 for one in judged]
    shares = [words.percent(one.share) for one in judged]
    return [Bars(text(lang, "drills.section.objectives"), [one.name for one in judged], values, shares)]


def _seats(lang: str, of: Sequence[Part]) -> list[Block]:
    rows = [(one.name, words.percent(one.share), f"{one.met} / {one.judged}") for one in of]
    return _table(lang, ("seat", "share", "met"), rows, (3, 1, 1), ("left", "right", "right"))


def _indicators(lang: str, of: Report) -> list[Block]:
    rows = [_indicator(lang, of, one) for one in of.score.indicators]
    columns = ("inject", "indicator", "seat", "limit", "took", "state")
    align: tuple[Align, ...] = ("right", "left", "left", "right", "right", "left")
    return _table(lang, columns, rows, (0.7, 3, 2, 1.5, 1.5, 2), align)


def _indicator(lang: str, of: Report, one: Measured) -> tuple[str, ...]:
    seat, limit = of.script.seat(one.inject.target), duration(lang, one.indicator.limit_s)
    return (
        str(one.inject.number), one.indicator.name, seat.name if seat else one.inject.target, limit,
        words.took(lang, one), words.state(lang, one),
    )  # fmt: skip


def _compared(lang: str, of: Sequence[Compared]) -> list[Block]:
    """Of indicators that there is something to compare with."""
    rows = [
        (one.measured.indicator.name, words.took(lang, one.measured), words.typical(lang, one.earlier),
         words.typical(lang, one.real))
        for one in of if one.earlier or one.real
    ]  # fmt: skip
    return _table(lang, ("indicator", "took", "earlier", "real"), rows, (3, 1.5, 2, 2))


def _marks(lang: str, zone: ZoneInfo, of: Report, marks: Sequence[Mark]) -> list[Block]:
    rows = [
        (date_time(one.at, zone), named(of.script, one.about), str(one.mark), one.text, one.evaluator)
        for one in marks
    ]
    return _table(lang, ("at", "about", "mark", "said", "evaluator"), rows, (1.6, 2.5, 0.6, 3, 1.2))


def _findings(lang: str, of: Sequence[Finding], names: Names, today: date) -> list[Block]:
    rows = [
        (str(n), words.finding(lang, one), office(lang, names, one.office) if one.office else words.NONE,
         one.due_on.isoformat(), words.finding_state(lang, one, today))
        for n, one in enumerate(of, start=1)
    ]  # fmt: skip
    return _table(lang, ("number", "finding", "owner", "due", "state"), rows, (0.5, 4, 2, 1.3, 1.2))


def _course(lang: str, zone: ZoneInfo, of: Report) -> list[Block]:
    rows = [
        (words.minute(one), date_time(one.at, zone), words.sentence(lang, zone, one.item))
        for one in of.course
    ]
    return _table(lang, ("minute", "at", "course"), rows, (0.8, 1.7, 6), ("right", "left", "left"))
