"""The desk's ways in: show the selected incident, dispatch, act on it and on its assignments, report."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import advice as advising
from actions import assignments, dispatch, incidents
from actions.commands import DispatchCommand, Location, ReportCommand
from actions.queries import Card, incident_card
from callbacks.errors import NothingPicked, NothingSelected, WordsMissing
from callbacks.registrar import Ask, Registrar
from core.errors import UnitBusy, UnitOffDuty
from core.workflow import next_step
from pages import advice, card, ids
from pages.messages import text

CHANNEL = "desk"
CARD_OUTPUTS = (
    Output(ids.CARD_PANE, "className"),
    Output(ids.CARD_TOP, "children"),
    Output(ids.ADVICE_HEAD, "children"),
    Output(ids.ADVICE_LIST, "children"),
    Output(ids.CARD_UNITS, "children"),
    Output(ids.CARD_ACTS, "children"),
    Output(ids.CARD_TIMELINE, "children"),
    Output(ids.PICKED, "data"),
)


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the desk."""
    selection = State(ids.SELECTION, "data")
    registrar.add(show, CARD_OUTPUTS, [Input(ids.SELECTION, "data")], [State(ids.PICKED, "data")])
    registrar.add(
        commit,
        [Output(ids.PICKED, "data", allow_duplicate=True)],
        [Input(ids.COMMIT_DISPATCH, "n_clicks")],
        [State(ids.PICKED, "data"), selection],
        running=[(Output(ids.COMMIT_DISPATCH, "disabled"), True, False)],
    )
    registrar.add(
        act,
        [Output(ids.WORD, "value")],
        [Input(ids.verb(ALL), "n_clicks")],
        [selection, State(ids.WORD, "value")],
    )
    registrar.add(
        step,
        [Output(ids.WORD, "value", allow_duplicate=True)],
        [Input(ids.step(ALL, ALL), "n_clicks")],
        [State(ids.WORD, "value")],
    )
    registrar.add(
        report,
        [Output(ids.REPORT_TEXT, "value"), Output(ids.REPORT_ADDRESS, "value")],
        [Input(ids.REPORT_SUBMIT, "n_clicks")],
        [
            State(ids.DRAFT, "data"),
            State(ids.REPORT_CLASS, "value"),
            State(ids.REPORT_SEVERITY, "value"),
            State(ids.REPORT_TEXT, "value"),
            State(ids.REPORT_ADDRESS, "value"),
        ],
        running=[(Output(ids.REPORT_SUBMIT, "disabled"), True, False)],
    )
    _register_in_browser(app)


