"""评估: what was marked, of which moment, and what may be marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html

from actions.drill_control import Marked
from core.drill_facts import Mark
from core.drill_report import Moment
from core.drill_script import Script
from pages.drill import words
from pages.drill_report.words import minute, sentence
from pages.messages import text
from pages.parts import marked
from pages.places.parts import empty, heading

COLUMNS = ("moment", "about", "given", "words", "who")


def listed(lang: str, realm: str, of: Marked, own: str) -> list[Any]:
    """What was marked, in the order of the moments; one's `own` may be corrected."""
    head = heading(text(lang, "drill.marks"), html.Span(text(lang, "drill.marks.count", n=len(of.marks))))
    if not of.marks:
        return [head, empty(lang, "drill.marks.none")]
    titles = [html.Th(text(lang, f"drill.mark.{name}")) for name in COLUMNS]
    rows = [_row(lang, realm, of, one, mine=of.may and one.evaluator == own) for one in of.marks]
    table = html.Table(
        [html.Thead(html.Tr([*titles, html.Th()])), html.Tbody(rows)], className="drill-injects drill-marks"
    )
    return [head, table]


def _row(lang: str, realm: str, of: Marked, one: Mark, *, mine: bool) -> html.Tr:
    spot = marked(
        data_do="correct",
        data_about=one.about,
        data_mark=str(one.mark),
        data_words=one.text,
        data_seq=str(one.at_seq),
    )
    correct = [html.Button(text(lang, "drill.mark.correct"), className="plain", **spot)] if mine else []
    at = html.A(words.elapsed(of.began, one.at), href=replay(lang, realm, one.at), target="_blank")
    cells = (at, words.about(of.script, one.about), str(one.mark), one.text, one.evaluator, correct)
    return html.Tr([html.Td(cell) for cell in cells])


def replay(lang: str, realm: str, at: datetime) -> str:
    """The replay, standing at a moment."""
    return "/replay?" + urlencode({"realm": realm, "at": at.isoformat(), "lang": lang})


def course(lang: str, zone: ZoneInfo, realm: str, of: Marked) -> list[Any]:
    """经过, the newest first: each line leads to the replay, and may be what a mark is pinned to."""
    told = [one for one in of.course if one.item.code != "mark"]
    lines = [_line(lang, zone, realm, one, may=of.may) for one in reversed(told)]
    return [heading(text(lang, "drill.course")), html.Ol(lines, className="drill-course")]


def _line(lang: str, zone: ZoneInfo, realm: str, one: Moment, *, may: bool) -> html.Li:
    said = sentence(lang, zone, one.item)
    at = html.A(minute(one), href=replay(lang, realm, one.at), target="_blank")
    spot = marked(data_do="pin", data_seq=str(one.seq), data_about=str(one.item.values.get("n", "")))
    pin = [html.Button(text(lang, "drill.mark.pin"), className="plain", **spot)] if may else []
    return html.Li([at, html.Span(said), *pin])


def subjects(script: Script) -> list[dict[str, str]]:
    """What may be marked: objectives, then injects."""
    codes = [one.code for one in script.objectives] + [str(one.number) for one in script.injects]
    return [{"value": code, "label": words.about(script, code)[:90]} for code in codes]


def moments(
    lang: str, zone: ZoneInfo, course: Sequence[Moment], marks: Sequence[Mark]
) -> list[dict[str, str]]:
    """Places of the course that a mark may be pinned to, the newest first."""
    known = {str(one.at_seq): text(lang, "drill.mark.place", seq=one.at_seq) for one in marks}
    known |= {
        str(one.seq): f"{minute(one)} {sentence(lang, zone, one.item)}"[:90]
        for one in course
        if one.item.code != "mark"
    }
    return [{"value": seq, "label": known[seq]} for seq in sorted(known, key=int, reverse=True)]
