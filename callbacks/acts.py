"""The desk's acts: dispatch, verbs on the incident and its assignments, report, correct, move, undo."""

from __future__ import annotations

from typing import Any

from dash import ctx, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import dispatch, incidents, intake, undo
from actions.commands import AmendCommand, Location, ReportCommand
from actions.queries import read_incident
from actions.undo import UndoCommand
from actions.verbs import ASSIGNMENT_VERBS
from callbacks.advising import order
from callbacks.errors import ActedMeanwhile, NothingChanged, NothingPicked, NothingSelected, WordsMissing
from callbacks.registrar import Ask
from core.errors import StaleVersion, UnitBusy, UnitOffDuty
from core.errors_commit import UnitHeld
from core.permissions import may
from pages import ids
from pages.card import ACTS, IN_BROWSER, NEEDS_WORDS, TAKES_WORDS
from pages.messages import text
from pages.report_form import hints

CHANNEL = "desk"
Selection = dict[str, Any] | None


def _selected(selection: Selection) -> str:
    """The incident that is selected. Raises NothingSelected."""
    if not selection:
        raise NothingSelected()
    return str(selection["incident"])


def _done(words: str, **more: Any) -> None:
    set_props(ids.NOTICE, {"data": {"kind": "done", "text": words, **more}})


def way_back(ask: Ask, verb: str, incident: str, seq: int, **more: Any) -> dict[str, Any]:
    """What the toast needs to offer 撤销; nothing to a person who may not do what answers the verb."""
    if not may(ask.principal, undo.ANSWERED_BY[verb]):
        return {}
    return {"undo": {"verb": verb, "incident": incident, "seq": seq, **more}}


def commit(
    ask: Ask, pressed: int | None, picked: list[str] | None, selection: Selection,
    offer: dict[str, Any] | None, reason: str | None, words: str | None,
) -> Any:  # fmt: skip
    """派遣: send the picked units; a conflict names the holder and draws the advice anew. Another choice than
    the first set is told with its reason."""
    if not pressed:
        raise PreventUpdate
    ident = _selected(selection)
    if not picked:
        raise NothingPicked()
    try:
        answer = dispatch.dispatch(
            ask.services, ask.call(), ident, order(ask.lang, picked, offer, reason, words)
        )
    except (UnitBusy, UnitHeld, UnitOffDuty):
        set_props(ids.SELECTION, {"data": {**(selection or {}), "again": pressed}})
        raise
    sent = [one["id"] for one in answer["assignments"]]
    parts = [{"lot": one["lot"], "quantity": one["quantity"]} for one in answer["supplies"]]
    back = way_back(ask, "dispatch", ident, answer["seq"], sent=sent, supplies=parts)
    _done(text(ask.lang, "done.dispatch", n=len(sent)), **back)
    return []


def act(ask: Ask, presses: list[int | None], selection: Selection, words: str | None) -> Any:
    """One verb on the selected incident, with the words of the text field where it takes any."""
    if not any(presses):
        raise PreventUpdate
    ident = _selected(selection)
    verb = str(ctx.triggered_id["verb"])
    said = (words or "").strip()
    if verb in NEEDS_WORDS and not said:
        raise WordsMissing(verb=verb, focus=ids.WORD)
    answer = _do(ask, verb, ident, said)
    back = way_back(ask, verb, ident, answer["seq"]) if verb in undo.ANSWERED_BY else {}
    _done(text(ask.lang, "done.verb", verb=text(ask.lang, f"verb.{verb}")), **back)
    return "" if verb in NEEDS_WORDS | TAKES_WORDS else no_update


_BY_BUTTON = {verb: getattr(incidents, verb) for verb in ACTS if verb not in IN_BROWSER}
"""What a button may call: its verb comes from the browser."""


def _do(ask: Ask, verb: str, ident: str, words: str) -> dict[str, Any]:
    given = (words or None,) if verb in TAKES_WORDS else (words,) if verb in NEEDS_WORDS else ()
    answer: dict[str, Any] = _BY_BUTTON[verb](ask.services, ask.call(), ident, *given)
    return answer


