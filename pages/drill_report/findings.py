"""问题与整改 as a list: what was amiss, who mends it until when, how far that is, and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import dcc, html

from actions.drill_findings_reading import FILTERS, Told
from core.drill import PREFIX
from core.drill_findings import Finding, overdue
from core.drill_report import Report
from pages.drill_report import ids, words
from pages.drill_report.paper import Sheet
from pages.messages import text
from pages.offices import office
from pages.places.parts import empty, heading, skeleton

FIELDS: Mapping[str, tuple[str, ...]] = {
    "own": ("words", "office", "due"),
    "take_up": ("words", "office", "due"),
    "assign": ("office", "due", "words"),
    "drop": ("words",),
    "note": ("words",),
    "revise": (),
    "close": ("words",),
    "reopen": ("words", "due"),
}
"""What each step asks."""
PRIMARY = ("take_up", "close")


def pane(lang: str, *, every: bool = False) -> list[Any]:
    """The list with its form; of `every` drill with a choice of how they stand."""
    title = text(lang, "drills.section.findings")
    states: Any = dmc.SegmentedControl(
        id=ids.STATE, value="open", size="sm",
        data=[{"value": one, "label": text(lang, f"finding.show.{one}")} for one in FILTERS],
    )  # fmt: skip
    own: Any = html.Button(text(lang, "finding.own"), id=ids.OWN, className="plain", hidden=True)
    note = html.Span(id=ids.NOTE, role="status")
    return [
        dcc.Store(id=ids.DONE), dcc.Store(id=ids.ASKED), heading(title, note, own),
        html.Div(states, hidden=not every), html.Div(skeleton(), id=ids.FINDINGS), _form(lang),
    ]  # fmt: skip


def _form(lang: str) -> Any:
    fields: list[Any] = [
        html.Div(id=ids.HEAD),
        dmc.Textarea(id=ids.WORDS, label=text(lang, "finding.words"), autosize=True, minRows=2, maxRows=8),
        dmc.Select(
            id=ids.OFFICE, label=text(lang, "drills.column.owner"), data=[], searchable=True, limit=100,
            nothingFoundMessage=text(lang, "measures.nothing"),
        ),
        dmc.DateInput(
            id=ids.DUE, label=text(lang, "drills.column.due"), valueFormat="YYYY-MM-DD",
            popoverProps={"withinPortal": False},
        ),
    ]  # fmt: skip
    do = html.Div(dmc.Button(text(lang, "finding.do"), id=ids.DO), className="cases-form-foot")
    return dmc.Modal(
        [html.Div(fields, className="cases-form"), do], id=ids.FORM, opened=False, size="40rem",
        title=text(lang, "drills.section.findings"), withinPortal=False, centered=True,
        closeButtonProps={"aria-label": text(lang, "kpi.close")},
    )  # fmt: skip


def listed(by: Sheet, found: Sequence[Told], of: Report | None = None) -> Any:
    """`of`: the report of the drill whose they are; without it each names its drill."""
    if not found:
        return empty(by.lang, "finding.none" if of else "finding.none.of_state")
    return html.Ol([_row(by, one, of) for one in found], className="findings")


def _row(by: Sheet, told: Told, of: Report | None) -> html.Li:
    one = told.finding
    late = overdue(one, by.today)
    state = html.Span(words.finding_state(by.lang, one, by.today), className=f"finding-state {one.state}")
    said = html.Div([html.Strong(words.finding(by.lang, one)), *_where(by, one, of)])
    whose = office(by.lang, by.names, one.office) if one.office else words.NONE
    due = text(by.lang, "finding.due", day=one.due_on.isoformat())
    owner = html.Div([html.Span(whose), html.Small(due, className="late" if late else "")])
    buttons = [
        html.Button(
            text(by.lang, f"finding_move.{verb}"), id=ids.move(one.id, verb), className=_press(verb)
        )
        for verb in told.verbs
    ]  # fmt: skip
    return html.Li([state, said, owner, html.Div(buttons, className="finding-moves")], className=one.state)


def _press(verb: str) -> str:
    return "act primary" if verb in PRIMARY else "plain"


def _where(by: Sheet, one: Finding, of: Report | None) -> list[Any]:
    """Its drill and moment, what was said last and by whom, and the plan's version that answers it."""
    ident, query = one.drill.removeprefix(PREFIX), urlencode({"lang": by.lang})
    parts: list[Any] = [] if of else [html.A(one.drill_name, href=f"/drills/{ident}?{query}")]
    at = words.moment(of, one) if of else None
    if of and at and by.replay:
        parts.append(html.A(text(by.lang, "finding.replay"), href=by.replay.at(at), target="_blank"))
    if one.revision:
        said = text(by.lang, "finding.revision", plan=one.plan, version=one.revision)
        parts.append(html.A(said, href=f"/plans/{one.plan}?{query}"))
    if one.said:
        parts.append(html.Span(text(by.lang, "finding.said", by=one.by, text=one.said)))
    return [html.Small([part for one_ in parts for part in (one_, "  ")], className="finding-where")]


def proposals(by: Sheet, of: Report, known: Sequence[Told]) -> list[Any]:
    """What the score suggests of a rehearsal, whose findings nobody follows."""
    keys = {one.finding.key for one in known}
    left = [Told(one, ()) for one in of.findings if one.key not in keys]
    return [listed(by, left, of)] if left else []
