"""What the desk answers to advice: the order with its reason, and the move-up."""

from __future__ import annotations

from typing import Any

from dash import ctx, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import incidents
from actions.advice import needs_of
from actions.commands import DispatchCommand, SupplyCommand
from actions.dispatch import dispatch
from actions.queries import read_incident, read_unit
from callbacks.errors import NothingSelected, WordsMissing
from callbacks.registrar import Ask
from pages import ids
from pages.messages import text

Words = str | None
OTHER = "other"
"""The reason that is written."""


def order(
    lang: str, picked: list[str], offer: dict[str, Any] | None, reason: Words, words: Words
) -> DispatchCommand:
    """These units, as the answer to what was offered. Raises WordsMissing for a reason not written."""
    known = offer or {"id": None, "sets": []}
    first = set(known["sets"][0]) if known["sets"] else None
    as_advised = first is None or first == set(picked)
    said = None if as_advised or not reason else _reason(lang, reason, words)
    return DispatchCommand(units=tuple(picked), offer=known["id"], override_reason=said)


def _reason(lang: str, reason: str, words: Words) -> str:
    said = (words or "").strip()
    if reason == OTHER:
        if not said:
            raise WordsMissing(verb="dispatch", focus=ids.WORD)
        return said
    chosen = text(lang, f"choice.{reason}")
    return f"{chosen}：{said}" if said else chosen


def send_supplies(ask: Ask, presses: list[int | None], selection: dict[str, Any] | None) -> Any:
    """调拨物资: what the run card wants is reserved at the stores that are there first, all or nothing."""
    if not any(presses):
        raise PreventUpdate
    if not selection:
        raise NothingSelected()
    ident = str(selection["incident"])
    incident = read_incident(ask.services, ask.principal, ask.realm, ident)
    needs = needs_of(ask.services, ask.realm, incident)
    wanted = tuple(SupplyCommand(item=need.item, quantity=need.quantity) for need in needs)
    answer = dispatch(ask.services, ask.call(), ident, DispatchCommand(supplies=wanted))
    stores = len({part["store"] for part in answer["supplies"]})
    done = {"kind": "done", "text": text(ask.lang, "done.supplies", n=len(wanted), stores=stores)}
    set_props(ids.NOTICE, {"data": done})
    return no_update


def move_up(ask: Ask, presses: list[int | None], selection: dict[str, Any] | None) -> Any:
    """下达补位: the order stands in the incident's log; the unit stays available."""
    if not any(presses):
        raise PreventUpdate
    if not selection:
        raise NothingSelected()
    unit, place = (read_unit(ask.services, ask.principal, ask.realm, ctx.triggered_id[name])["name"]
                   for name in ("unit", "place"))  # fmt: skip
    said = text(ask.lang, "move_up.note", unit=unit, place=place)
    incidents.note(ask.services, ask.call(), str(selection["incident"]), said)
    done = {"kind": "done", "text": text(ask.lang, "done.move_up", unit=unit)}
    set_props(ids.NOTICE, {"data": done})
    return no_update
