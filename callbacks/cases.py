"""The ways in of `/cases`: queues, the list, the file that is open, and the acts on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props

from actions import case_queries
from actions.case_queries import LONGEST, PAGE, Wanted
from actions.queries import read_incident
from actions.unit_of_work import Call
from actions.verbs import INCIDENT_VERBS
from callbacks.errors import WordsMissing
from callbacks.registrar import Ask, Registrar
from core.errors import InvalidInput, NotFound, StaleVersion, UnitsStillAssigned
from core.errors_commit import SuppliesUnsettled
from core.model import Incident
from core.periods import midnight
from pages import ids as common
from pages.cases import ids, views
from pages.cases.forms import FORMS, ending, form
from pages.messages import DEFAULT, text
from pages.refusals import said

_SCRIPTS = "zhihui_cases"
_FILTERS = (ids.WORDS, ids.CLASS, ids.DATES)
Held = Mapping[str, Any] | None


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the page."""
    screens: Any = app
    screens.clientside_callback(
        ClientsideFunction(_SCRIPTS, "open"), Output(ids.OPENED, "data"), Input(ids.LIST, "cellClicked"),
        prevent_initial_call=True,
    )  # fmt: skip
    registrar.add(classes, [Output(ids.CLASS, "data")], [Input(ids.QUEUES, "id")], prevent_initial_call=False)
    registrar.add(
        queues, [Output(ids.QUEUES, "children")],
        [Input(ids.CHOSEN, "data"), Input(ids.TICK, "data"), Input(ids.DONE, "data")],
        prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(choose, [Output(ids.CHOSEN, "data")], [Input(ids.queue(ALL), "n_clicks")])
    registrar.add(
        first_page, [Output(ids.PAGES, "value")],
        [Input(ids.CHOSEN, "data"), *(Input(name, "value") for name in _FILTERS)],
    )  # fmt: skip
    registrar.add(
        listed,
        [Output(ids.LIST, "rowData"), Output(ids.PAGES, "total"), Output(ids.LIST_HEAD, "children")],
        [Input(ids.CHOSEN, "data"), Input(ids.PAGES, "value"), *(Input(name, "value") for name in _FILTERS),
         Input(ids.TICK, "data"), Input(ids.DONE, "data")],
        prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        file, [Output(ids.FILE, "children"), Output(ids.HELD, "data")],
        [Input(ids.OPENED, "data"), Input(ids.TOUCHED, "data"), Input(ids.DONE, "data"),
         Input(ids.STALE, "data")],
        prevent_initial_call=False,
    )  # fmt: skip
    _register_acts(registrar)
    registrar.add(
        flow, [Output(ids.FLOW, "opened"), Output(ids.FLOW_BODY, "children")],
        [Input(ids.FLOW_OPEN, "n_clicks")],
    )  # fmt: skip


def _register_acts(registrar: Registrar) -> None:
    fields = [State(ids.field(ALL), "value"), State(ids.field(ALL), "id")]
    registrar.add(
        press,
        [Output(ids.FORM, "opened"), Output(ids.FORM, "title"), Output(ids.FORM_BODY, "children"),
         Output(ids.FORM_VERB, "data"), Output(ids.DONE, "data", allow_duplicate=True)],
        [Input(ids.verb(ALL), "n_clicks")], [State(ids.HELD, "data")],
    )  # fmt: skip
    registrar.add(
        submit,
        [Output(ids.FORM, "opened", allow_duplicate=True), Output(ids.DONE, "data", allow_duplicate=True)],
        [Input(ids.FORM_SUBMIT, "n_clicks")], [State(ids.FORM_VERB, "data"), *fields],
        running=[(Output(ids.FORM_SUBMIT, "disabled"), True, False)],
    )  # fmt: skip


def classes(ask: Ask, _there: str) -> list[dict[str, str]]:
    """What the list may be narrowed to."""
    known = ask.services.reference.classes().values()
    return [{"value": one.code, "label": one.name if ask.lang == DEFAULT else one.name_en} for one in known]


def queues(ask: Ask, chosen: str, _tick: Any, _done: Any) -> Any:
    counts = case_queries.counts(ask.services, ask.principal, ask.realm)
    return views.queue_buttons(ask.lang, counts, chosen)


def choose(_ask: Ask, presses: Sequence[int | None]) -> Any:
    return str(ctx.triggered_id["name"]) if any(presses) else no_update


def first_page(_ask: Ask, *_what: Any) -> int:
    """Another question begins at its first page."""
    return 1


def listed(
    ask: Ask, chosen: str, page: int | None, words: str | None, kind: str | None, dates: Any, _tick: Any,
    _done: Any,
) -> Any:  # fmt: skip
    """The page of the queue that is chosen."""
    since, until = _span(ask, dates)
    wanted = Wanted(chosen, (words or "").strip()[:LONGEST], kind or None, since, until)
    found = case_queries.list_cases(ask.services, ask.principal, ask.realm, wanted, page or 1)
    rows = views.rows(ask.lang, found, ask.services.reference.classes(), ask.services.zone)
    pages = max(1, -(-found.total // PAGE))
    return [rows, pages, views.list_head(ask.lang, chosen, found.total, page or 1, PAGE)]


def _span(ask: Ask, dates: Sequence[str | None] | None) -> tuple[datetime | None, datetime | None]:
    """From the first day to the end of the last; both or neither."""
    first, last = (*(dates or ()), None, None)[:2]
    if not (first and last):
        return None, None
    zone, days = ask.services.zone, [date.fromisoformat(day[:10]) for day in (first, last)]
    return midnight(days[0], zone).astimezone(UTC), midnight(days[1] + timedelta(days=1), zone).astimezone(
        UTC
    )


def file(ask: Ask, opened: str | None, _touched: Any, _done: Any, stale: Held) -> Any:
    """The file that is open, and at which version it is shown."""
    if not opened:
        return no_update
    try:
        case = case_queries.read_case(ask.services, ask.principal, ask.realm, opened)
    except NotFound:
        return [views.lost(ask.lang), None]
    held = stale["version"] if stale and ctx.triggered_id == ids.STALE else None
    known = ask.services.reference.classes()
    shown = views.file(ask.lang, ask.services.zone, case, known, ask.realm, held)
    return [shown, {"id": opened, "version": case.card.incident.version}]


def press(ask: Ask, presses: Sequence[int | None], held: Held) -> Any:
    """An act without fields is done at once; for another its form opens."""
    if not any(presses) or not held:
        return no_update
    verb = str(ctx.triggered_id["verb"])
    asked = {"verb": verb, **held}
    if not FORMS[verb]:
        return _at_once(ask, asked)
    incident = read_incident(ask.services, ask.principal, ask.realm, held["id"])
    body = form(
        ask.lang, verb, incident, case_queries.office_choices(ask.services, incident),
        ask.services.reference.classes(), _alike(ask, verb, incident),
    )  # fmt: skip
    return [True, f"{text(ask.lang, f'verb.{verb}')} · {incident.number}", body, asked, no_update]


def _at_once(ask: Ask, asked: Mapping[str, Any]) -> list[Any]:
    """Do it; a closing that is refused for what is still bound asks what has become of it."""
    try:
        return [False, no_update, no_update, asked, _act(ask, asked, {})]
    except (UnitsStillAssigned, SuppliesUnsettled) as refusal:
        why = text(ask.lang, f"error.{refusal.code}", **said(ask.lang, refusal.params, None))
        return [True, text(ask.lang, "verb.close"), ending(ask.lang, why), asked, no_update]


def _alike(ask: Ask, verb: str, incident: Incident) -> list[dict[str, Any]]:
    if verb != "merge":
        return []
    return case_queries.merge_choices(ask.services, ask.principal, ask.realm, incident.id)


def submit(
    ask: Ask, pressed: int | None, asked: Held, values: Sequence[Any], names: Sequence[Mapping[str, str]]
) -> Any:
    """What the form was filled with."""
    if not pressed or not asked:
        return no_update
    given = {name["name"]: value for name, value in zip(names, values, strict=True)}
    return [False, _act(ask, asked, given)]


def _act(ask: Ask, asked: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """Do it as of the version that was shown; what somebody else did meanwhile is shown instead."""
    verb, ident = str(asked["verb"]), str(asked["id"])
    if verb not in FORMS:
        raise InvalidInput(pointer="/verb", detail=verb)
    wanted = _body(ask, verb, given)
    if verb == "reveal":
        found = case_queries.reveal(ask.services, ask.principal, ask.realm, ident, wanted["reason"])
        told = " ".join(part for part in (found["name"], found["phone"]) if part)
        _notice(text(ask.lang, "cases.revealed", who=told), kind="refusal")
        return no_update
    known = INCIDENT_VERBS[verb]
    call = Call(ask.principal, ask.realm, if_match=int(asked["version"]))
    try:
        answer = known.act(ask.services, call, ident, known.body.model_validate(wanted))
    except StaleVersion:
        set_props(ids.STALE, {"data": {"version": asked["version"], "at": ask.services.now().isoformat()}})
        set_props(ids.FORM, {"opened": False})
        raise
    _notice(text(ask.lang, "done.verb", verb=text(ask.lang, f"verb.{verb}")))
    return answer["seq"]


def _notice(words: str, kind: str = "done") -> None:
    set_props(common.NOTICE, {"data": {"kind": kind, "text": words}})


def _body(ask: Ask, verb: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form as the command's. Raises WordsMissing."""
    wanted: dict[str, Any] = {}
    for field in FORMS[verb]:
        name = field.removesuffix("?")
        if name in ("office", "offices", "helpers"):
            chosen = given.get(name)
            if not chosen:
                raise WordsMissing(verb=verb)
            wanted["to" if name == "office" else "offices"] = chosen
        elif name == "amount":
            wanted |= {"amount": given.get("amount"), "unit": given.get("unit")}
        elif name == "into":
            wanted["into"] = _merged_into(ask, given)
        elif value := str(given.get(name) or "").strip():
            wanted[name] = int(value) if name in ("rating", "severity") else value
        elif not field.endswith("?"):
            raise WordsMissing(verb=verb)
    return wanted | _ending(verb, given)


def _ending(verb: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a closing says of what is bound."""
    if verb != "close":
        return {}
    return {"release_units": given.get("release_units") == "yes", "settle": given.get("settle") or None}


def _merged_into(ask: Ask, given: Mapping[str, Any]) -> str:
    number = str(given.get("into") or "").strip()
    if not number:
        raise WordsMissing(verb="merge")
    return case_queries.find_number(ask.services, ask.principal, ask.realm, number).id


def flow(ask: Ask, pressed: int | None) -> Any:
    """The city's workflow, in a panel."""
    if not pressed:
        return no_update
    return [True, views.flow_table(ask.lang, ask.services.reference.rules().flow)]
