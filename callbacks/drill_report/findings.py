"""问题与整改: the list of one drill or of all, and the form of each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from dash import ALL, Input, Output, State, callback_context, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import drill_findings
from actions import drill_findings_reading as reading
from actions.drill_findings_commands import COMMANDS, ProposeCommand
from actions.drill_reports import read_report
from actions.offices import names_of
from actions.unit_of_work import Answer, Call
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.drill import PREFIX, is_drill
from pages import ids as common
from pages.drill_report import findings, ids
from pages.drill_report.paper import Sheet
from pages.drill_report.words import Replay, finding
from pages.messages import text
from pages.offices import office

_TIERS = (0, 1)
"""Of the grids: counties and towns."""
Asked = Mapping[str, Any]


def register(registrar: Registrar) -> None:
    registrar.add(
        show,
        [Output(ids.FINDINGS, "children"), Output(ids.NOTE, "children"), Output(ids.OWN, "hidden")],
        [Input(ids.DONE, "data"), Input(ids.STATE, "value")], prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        begin,
        [Output(ids.FORM, "opened"), Output(ids.ASKED, "data"), Output(ids.HEAD, "children"),
         Output(ids.WORDS, "value"), Output(ids.WORDS, "display"), Output(ids.OFFICE, "data"),
         Output(ids.OFFICE, "value"), Output(ids.OFFICE, "display"), Output(ids.DUE, "value"),
         Output(ids.DUE, "display")],
        [Input(ids.move(ALL, ALL), "n_clicks"), Input(ids.OWN, "n_clicks")],
    )  # fmt: skip
    registrar.add(
        do, [Output(ids.FORM, "opened", allow_duplicate=True), Output(ids.DONE, "data")],
        [Input(ids.DO, "n_clicks")],
        [State(ids.ASKED, "data"), State(ids.WORDS, "value"), State(ids.OFFICE, "value"),
         State(ids.DUE, "value")],
        running=[(Output(ids.DO, "loading"), True, False)],
    )  # fmt: skip


def _ident(ask: Ask) -> str:
    return ask.realm.removeprefix(PREFIX)


def show(ask: Ask, _done: int | None, state: str) -> list[Any]:
    """Those of the drill whose page it is, else of all drills as they stand."""
    services, by = ask.services, ask.principal
    if is_drill(ask.realm):
        of = read_report(services, by, _ident(ask))
        found = reading.of_drill(services, by, _ident(ask))
        sheet = _sheet(ask, [one.office for one in of.findings])
        rest = findings.proposals(sheet, of, found)
        listed = [findings.listed(sheet, found, of)] if found or not rest else []
        note, may = text(ask.lang, "finding.count", n=len(of.findings)), reading.may_propose
        return [[*listed, *rest], note, not may(services, by, _ident(ask))]
    found = reading.listed(services, by, state)
    sheet = _sheet(ask, [one.finding.office for one in found])
    return [findings.listed(sheet, found), text(ask.lang, "finding.count", n=len(found)), True]


def _sheet(ask: Ask, offices: list[str]) -> Sheet:
    names = names_of(ask.services.reference, offices)
    replay = Replay(ask.realm, ask.lang)
    return Sheet(ask.lang, ask.services.zone, names, reading.today(ask.services), replay=replay)


def begin(ask: Ask, _moves: list[int | None], _own: int | None) -> list[Any]:
    """The form of a step, with what is known."""
    pressed = callback_context.triggered_id
    if not pressed or not callback_context.triggered[0]["value"]:
        raise PreventUpdate
    verb = "own" if pressed == ids.OWN else pressed["verb"]
    asked: dict[str, Any] = {"verb": verb, "id": "", "version": None}
    head, words, whose, due = text(ask.lang, "finding.own"), "", None, None
    if verb != "own":
        told, _ = reading.read(ask.services, ask.principal, pressed["id"])
        one = told.finding
        asked |= {"id": one.id, "version": one.version, "said": finding(ask.lang, one)}
        what = text(ask.lang, f"finding_move.{verb}")
        head = text(ask.lang, "finding.head", verb=what, text=finding(ask.lang, one))
        words = finding(ask.lang, one) if verb == "take_up" else ""
        whose, due = one.office or None, one.due_on.isoformat()
    wanted = findings.FIELDS[verb]
    shown = {name: "block" if name in wanted else "none" for name in ("words", "office", "due")}
    choices = _choices(ask, whose) if "office" in wanted else no_update
    return [True, asked, head, words, shown["words"], choices, whose, shown["office"], due, shown["due"]]


def _choices(ask: Ask, known: str | None) -> list[dict[str, str]]:
    """Desks of counties and towns, the city's departments, and whose it is now."""
    areas = ask.services.reference.areas()
    desks = [f"@{row.code}" for tier in _TIERS for row in areas.tier(tier)]
    departments = [f"{code}@" for code in ask.services.reference.departments()]
    offices = dict.fromkeys([*([known] if known else []), "@", *departments, *desks])
    names = names_of(ask.services.reference, offices)
    return [{"value": one, "label": office(ask.lang, names, one)} for one in offices]


def do(
    ask: Ask, pressed: int | None, asked: Asked | None, words: str | None, whose: str | None, due: str | None
) -> list[Any]:
    """Take the step. Somebody else's since is told."""
    if not pressed or not asked:
        raise PreventUpdate
    verb, said = asked["verb"], (words or "").strip()
    if not said and "words" in findings.FIELDS[verb]:
        raise FormIncomplete(field=text(ask.lang, "finding.words"), focus=ids.WORDS)
    if not whose and verb == "own":
        raise FormIncomplete(field=text(ask.lang, "drills.column.owner"), focus=ids.OFFICE)
    answer = _act(ask, asked, said, whose, date.fromisoformat(due[:10]) if due else None)
    told = text(ask.lang, "finding.done", verb=text(ask.lang, f"finding_move.{verb}"))
    set_props(common.NOTICE, {"data": {"kind": "done", "text": told}})
    return [False, answer["seq"]]


def _act(ask: Ask, asked: Asked, words: str, whose: str | None, due: date | None) -> Answer:
    """Findings are live's, whose page it ever is."""
    verb, call = asked["verb"], Call(ask.principal, if_match=asked["version"])
    if verb == "own":
        own = ProposeCommand(title=words, office=whose or "@", due_on=due)
        return drill_findings.propose(ask.services, replace(call, if_match=None), _ident(ask), own)
    own_words = words if words != asked["said"] else None
    said = {"title": own_words} if verb == "take_up" else {"text": words}
    given = {"words": said, "office": {"office": whose}, "due": {"due_on": due}}
    values = {name: value for field in findings.FIELDS[verb] for name, value in given[field].items()}
    command = COMMANDS[verb].model_validate(values)
    return drill_findings.act(ask.services, call, asked["id"], verb, command)
