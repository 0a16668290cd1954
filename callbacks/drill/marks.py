"""评估: marks of evaluators, each pinned to a moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import drill_control, drills
from actions.drill_commands import MarkCommand
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from pages import ids as common
from pages.drill import ids, marks
from pages.messages import text

_FORM = (ids.ABOUT, ids.MARK, ids.WORDS, ids.MOMENT)


def register(registrar: Registrar) -> None:
    drill = State(ids.DRILL, "data")
    registrar.add(
        show,
        [Output(ids.MARKS, "children"), Output(ids.MARK_FORM, "hidden"), Output(ids.ABOUT, "data"),
         Output(ids.MOMENT, "data")],
        [Input(ids.TICK, "data"), Input(ids.TABS, "value")], [drill],
    )  # fmt: skip
    form = [Output(name, "value", allow_duplicate=True) for name in _FORM]
    registrar.add(fill, form, [Input(ids.ASKED, "data")])
    registrar.add(
        mark, [Output(ids.WORDS, "value"), Output(ids.MOMENT, "value")], [Input(ids.MARK_DO, "n_clicks")],
        [*(State(name, "value") for name in _FORM), drill],
        running=[(Output(ids.MARK_DO, "loading"), True, False)],
    )  # fmt: skip


def show(ask: Ask, _tick: Any, tab: str, ident: str) -> list[Any]:
    """What was marked, and what may be; while nobody looks at it nothing is read."""
    if tab != "marks":
        raise PreventUpdate
    of = drill_control.read_marks(ask.services, ask.principal, ident)
    listed = marks.listed(ask.lang, ask.realm, of, ask.principal.name)
    course = marks.course(ask.lang, ask.services.zone, ask.realm, of)
    return [
        [*listed, *course], not of.may, marks.subjects(of.script),
        marks.moments(ask.lang, ask.services.zone, of.course, of.marks),
    ]  # fmt: skip


def fill(_ask: Ask, asked: Mapping[str, Any] | None) -> list[Any]:
    """更正: the same thing and moment again in the form, of which the newer mark counts; or only the moment
    that was pressed in the course, and the inject that it is of."""
    if not asked or asked["do"] not in ("correct", "pin"):
        raise PreventUpdate
    if asked["do"] == "pin":
        return [asked["about"] or no_update, no_update, no_update, asked["seq"]]
    return [asked["about"], asked["mark"], asked["words"], asked["seq"]]


def mark(
    ask: Ask, pressed: int | None, about: str | None, given: str, words: str | None, moment: str | None,
    ident: str,
) -> list[Any]:  # fmt: skip
    """评分."""
    if not pressed:
        raise PreventUpdate
    if not about:
        raise FormIncomplete(field=text(ask.lang, "drill.mark.about"), focus=ids.ABOUT)
    command = MarkCommand(
        about=about, mark=int(given), text=(words or "").strip(), at_seq=int(moment) if moment else None
    )
    drills.mark(ask.services, ask.call(), ident, command)
    set_props(common.NOTICE, {"data": {"kind": "done", "text": text(ask.lang, "drill.mark.done")}})
    return ["", None]
