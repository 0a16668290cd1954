"""The desk's command line: one line in, one line of what became of it out."""

from __future__ import annotations

import hashlib
from typing import Any

from dash import set_props
from dash.exceptions import PreventUpdate
from pydantic import ValidationError

from actions import orders, undo
from actions.queries import read_incident
from actions.unit_of_work import Answer, Call
from callbacks.acts import way_back
from callbacks.registrar import Ask, notice_of
from core.command_line import Order, parse
from core.errors import Refusal
from pages import ids
from pages.messages import text

Said = dict[str, Any]
"""What the line is answered with: kind (done or refusal), text, remedy, and where the desk is to look."""


def run(ask: Ask, sent: dict[str, Any] | None) -> Said:
    """Read and do one line; `sent` is {line, key, selected}: the same key is never done twice."""
    if not sent:
        raise PreventUpdate
    line, key = str(sent["line"]), str(sent["key"])
    try:
        return {"kind": "done", "key": key, **_done(ask, line, key, sent.get("selected"))}
    except (Refusal, ValidationError) as error:
        return {**notice_of(ask.lang, error, ask.services.reference), "key": key}


def _done(ask: Ask, line: str, key: str, selected: str | None) -> Said:
    known = orders.known_to(ask.services, ask.principal, ask.realm, line, selected)
    order = parse(line, known)
    if order.verb == "help":
        return {"text": "", "help": True}
    if order.verb == "open":
        return {"text": _name(ask, order.incident or ""), "look": {"incident": order.incident}}
    if order.verb == "find":
        found = orders.find(ask.services, ask.principal, ask.realm, order.text, known)
        return {"text": _found(ask, found), "look": found}
    call = Call(ask.principal, ask.realm, key=key, request_hash=hashlib.sha256(line.encode()).hexdigest())
    answer = orders.do(ask.services, call, order)
    if order.verb in undo.ANSWERED_BY and order.incident:
        _offer_undo(ask, order, answer)
    return {"text": _told(ask, order)}


def _offer_undo(ask: Ask, order: Order, answer: Answer) -> None:
    """What can be taken back is offered by the toast, as after a press."""
    sent = {"sent": [one["id"] for one in answer["assignments"]]} if "assignments" in answer else {}
    back = way_back(ask, order.verb, order.incident or "", answer["seq"], **sent)
    if back:
        set_props(ids.NOTICE, {"data": {"kind": "done", "text": _told(ask, order), **back}})


def _told(ask: Ask, order: Order) -> str:
    """What was done, and to whom."""
    if order.verb == "replace":
        return text(ask.lang, "order.replaced", out=order.units[0], unit=order.units[1])
    if order.verb in ("dispatch", "hold"):
        sent = " ".join(order.units)
        what = text(ask.lang, f"verb.{order.verb}")
        name = _name(ask, order.incident or "")
        return text(ask.lang, "order.sent", verb=what, units=sent, incident=name)
    if order.incident:
        verb = text(ask.lang, f"verb.{order.verb}")
        return text(ask.lang, "order.done", subject=_name(ask, order.incident), verb=verb)
    verb = text(ask.lang, f"assignment.{order.state or order.verb}")
    return text(ask.lang, "order.done", subject=order.units[0], verb=verb)


def _name(ask: Ask, ident: str) -> str:
    found = read_incident(ask.services, ask.principal, ask.realm, ident)
    return f"{found.number} {found.title}"


def _found(ask: Ask, found: dict[str, Any]) -> str:
    if "incident" in found:
        return _name(ask, found["incident"])
    if "unit" in found:
        return str(found["unit"])
    name, others = found["place"]["name"], found["others"]
    return text(ask.lang, "order.found_more", name=name, n=others) if others else str(name)
