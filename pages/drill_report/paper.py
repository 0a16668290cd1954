"""A drill's report on paper: what a leader reads first stands first, the course of events last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from actions.drill_scenes import Scene
from core.briefing_model import Item
from core.drill_compare import Compared
from core.drill_facts import Mark
from core.drill_findings import named
from core.drill_report import Part, Report
from core.drill_score import Measured
from pages import word
from pages.cases.words import date_time
from pages.drill_report import drawn, words
from pages.drill_report.words import Replay
from pages.messages import text
from pages.offices import Names, office
from pages.paper import Align, Block, Heading, Linked, Paragraph, Table, document
from pages.words import duration


@dataclass(frozen=True, slots=True)
class Sheet:
    """Who reads a report, and what stands beside it: `names` of the offices that own findings, the city's
    day `today`, pictures of the map, and where its lines lead to (None: nowhere)."""

    lang: str
    zone: ZoneInfo
    names: Names
    today: date
    scenes: Sequence[Scene] = ()
    replay: Replay | None = None

    def say(self, key: str, **values: object) -> str:
        return text(self.lang, f"drills.{key}", **values)

    def linked(self, words_: str, at: datetime | None) -> str:
        """Words that lead to the replay of a moment."""
        return Linked(words_, self.replay.at(at)) if self.replay and at else words_


def pdf(by: Sheet, of: Report) -> bytes:
    """Raises FontMissing."""
    title = by.say("report.title", name=of.title)
    return document(title, blocks(by, of), _foot(by, title), by.say("report.across"))


def docx(by: Sheet, of: Report) -> bytes:
    """For Word. Raises FontMissing."""
    title = by.say("report.title", name=of.title)
    return word.document(title, blocks(by, of), by.say("report.headline"), _foot(by, title))


def _foot(by: Sheet, title: str) -> str:
    return f"{by.say('report.headline')} · {title}"


def blocks(by: Sheet, of: Report) -> list[Block]:
    """The report as headings, paragraphs, tables, maps and charts; parts with nothing to say are left out."""
    parts: list[tuple[str, list[Block]]] = [
        ("facts", _said(by, of.facts)),
        ("summary", [*_said(by, of.summary), *drawn.objectives(by.lang, of)]),
        ("scenes", list(drawn.grounds(by.lang, by.zone, by.scenes))),
        ("findings", _findings(by, of)),
        ("indicators", [*drawn.by_seat(by.lang, of), *_indicators(by, of), *drawn.spans(by.lang, of)]),
        ("seats", _seats(by, of.seats)),
        ("compared", [*drawn.beside(by.lang, of), *_compared(by, of.compared)]),
        ("marks", _marks(by, of, of.score.marks)),
        ("course", _course(by, of)),
    ]
    return [
        block
        for code, inner in parts if inner
        for block in (Heading(by.say(f"section.{code}")), *inner)
    ]  # fmt: skip


def _said(by: Sheet, items: Iterable[Item]) -> list[Block]:
    return [Paragraph(words.sentence(by.lang, by.zone, one)) for one in items]


def _table(
    by: Sheet, columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float],
    align: Sequence[Align] = (),
) -> list[Block]:  # fmt: skip
    head = [by.say(f"column.{name}") for name in columns]
    return [Table(head, rows, widths, align, small=True)] if rows else []


def _seats(by: Sheet, of: Sequence[Part]) -> list[Block]:
    rows = [(one.name, words.percent(one.share), f"{one.met} / {one.judged}") for one in of]
    return _table(by, ("seat", "share", "met"), rows, (3, 1, 1), ("left", "right", "right"))


def _indicators(by: Sheet, of: Report) -> list[Block]:
    rows = [_indicator(by, of, one) for one in of.score.indicators]
    columns = ("inject", "indicator", "seat", "limit", "took", "state")
    align: tuple[Align, ...] = ("right", "left", "left", "right", "right", "left")
    return _table(by, columns, rows, (0.7, 3, 2, 1.5, 1.5, 2), align)


def _indicator(by: Sheet, of: Report, one: Measured) -> tuple[str, ...]:
    seat, limit = of.script.seat(one.inject.target), duration(by.lang, one.indicator.limit_s)
    name = by.linked(one.indicator.name, words.happened(one))
    return (
        str(one.inject.number), name, seat.name if seat else one.inject.target, limit,
        words.took(by.lang, one), words.state(by.lang, one),
    )  # fmt: skip


def _compared(by: Sheet, of: Sequence[Compared]) -> list[Block]:
    """Of indicators that there is something to compare with."""
    rows = [
        (one.measured.indicator.name, words.took(by.lang, one.measured), words.typical(by.lang, one.earlier),
         words.typical(by.lang, one.real))
        for one in of if one.earlier or one.real
    ]  # fmt: skip
    return _table(by, ("indicator", "took", "earlier", "real"), rows, (3, 1.5, 2, 2))


def _marks(by: Sheet, of: Report, marks: Sequence[Mark]) -> list[Block]:
    rows = [
        (by.linked(date_time(one.at, by.zone), one.at), named(of.script, one.about), str(one.mark), one.text,
         one.evaluator)
        for one in marks
    ]  # fmt: skip
    return _table(by, ("at", "about", "mark", "said", "evaluator"), rows, (1.6, 2.5, 0.6, 3, 1.2))


def _findings(by: Sheet, of: Report) -> list[Block]:
    rows = [
        (str(n), by.linked(words.finding(by.lang, one), words.moment(of, one)),
         office(by.lang, by.names, one.office) if one.office else words.NONE,
         one.due_on.isoformat(), words.finding_state(by.lang, one, by.today))
        for n, one in enumerate(of.findings, start=1)
    ]  # fmt: skip
    return _table(by, ("number", "finding", "owner", "due", "state"), rows, (0.5, 4, 2, 1.3, 1.2))


def _course(by: Sheet, of: Report) -> list[Block]:
    rows = [
        (by.linked(words.minute(one), one.at), date_time(one.at, by.zone),
         words.sentence(by.lang, by.zone, one.item))
        for one in of.course
    ]  # fmt: skip
    return _table(by, ("minute", "at", "course"), rows, (0.8, 1.7, 6), ("right", "left", "left"))
