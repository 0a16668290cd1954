"""The desk's ways into emergency linkage: a plan activated, and what is done to the response that runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast, get_args

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate
from pydantic import ValidationError

from actions import linkage, linkage_desk, linkage_reading
from actions.linkage import TaskVerb
from actions.linkage_commands import ActivateCommand, Gap, TaskCommand
from actions.offices import names_of
from actions.plans import for_incident
from actions.queries import read_incident
from actions.unit_of_work import Call
from callbacks.registrar import Ask, Registrar, notice_of
from core.errors import NotFound, Refusal
from core.permissions import may
from core.plans import Plan
from pages import ids
from pages import linkage as view
from pages.messages import text

Asked = Mapping[str, Any] | None
"""What the dialog is open for: {incident, at}; `plan` and `level` where it is drawn again."""
Sent = Mapping[str, Any] | None
"""{linkage, verb, given, key}, and `task` where the verb is on a task."""


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the desk on responses."""
    registrar.add(
        choose,
        [
            Output(ids.ACTIVATION_PLAN, "options"),
            Output(ids.ACTIVATION_PLAN, "value"),
            Output(ids.ACTIVATION_LEVEL, "options"),
            Output(ids.ACTIVATION_LEVEL, "value"),
            Output(ids.ACTIVATION_BODY, "children"),
            Output(ids.ACTIVATION_SEEN, "data"),
            Output(ids.ACTIVATE, "disabled"),
            Output(ids.ACTIVATION_SAID, "children"),
        ],
        [
            Input(ids.ACTIVATING, "data"),
            Input(ids.ACTIVATION_PLAN, "value"),
            Input(ids.ACTIVATION_LEVEL, "value"),
        ],
    )
    registrar.add(
        activate,
        [Output(ids.ACTIVATION_SAID, "children", allow_duplicate=True)],
        [Input(ids.ACTIVATE, "n_clicks")],
        [
            State(ids.ACTIVATING, "data"),
            State(ids.ACTIVATION_PLAN, "value"),
            State(ids.ACTIVATION_LEVEL, "value"),
            State(ids.ACTIVATION_NAME, "value"),
            State(ids.ACTIVATION_SEEN, "data"),
        ],
        running=[(Output(ids.ACTIVATE, "disabled"), True, False)],
    )
    registrar.add(act, [Output(ids.LINKAGE_SAID, "data")], [Input(ids.LINKAGE_ACT, "data")])
    registrar.add(log, [Output(ids.LINKAGE_LOG, "children")], [Input(ids.LINKAGE_OPEN, "data")])
    screens: Any = app
    screens.clientside_callback(
        ClientsideFunction("zhihui", "linkageSaid"),
        Output(ids.LINKAGE_PANEL, "title"),
        Input(ids.LINKAGE_SAID, "data"),
    )


# --- activation -----------------------------------------------------------------------------------------


def choose(ask: Ask, asked: Asked, plan: str | None, level: int | None) -> tuple[Any, ...]:
    """What the plan and level that are chosen would set moving; first those that the incident calls for."""
    if not asked:
        raise PreventUpdate
    ident = str(asked["incident"])
    plans = linkage_desk.in_force(ask.services, ask.principal)
    proposed = {
        one["plan"]: int(one["level"]) for one in for_incident(ask.services, ask.principal, ask.realm, ident)
    }
    options = view.plan_options(ask.lang, plans, proposed)
    if ctx.triggered_id == ids.ACTIVATING:
        plan, level = asked.get("plan"), asked.get("level")
    plan = plan if plan in plans else min(proposed, key=lambda code: proposed[code], default=None)
    if plan is None:  # nobody activates by a key what no trigger proposes and nobody has chosen
        return options, None, [], None, view.nothing_chosen(ask.lang, bool(plans)), None, True, ""
    chosen = _level(ask, ident, plans[plan], level, proposed.get(plan))
    given = linkage_reading.preview(ask.services, ask.principal, ask.realm, ident, plan, chosen)
    allowed = may(ask.principal, "plan.activate")
    return (
        options,
        plan,
        view.level_options(ask.lang, [one.level for one in plans[plan].stages]),
        chosen,
        _preview(ask, plans[plan], given),
        [{name: one[name] for name in ("kind", "what", "missing")} for one in given["shortfalls"]],
        not allowed,
        no_update if asked.get("again") else "" if allowed else text(ask.lang, "activation.not_entitled"),
    )