def step(ask: Ask, presses: list[int | None], words: str | None) -> Any:
    """What a unit reports by radio, entered by the desk: 签收, 出动, 到场, 核对, 归队, 退派."""
    if not any(presses):
        raise PreventUpdate
    verb, ident = ctx.triggered_id["verb"], str(ctx.triggered_id["assignment"])
    said = (words or "").strip()
    if verb in NEEDS_WORDS and not said:
        raise WordsMissing(verb=verb, focus=ids.WORD)
    chosen = ASSIGNMENT_VERBS[verb]
    words_of = {name: said for name in ("text", "reason") if said and name in chosen.body.model_fields}
    chosen.act(ask.services, ask.call(), ident, chosen.body.model_validate(words_of))
    _done(text(ask.lang, "done.verb", verb=text(ask.lang, f"assignment.{verb}")))
    return "" if words_of else no_update


def report(
    ask: Ask,
    pressed: int | None,
    draft: dict[str, float] | None,
    class_code: str | None,
    severity: int,
    words: str | None,
    address: str | None,
) -> Any:
    """上报: a new incident at the point that was asked for; it is selected when it is there."""
    if not pressed or not draft:
        raise PreventUpdate
    if not class_code or not (words or "").strip():
        raise WordsMissing(verb="report", focus=ids.REPORT_TEXT if class_code else ids.REPORT_CLASS)
    command = ReportCommand(
        class_code=class_code,
        severity=severity,
        text=words or "",
        address=address or "",
        location=Location(lon=draft["lon"], lat=draft["lat"]),
        channel=CHANNEL,
    )
    answer = incidents.report(ask.services, ask.call(), command)
    back = way_back(ask, "report", answer["id"], answer["seq"])
    _done(text(ask.lang, "done.report", number=answer["number"]), reported=answer["id"], **back)
    return "", ""


def suggest(ask: Ask, said: int | None, words: str | None, draft: dict[str, float] | None) -> Any:
    """What the words of a new incident suggest: class, level, place."""
    if not said or not draft:
        raise PreventUpdate
    if not (words or "").strip():
        return []
    at = (draft["lon"], draft["lat"])
    return hints(ask.lang, intake.propose(ask.services, ask.principal, ask.realm, words or "", at))


def amend(
    ask: Ask,
    pressed: int | None,
    opened: dict[str, Any] | None,
    class_code: str | None,
    severity: int,
    words: str | None,
    address: str | None,
) -> Any:
    """更正: only what differs from what the form was `opened` with is sent, so that a correction which
    somebody else made meanwhile stays."""
    if not pressed or not opened:
        raise PreventUpdate
    if not (words or "").strip():
        raise WordsMissing(verb="amend", focus=ids.AMEND_TEXT)
    wanted = {"class": class_code, "severity": severity, "text": words, "address": address or ""}
    changes = {name: value for name, value in wanted.items() if value not in (None, opened.get(name))}
    if not changes:
        raise NothingChanged()
    incidents.amend(ask.services, ask.call(), opened["incident"], AmendCommand.model_validate(changes))
    _done(text(ask.lang, "done.verb", verb=text(ask.lang, "verb.amend")), amended=True)
    return no_update


def move(ask: Ask, point: dict[str, float] | None, selection: Selection) -> Any:
    """改址: to the point that was pressed on the map."""
    if not point:
        raise PreventUpdate
    ident = _selected(selection)
    known = read_incident(ask.services, ask.principal, ask.realm, ident)
    there = Location(lon=point["lon"], lat=point["lat"])
    answer = incidents.relocate(ask.services, ask.call(), ident, there, None)
    back = way_back(ask, "relocate", ident, answer["seq"], back={"lon": known.lon, "lat": known.lat})
    _done(text(ask.lang, "done.verb", verb=text(ask.lang, "verb.relocate")), **back)
    return None


def undone(ask: Ask, asked: dict[str, Any] | None) -> Any:
    """撤销: the act of the toast that was pressed."""
    if not asked:
        raise PreventUpdate
    command = UndoCommand.model_validate(asked)
    reason = text(ask.lang, f"undo.reason.{command.verb}")
    try:
        undo.undo(ask.services, ask.call(), command, reason)
    except StaleVersion as stale:
        raise ActedMeanwhile() from stale
    _done(text(ask.lang, "done.verb", verb=reason))
    return None
