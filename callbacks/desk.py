"""The desk's ways in: what is shown of the selected incident, and where each act is registered."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update

from actions.advice import advise
from actions.queries import Card, incident_card
from callbacks import acts, advising, command, linkage
from callbacks.registrar import Ask, Registrar
from core.errors import Forbidden, NotFound
from core.workflow import next_step
from pages import advice, card, ids, promised

CARD_OUTPUTS = (
    Output(ids.CARD_PANE, "className"),
    Output(ids.CARD_TOP, "children"),
    Output(ids.ADVICE_HEAD, "children"),
    Output(ids.ADVICE_LIST, "children"),
    Output(ids.CARD_UNITS, "children"),
    Output(ids.CARD_ACTS, "children"),
    Output(ids.CARD_TIMELINE, "children"),
    Output(ids.PICKED, "data"),
    Output(ids.OFFER, "data"),
)


MOST_UNITS = 12
"""Of the fastest units of any kind: enough to fill the keys beside a set."""


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the desk."""
    registrar.add(show, CARD_OUTPUTS, [Input(ids.SELECTION, "data")], [State(ids.PICKED, "data")])
    _register_dispatch(registrar)
    _register_verbs(registrar)
    _register_forms(registrar)
    _register_in_browser(app)
    linkage.register(app, registrar)


def _register_dispatch(registrar: Registrar) -> None:
    registrar.add(
        acts.commit,
        [Output(ids.PICKED, "data", allow_duplicate=True)],
        [Input(ids.COMMIT_DISPATCH, "n_clicks")],
        [
            State(ids.PICKED, "data"),
            State(ids.SELECTION, "data"),
            State(ids.OFFER, "data"),
            State(ids.CHOICE_REASON, "value"),
            State(ids.WORD, "value"),
        ],
        running=[(Output(ids.COMMIT_DISPATCH, "disabled"), True, False)],
    )
    registrar.add(
        advising.send_supplies,
        [Output(ids.WORD, "title", allow_duplicate=True)],
        [Input(ids.send_supplies(ALL), "n_clicks")],
        [State(ids.SELECTION, "data")],
    )
    registrar.add(
        advising.move_up,
        [Output(ids.WORD, "title")],
        [Input(ids.move_up(ALL, ALL), "n_clicks")],
        [State(ids.SELECTION, "data")],
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
    rows, sets = ids.advice(ALL), ids.advice_set(ALL)
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
        Output(sets, "className"),
        Output(ids.COMMIT_LABEL, "children"),
        Output(ids.CHOICE, "hidden"),
        Input(ids.PICKED, "data"),
        Input(ids.OFFER, "data"),
        State(rows, "id"),
        State(sets, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("zhihui", "pickSet"),
        Output(ids.PICKED, "data", allow_duplicate=True),
        Input(sets, "n_clicks"),
        State(ids.OFFER, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("zhihui", "chooseAnew"),
        Output(ids.CHOICE_REASON, "value"),
        Input(ids.CHOICE, "hidden"),
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
        return (
            "card-pane no-advice no-acts",
            card.lost(ask.lang, ident),
            [],
            [],
            [],
            [],
            [],
            no_update,
            None,
        )
    return _shown(ask, ident, found, picked)


def _shown(ask: Ask, ident: str, found: Card, picked: list[str] | None) -> tuple[Any, ...]:
    given = _given(ask, found, ident)
    chosen = _chosen(found, given, picked)
    zone = ask.services.zone
    return (
        _pane(found),
        card.top(ask.lang, zone, found, ask.services.reference.classes().get(found.incident.class_code)),
        advice.head(ask.lang, given),
        advice.rows(ask.lang, given, chosen),
        [*card.units(ask.lang, zone, found), *promised.rows(ask.lang, found)],
        card.acts(ask.lang, found, next_step(found.incident)),
        card.timeline(ask.lang, zone, found),
        no_update if chosen == picked else chosen,
        advice.store(given),
    )


def _given(ask: Ask, found: Card, ident: str) -> advice.Offer:
    if "dispatch" not in found.verbs:
        return advice.NOTHING
    return advise(ask.services, ask.principal, ask.realm, ident, k=MOST_UNITS)


def _chosen(found: Card, given: advice.Offer, picked: list[str] | None) -> list[str]:
    """What stays picked when the card is drawn again; the first set when nobody is on it yet."""
    if picked is not None:
        offered = advice.offered(given)
        return [unit for unit in picked if unit in offered]
    return [] if found.incident.units else advice.preset(given)


def _pane(found: Card) -> str:
    """The pane's class: whether anything may be done, units be sent, and whether that is what comes next."""
    if not found.verbs:
        return "card-pane no-advice no-acts"
    if "dispatch" not in found.verbs:
        return "card-pane no-advice"
    return "card-pane" if next_step(found.incident) in ("accept", "dispatch") else "card-pane reinforce"
