"""演练台账 of a year on its page: how many towns stand how, a line a town, and the year's plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

import dash_mantine_components as dmc
from dash import html

from actions.drill_ledger import Ledger
from core.drill_ledger import Held, State, TownYear
from core.drill_script import Content
from pages.drills import ids
from pages.drills.views import level_words
from pages.messages import DEFAULT, text
from pages.parts import marked
from pages.places.table import Column, table

STATES: tuple[State, ...] = ("done", "planned", "overdue", "unplanned")
"""In the order of the tiles."""
_STEADY = {"pagination": False, "defaultColDef": {"sortable": False, "filter": False, "resizable": True}}


def pane(lang: str) -> list[Any]:
    year = dmc.Select(
        id=ids.LEDGER_YEAR, data=[], size="sm", allowDeselect=False,
        **marked(aria_label=text(lang, "drills.year")),
    )  # fmt: skip
    note = html.P(text(lang, "drills.ledger.rule"), id=ids.LEDGER_NOTE, className="tab-note")
    book = html.A(text(lang, "drills.ledger.book"), id=ids.LEDGER_BOOK, className="reports-act",
                  hidden=True)  # fmt: skip
    button = dmc.Button(text(lang, "drills.ledger.plan"), id=ids.PLAN_YEAR, variant="default")
    write = html.Div(button, id=ids.PLAN_BOX, hidden=True)
    head = html.Div([year, note, book, write], className="drills-filters")
    listed = table(lang, ids.LEDGER, columns(lang), key="town", height="100%", options={"pagination": False})
    return [head, html.Div(id=ids.LEDGER_TILES, className="drills-tiles"), listed]


def _column(lang: str, name: str, least: int, **options: Any) -> Column:
    return Column(name, text(lang, f"drills.ledger.{name}"), least=least, **options)


def columns(lang: str) -> list[Column]:
    """The state is a word with a mark whose colour is its class (static/css/6d-drills.css)."""
    classed = {f"ledger-{one}": f"params.data.code === '{one}'" for one in STATES}
    return [
        _column(lang, "name", 130), _column(lang, "state", 110, options={"cellClassRules": classed}),
        _column(lang, "done", 80, number=True), _column(lang, "next_on", 110),
        _column(lang, "planned", 300, wrap=True), _column(lang, "held", 460, wrap=True),
        _column(lang, "persons", 90, number=True),
    ]  # fmt: skip


def rows(lang: str, of: Ledger) -> list[dict[str, Any]]:
    return [_row(lang, of, one) for one in of.lines]


def _row(lang: str, of: Ledger, one: TownYear) -> dict[str, Any]:
    planned = [
        _line(lang, plan.due_on, plan.name, [text(lang, f"drills.content.{plan.content}")])
        for plan in one.planned
    ]
    return {
        "town": one.town, "name": of.names[one.town], "code": one.state,
        "state": text(lang, f"drills.ledger.state.{one.state}"), "done": one.done,
        "next_on": one.next_on.isoformat() if one.next_on else "", "planned": "\n".join(planned),
        "held": "\n".join(held_words(lang, of, held) for held in one.held),
        "persons": sum(held.participants for held in one.held),
    }  # fmt: skip


def held_words(lang: str, of: Ledger, held: Held) -> str:
    """06-12 防汛演练（综合 · 桌面，12 人，良好 · 84%）; of one that does not count, why."""
    kinds = (f"drills.content.{held.content}", f"drills.form.{held.form}")
    told = [
        " · ".join(text(lang, key) for key in kinds),
        text(lang, "drills.persons", n=held.participants),
        level_words(lang, of.levels.get(held.level), held.share),
        why_not(lang, held),
    ]
    return _line(lang, held.on, held.name, told)


def _line(lang: str, on: date, name: str, told: Sequence[str]) -> str:
    more = ("，" if lang == DEFAULT else ", ").join(one for one in told if one)
    return text(lang, "drills.ledger.line", day=f"{on:%m-%d}", name=name, more=more)


def why_not(lang: str, held: Held) -> str:
    """Why it does not count as the town's drill of the year; "" = it counts."""
    if held.counts:
        return ""
    why = "aborted" if held.aborted else "rehearsal" if held.rehearsal else "single"
    return text(lang, f"drills.ledger.not.{why}")