def _level(ask: Ask, ident: str, plan: Plan, level: int | None, proposed: int | None) -> int:
    """The level that is chosen, where the plan has it; else the one proposed, else the incident's own, else
    the mildest there is."""
    there = [one.level for one in plan.stages]
    if level not in there or ctx.triggered_id == ids.ACTIVATION_PLAN:
        own = read_incident(ask.services, ask.principal, ask.realm, ident).severity
        level = next(one for one in (proposed, own, max(there)) if one in there)
    return level


def _preview(ask: Ask, plan: Plan, given: Mapping[str, Any]) -> list[Any]:
    stage = plan.stage(given["level"])
    offices = names_of(ask.services.reference, [given["commander"], *given["offices"]])
    return view.preview(ask.lang, {**given, "when": stage.when if stage else ""}, offices)


def activate(
    ask: Ask, pressed: int | None, asked: Asked, plan: str | None, level: int | None, name: str | None,
    seen: list[dict[str, Any]] | None,
) -> Any:  # fmt: skip
    """启动. What is refused is said in the dialog, with what would be set moving now."""
    if not (pressed and asked and plan and level):
        raise PreventUpdate
    command = ActivateCommand(
        incident=str(asked["incident"]), level=level, commander=(name or "").strip() or None,
        accept_shortfalls=tuple(Gap.model_validate(one) for one in seen or ()),
    )  # fmt: skip
    try:
        answer = linkage.activate(ask.services, ask.call(), plan, command)
    except Refusal as refusal:
        again = {**asked, "plan": plan, "level": level, "again": pressed}
        set_props(ids.ACTIVATING, {"data": again})
        return view.refused(notice_of(ask.lang, refusal, ask.services.reference))
    said = text(ask.lang, "done.activated", tasks=answer["tasks"], offices=len(answer["offices"]))
    set_props(ids.NOTICE, {"data": {"kind": "done", "text": said, "activated": answer["linkage"]}})
    return ""


# --- what is done to a response ---------------------------------------------------------------------------


def act(ask: Ask, sent: Sent) -> Any:
    """One act of the panel; the same key is never done twice."""
    if not sent:
        raise PreventUpdate
    try:
        words = _done(ask, sent)
    except (Refusal, ValidationError) as error:
        short = error.params.get("shortfalls") if isinstance(error, Refusal) else None
        return {
            **notice_of(ask.lang, error, ask.services.reference), "key": sent["key"], "shortfalls": short,
        }  # fmt: skip
    return {"kind": "done", "text": words, "key": sent["key"]}


def _done(ask: Ask, sent: Mapping[str, Any]) -> str:
    ident, verb, given = str(sent["linkage"]), str(sent["verb"]), sent.get("given") or {}
    call = Call(
        ask.principal, ask.realm, key=str(sent["key"]),
        request_hash=hashlib.sha256(repr(sorted(sent.items())).encode()).hexdigest(),
    )  # fmt: skip
    if "task" in sent:
        if verb not in get_args(TaskVerb):
            raise NotFound(kind="verb", id=verb)
        task = TaskCommand.model_validate(given)
        linkage.act_on_task(ask.services, call, ident, str(sent["task"]), cast(TaskVerb, verb), task)
    else:
        if verb not in linkage.COMMANDS:
            raise NotFound(kind="verb", id=verb)
        kind, do = linkage.COMMANDS[verb]
        do(ask.services, call, ident, kind.model_validate(given))
    return text(ask.lang, "done.verb", verb=text(ask.lang, f"response.do.{verb}"))


def log(ask: Ask, opened: Mapping[str, Any] | None) -> Any:
    """The log of the response whose panel is open, newest first."""
    if not opened:
        raise PreventUpdate
    found = linkage_desk.timeline(ask.services, ask.principal, ask.realm, str(opened["linkage"]))
    return view.timeline(ask.lang, ask.services.zone, found)
