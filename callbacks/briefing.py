"""The ways in of `/briefing/ID`: what was sent, the draft, sending it, and the losses of towns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ALL, Input, Output, State, no_update, set_props

from actions import briefing, case_queries
from actions.briefing import TOWN, FileCommand, LossesCommand
from actions.offices import names_of
from actions.queries import read_incident
from callbacks.registrar import Ask, Registrar
from core.linkage_model import Linkage
from core.permissions import covers, prefixes
from pages import ids as common
from pages.briefing import ids, views, words
from pages.messages import text
from pages.offices import office

_CITY = "@"


def register(registrar: Registrar) -> None:
    """All callbacks of the page."""
    of, tick, done = State(ids.LINKAGE, "data"), Input(ids.TICK, "data"), Input(ids.DONE, "data")
    registrar.add(
        show, [Output(name, "children") for name in (ids.HEAD, ids.FILED, ids.WRITING, ids.LOSSES)],
        [tick, done], [of], prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        draft,
        [Output(ids.TEXT, "value"), Output(ids.STAGE, "data"), Output(ids.COVERS, "data"),
         Output(ids.SEND, "disabled"), Output(ids.TASK, "data"), Output(ids.TASK, "value")],
        [Input(ids.AGAIN, "n_clicks"), done], [of], prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        choices, [Output(ids.TO, "data"), Output(ids.TO, "value"), Output(ids.AREA, "data")],
        [Input(ids.LINKAGE, "data")], prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        send, [Output(ids.DONE, "data", allow_duplicate=True)], [Input(ids.SEND, "n_clicks")],
        [of, State(ids.STAGE, "data"), State(ids.COVERS, "data"), State(ids.TEXT, "value"),
         State(ids.TO, "value"), State(ids.TASK, "value")],
        running=[(Output(ids.SEND, "loading"), True, False)],
    )  # fmt: skip
    registrar.add(
        fields, [Output(ids.FIGURES, "children"), Output(ids.TELL, "disabled")],
        [Input(ids.AREA, "value")], [of], prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        tell, [Output(ids.DONE, "data", allow_duplicate=True), Output(ids.REMARK, "value")],
        [Input(ids.TELL, "n_clicks")],
        [of, State(ids.AREA, "value"), State(ids.figure(ALL), "value"), State(ids.figure(ALL), "id"),
         State(ids.REMARK, "value")],
        running=[(Output(ids.TELL, "loading"), True, False)],
    )  # fmt: skip


def show(ask: Ask, _tick: Any, _done: Any, ident: str) -> Any:
    """What was reported, what is due, and what was lost."""
    found = briefing.read_reports(ask.services, ask.principal, ask.realm, ident)
    lost = briefing.read_losses(ask.services, ask.principal, ask.realm, found.linkage.incident)
    told = [one for report in found.filed for one in report.body.offices]
    names = names_of(ask.services.reference, [found.linkage.commander, *told])
    zone, own = ask.services.zone, _own(ask, found.linkage)
    return [
        views.head(ask.lang, zone, found.linkage, names),
        views.filed(ask.lang, zone, found, names, ask.realm),
        views.writing(ask.lang, zone, found.due, ask.services.now_in(ask.realm), own=own),
        views.losses(ask.lang, zone, lost),
    ]


def draft(ask: Ask, _pressed: int | None, _done: Any, ident: str) -> Any:
    """The report that is next, as the log has it; nothing to write after the 终报, nor for who only reads."""
    if not _own(ask, briefing.read_reports(ask.services, ask.principal, ask.realm, ident).linkage):
        return "", None, None, True, [], None
    found = briefing.draft(ask.services, ask.principal, ask.realm, ident)
    if found.due is None:
        return "", None, None, True, [], None
    names = names_of(ask.services.reference, words.offices_of(found))
    open_ones = [one for one in found.tasks if one.reports and covers(ask.principal, one.owner)]
    tasks = [{"value": one.id, "label": one.title} for one in open_ones]
    written = words.as_text(ask.lang, ask.services.zone, found, names)
    return written, found.stage, found.seq, False, tasks, tasks[0]["value"] if tasks else None


def _own(ask: Ask, of: Linkage) -> bool:
    return briefing.may_write(ask.services, ask.principal, ask.realm, of)


def choices(ask: Ask, ident: str) -> Any:
    """Offices to report to, the city's command centre first; the towns of the asker's area."""
    of = briefing.read_reports(ask.services, ask.principal, ask.realm, ident).linkage
    incident = read_incident(ask.services, ask.principal, ask.realm, of.incident)
    found = case_queries.office_choices(ask.services, incident)
    names = {one.code: one.name for one in found}
    to = [{"value": code, "label": office(ask.lang, names, code)} for code in names]
    areas = ask.services.reference.areas().by_code.values()
    own = [one for one in areas if one.tier == TOWN and ask.principal.area in prefixes(one.code)]
    return to, [_CITY], [{"value": one.code, "label": one.name} for one in own]


def send(
    ask: Ask, pressed: int | None, ident: str, stage: str | None, covers: int | None, written: str | None,
    to: Sequence[str] | None, task: str | None,
) -> Any:  # fmt: skip
    """报送"""
    if not pressed or stage is None:
        return no_update
    given = {"stage": stage, "covers": covers, "text": written or "", "to": to or (), "task": task}
    command = FileCommand.model_validate(given)
    answer = briefing.file_report(ask.services, ask.call(), ident, command)
    _notice(text(ask.lang, "briefing.done", stage=text(ask.lang, f"situation.{stage}"), n=answer["number"]))
    return [answer["seq"]]


def fields(ask: Ask, area: str | None, ident: str) -> Any:
    """The figures that a town told before, to be brought up to date."""
    of = briefing.read_reports(ask.services, ask.principal, ask.realm, ident).linkage
    found = briefing.read_losses(ask.services, ask.principal, ask.realm, of.incident)
    if not area:
        return [], True
    told: Mapping[str, float] = next((one.figures for one in found.areas if one.area == area), {})
    return views.figures(ask.lang, found.fields, told), False


def tell(
    ask: Ask, pressed: int | None, ident: str, area: str | None, values: Sequence[Any],
    named: Sequence[Mapping[str, Any]], remark: str | None,
) -> Any:  # fmt: skip
    """灾情报送; a field left empty is not told."""
    if not pressed or not area:
        return no_update
    of = briefing.read_reports(ask.services, ask.principal, ask.realm, ident).linkage
    pairs = zip(named, values, strict=True)
    told = {str(name["code"]): value for name, value in pairs if value not in ("", None)}
    command = LossesCommand.model_validate({"area": area, "figures": told, "remark": remark or ""})
    answer = briefing.report_losses(ask.services, ask.call(), of.incident, command)
    _notice(text(ask.lang, "briefing.told"))
    return answer["seq"], ""


def _notice(said: str) -> None:
    set_props(common.NOTICE, {"data": {"kind": "done", "text": said}})