def tiles(lang: str, of: Ledger) -> list[Any]:
    """How many towns stand how, in words with their colours, and the share that is done."""
    shown = [
        _tile(text(lang, f"drills.ledger.state.{one}"), str(of.counts[one]), f"ledger-{one}")
        for one in STATES
    ]
    share = f"{of.counts['done'] / len(of.lines):.0%}" if of.lines else "—"
    held = {held.realm: held for line in of.lines for held in line.held}
    persons = sum(one.participants for one in held.values())
    return [
        *shown, _tile(text(lang, "drills.ledger.share"), share, ""),
        _tile(text(lang, "drills.ledger.drills"), str(len(held)), ""),
        _tile(text(lang, "drills.ledger.persons"), str(persons), ""),
    ]  # fmt: skip


def _tile(name: str, value: str, kind: str) -> html.Div:
    return html.Div([html.Span(name, className=kind), html.B(value)], className="drills-tile")


# --- the year's plan -------------------------------------------------------------------------------------


def form(lang: str) -> Any:
    """年度计划 to be written, all of it."""
    acts = [
        html.Button(text(lang, f"plans.rows.{act}"), id=ident, className="reports-act")
        for act, ident in (("add", ids.YEAR_ADD), ("remove", ids.YEAR_REMOVE))
    ]
    listed = table(
        lang, ids.YEAR_TABLE, plan_columns(lang, {}), [], key="key", select="one", height="24rem",
        options={**_STEADY, "singleClickEdit": True, "stopEditingWhenCellsLoseFocus": True},
    )  # fmt: skip
    save = html.Div(
        dmc.Button(text(lang, "drills.ledger.save"), id=ids.YEAR_SAVE), className="cases-form-foot"
    )
    said = html.P(id=ids.YEAR_SAID, className="tab-note", role="alert")
    return dmc.Modal(
        [html.Div(acts, className="drills-acts"), listed, said, save], id=ids.YEAR_FORM, opened=False,
        title=text(lang, "drills.ledger.plan"), size="60rem", withinPortal=False, centered=True,
        closeButtonProps={"aria-label": text(lang, "kpi.close")},
    )  # fmt: skip


def plan_columns(lang: str, towns: Mapping[str, str]) -> list[Column]:
    contents = {one: text(lang, f"drills.content.{one}") for one in get_args(Content)}
    return [
        _choice(lang, "town", 150, towns),
        _column(lang, "title", 330, wrap=True, options={"editable": True}),
        _choice(lang, "content", 130, contents),
        _column(lang, "due_on", 140, options={"editable": True, "tooltipField": None}),
    ]  # fmt: skip


def _choice(lang: str, name: str, least: int, choices: Mapping[str, str]) -> Column:
    options = {
        "editable": True, "cellEditor": "agSelectCellEditor", "cellEditorParams": {"values": list(choices)},
        "refData": dict(choices), "tooltipField": None,
    }  # fmt: skip
    return _column(lang, name, least, options=options)


def plan_rows(of: Ledger) -> list[dict[str, Any]]:
    planned = [plan for line in of.lines for plan in line.planned]
    return [
        {"key": str(n), "town": one.town, "title": one.name, "content": one.content,
         "due_on": one.due_on.isoformat()}
        for n, one in enumerate(sorted(planned, key=lambda one: (one.due_on, one.town)))
    ]  # fmt: skip


def planned_of(written: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The year's plan as JSON out of what was written; whether it is one is for the command to tell."""
    names = {"town": "town", "name": "title", "content": "content", "due_on": "due_on"}
    return [{to: str(row.get(name) or "").strip() for to, name in names.items()} for row in written]


def wrong(lang: str, at: Sequence[str | int]) -> str:
    """第 3 条 日期: what cannot be read there."""
    names = {"name": "title"}
    row = next((one for one in at if isinstance(one, int)), 0)
    field = names.get(str(at[-1]), str(at[-1]))
    return text(lang, "drills.ledger.wrong", n=row + 1, field=text(lang, f"drills.ledger.{field}"))