def _register_in_browser(app: Any) -> None:
    """What needs no server: picking units, the button's words, toasts, the list of classes."""
    rows = ids.advice(ALL)
    app.clientside_callback(
        ClientsideFunction("zhihui", "pick"),
        Output(ids.PICKED, "data", allow_duplicate=True),
        Input(rows, "n_clicks"),
        State(ids.PICKED, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("zhihui", "picked"),
        Output(rows, "className"),
        Output(ids.COMMIT_LABEL, "children"),
        Input(ids.PICKED, "data"),
        State(rows, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("zhihui", "notice"), Output(ids.TOAST, "title"), Input(ids.NOTICE, "data")
    )
    app.clientside_callback(
        ClientsideFunction("zhihui", "classes"), Output(ids.REPORT_CLASS, "options"), Input(ids.LANG, "data")
    )
    app.clientside_callback(
        ClientsideFunction("zhihui", "draft"), Output(ids.REPORT_PLACE, "children"), Input(ids.DRAFT, "data")
    )


# -- the card -------------------------------------------------------------------------------------------


def show(ask: Ask, selection: dict[str, Any] | None, picked: list[str] | None) -> tuple[Any, ...]:
    """The card of the selected incident, with advice where units may be sent."""
    if not selection:
        return ("card-pane no-card", *[no_update] * (len(CARD_OUTPUTS) - 1))
    ident = str(selection["incident"])
    found = incident_card(ask.services, ask.principal, ask.realm, ident)
    offers = _offers(ask, found, ident)
    chosen = _chosen(found, offers, picked)
    zone = ask.services.zone
    return (
        _pane(found),
        card.top(ask.lang, zone, found, ask.services.reference.classes().get(found.incident.class_code)),
        advice.head(ask.lang, offers),
        advice.rows(ask.lang, offers, chosen),
        card.units(ask.lang, zone, found),
        card.acts(ask.lang, found, next_step(found.incident)),
        card.timeline(ask.lang, zone, found),
        no_update if chosen == picked else chosen,
    )


def _offers(ask: Ask, found: Card, ident: str) -> list[dict[str, Any]]:
    if "dispatch" not in found.verbs:
        return []
    units: list[dict[str, Any]] = advising.advise(ask.services, ask.principal, ask.realm, ident, k=6)["units"]
    return units


def _chosen(found: Card, offers: list[dict[str, Any]], picked: list[str] | None) -> list[str]:
    """What stays picked when the card is drawn again; the best unit when nobody is on it yet."""
    names = [offer["unit"] for offer in offers]
    if picked is not None:
        return [unit for unit in picked if unit in names]
    return [] if found.incident.units else names[:1]


def _pane(found: Card) -> str:
    """The pane's class: whether units may be sent, and whether that is what comes next."""
    if "dispatch" not in found.verbs:
        return "card-pane no-advice"
    return "card-pane" if next_step(found.incident) in ("accept", "dispatch") else "card-pane reinforce"


# -- acts -----------------------------------------------------------------------------------------------


def commit(ask: Ask, pressed: int | None, picked: list[str] | None, selection: dict[str, Any] | None) -> Any:
    """派遣: send the picked units; a conflict names the holder and draws the advice anew."""
    if not pressed:
        raise PreventUpdate
    if not selection:
        raise NothingSelected()
    if not picked:
        raise NothingPicked()
    try:
        answer = dispatch.dispatch(
            ask.services, ask.call(), str(selection["incident"]), DispatchCommand(units=tuple(picked))
        )
    except (UnitBusy, UnitOffDuty):
        set_props(ids.SELECTION, {"data": {**selection, "again": pressed}})
        raise
    _done(text(ask.lang, "done.dispatch", n=len(answer["assignments"])))
    return []


def act(ask: Ask, presses: list[int | None], selection: dict[str, Any] | None, words: str | None) -> Any:
    """One verb on the selected incident, with the words of the text field where it takes any."""
    if not any(presses):
        raise PreventUpdate
    if not selection:
        raise NothingSelected()
    verb = str(ctx.triggered_id["verb"])
    said = (words or "").strip()
    if verb in NEEDS_WORDS and not said:
        raise WordsMissing(verb=verb, focus=ids.WORD)
    _do(ask, verb, str(selection["incident"]), said)
    _done(text(ask.lang, "done.verb", verb=text(ask.lang, f"verb.{verb}")))
    return "" if verb in NEEDS_WORDS | TAKES_WORDS else no_update


NEEDS_WORDS = frozenset({"reject", "note", "reply", "reopen"})
TAKES_WORDS = frozenset({"handle", "verify"})


def _do(ask: Ask, verb: str, ident: str, words: str) -> None:
    verb_of = getattr(incidents, verb)
    if verb in NEEDS_WORDS:
        verb_of(ask.services, ask.call(), ident, words)
    elif verb in TAKES_WORDS:
        verb_of(ask.services, ask.call(), ident, words or None)
    else:
        verb_of(ask.services, ask.call(), ident)


def step(ask: Ask, presses: list[int | None], words: str | None) -> Any:
    """What a unit reports by radio, entered by the desk: 签收, 出动, 到场, 归队, 退派."""
    if not any(presses):
        raise PreventUpdate
    verb, ident = ctx.triggered_id["verb"], str(ctx.triggered_id["assignment"])
    said = (words or "").strip()
    if verb == "decline" and not said:
        raise WordsMissing(verb=verb, focus=ids.WORD)
    reason = said if verb in ("decline", "release") and said else None
    assignments.advance(ask.services, ask.call(), ident, verb, reason)
    _done(text(ask.lang, "done.verb", verb=text(ask.lang, f"assignment.{verb}")))
    return "" if reason else no_update


def report(
    ask: Ask,
    pressed: int | None,
    draft: dict[str, float] | None,
    class_code: str | None,
    severity: int,
    words: str | None,
    address: str | None,
) -> Any:
    """上报: a new incident at the point of the right-click; it is selected when it is there."""
    if not pressed or not draft:
        raise PreventUpdate
    if not class_code or not (words or "").strip():
        raise WordsMissing(verb="report", focus=ids.REPORT_TEXT)
    command = ReportCommand(
        class_code=class_code,
        severity=severity,
        text=words or "",
        address=address or "",
        location=Location(lon=draft["lon"], lat=draft["lat"]),
        channel=CHANNEL,
    )
    answer = incidents.report(ask.services, ask.call(), command)
    _done(text(ask.lang, "done.report", number=answer["number"]), reported=answer["id"])
    return "", ""


def _done(words: str, **more: Any) -> None:
    set_props(ids.NOTICE, {"data": {"kind": "done", "text": words, **more}})
