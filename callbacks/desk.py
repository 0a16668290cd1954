"""The desk's ways in: what is shown of the selected incident, and where each act is registered."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update

from actions import advice as advising
from actions.queries import Card, incident_card
from callbacks import acts, command
from callbacks.registrar import Ask, Registrar
from core.errors import Forbidden, NotFound
from core.workflow import next_step
from pages import advice, card, ids

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
    registrar.add(show, CARD_OUTPUTS, [Input(ids.SELECTION, "data")], [State(ids.PICKED, "data")])
    _register_dispatch(registrar)
    _register_verbs(registrar)
    _register_forms(registrar)
    _register_in_browser(app)


def _register_dispatch(registrar: Registrar) -> None:
    registrar.add(
        acts.commit,
        [Output(ids.PICKED, "data", allow_duplicate=True)],
        [Input(ids.COMMIT_DISPATCH, "n_clicks")],
        [State(ids.PICKED, "data"), State(ids.SELECTION, "data")],
        running=[(Output(ids.COMMIT_DISPATCH, "disabled"), True, False)],
    )
    registrar.add(command.run, [Output(ids.COMMAND_SAID, "data")], [Input(ids.COMMAND, "data")])
    registrar.add(acts.undone, [Output(ids.UNDO, "data")], [Input(ids.UNDO, "data")])


def _register_verbs(registrar: Registrar) -> None:
    registrar.add(
        acts.act,
        [Output(ids.WORD, "value")],
        [Input(ids.verb(ALL), "n_clicks")],
        [State(ids.SELECTION, "data"), State(ids.WORD, "value")],
    )
    registrar.add(
        acts.step,
        [Output(ids.WORD, "value", allow_duplicate=True)],
        [Input(ids.step(ALL, ALL), "n_clicks")],
        [State(ids.WORD, "value")],
    )
    registrar.add(
        acts.move, [Output(ids.MOVED, "data")], [Input(ids.MOVED, "data")], [State(ids.SELECTION, "data")]
    )


def _register_forms(registrar: Registrar) -> None:
    registrar.add(
        acts.report,
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
    registrar.add(
        acts.suggest,
        [Output(ids.REPORT_HINTS, "children")],
        [Input(ids.REPORT_SAID, "data")],
        [State(ids.REPORT_TEXT, "value"), State(ids.DRAFT, "data")],
    )
    registrar.add(
        acts.amend,
        [Output(ids.AMEND_SUBMIT, "title")],
        [Input(ids.AMEND_SUBMIT, "n_clicks")],
        [
            State(ids.AMENDING, "data"),
            State(ids.AMEND_CLASS, "value"),
            State(ids.AMEND_SEVERITY, "value"),
            State(ids.AMEND_TEXT, "value"),
            State(ids.AMEND_ADDRESS, "value"),
        ],
        running=[(Output(ids.AMEND_SUBMIT, "disabled"), True, False)],
    )


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
        ClientsideFunction("zhihui", "ordered"),
        Output(ids.COMMAND_RESULT, "title"),
        Input(ids.COMMAND_SAID, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("zhihui", "classes"),
        Output(ids.REPORT_CLASS, "options"),
        Output(ids.AMEND_CLASS, "options"),
        Input(ids.LANG, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("zhihui", "draft"), Output(ids.REPORT_PLACE, "children"), Input(ids.DRAFT, "data")
    )


def show(ask: Ask, selection: dict[str, Any] | None, picked: list[str] | None) -> tuple[Any, ...]:
    """The card of the selected incident, with advice where units may be sent; why, if it cannot be shown."""
    if not selection:
        return ("card-pane no-card", *[no_update] * (len(CARD_OUTPUTS) - 1))
    ident = str(selection["incident"])
    try:
        found = incident_card(ask.services, ask.principal, ask.realm, ident)
    except (NotFound, Forbidden):
        return ("card-pane no-advice no-acts", card.lost(ask.lang, ident), [], [], [], [], [], no_update)
    return _shown(ask, ident, found, picked)


def _shown(ask: Ask, ident: str, found: Card, picked: list[str] | None) -> tuple[Any, ...]:
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
    """The pane's class: whether anything may be done, units be sent, and whether that is what comes next."""
    if not found.verbs:
        return "card-pane no-advice no-acts"
    if "dispatch" not in found.verbs:
        return "card-pane no-advice"
    return "card-pane" if next_step(found.incident) in ("accept", "dispatch") else "card-pane reinforce"
