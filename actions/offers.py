"""What was advised is kept until a dispatch answers it: the log tells what was offered and what was chosen.

An offer is nobody's fact: it is a row that goes after an hour. The fact is the answer (`OfferAnswered`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from ulid import ULID

from actions.commands import DispatchCommand
from actions.services import Services
from actions.unit_of_work import Call, Transaction
from core import workflow
from core.dispatching import ON_THE_WAY
from core.envelope import Draft
from core.errors_advice import OfferUnknown, ReasonNeeded
from core.events_advice import OfferAnswered, OfferedSet
from core.model import Incident
from core.permissions import Principal
from core.runcards import card_for
from db.tables_advice import offer as offer_table

KEPT = timedelta(hours=1)
"""Older advice is about another situation: it is asked for anew."""


def keep_offer(
    services: Services, principal: Principal, realm: str, incident: str, advice: dict[str, Any],
    called_off: Mapping[str, str],
) -> str:  # fmt: skip
    """The offer's id. called_off: units of its sets that are on their way elsewhere → their assignments."""
    ident, now = str(ULID()), services.now()
    sets = [
        {
            "units": [unit["unit"] for unit in one["units"]], "why": one["why"], "worst_s": one["worst_s"],
            "loss": one["cover"]["loss"], "missing": one["missing"],
        }
        for one in advice["sets"]
    ]  # fmt: skip
    body = {"sets": sets, "called_off": called_off}
    row = {
        "realm": realm, "id": ident, "incident": incident, "asked_by": principal.id, "made_at": now,
        "body": body,
    }  # fmt: skip
    with services.engine.begin() as conn:
        conn.execute(delete(offer_table).where(offer_table.c.made_at < now - KEPT))
        conn.execute(insert(offer_table), [row])
    return ident


def _body(conn: Connection, services: Services, call: Call, ident: str, incident: str) -> dict[str, Any]:
    """Raises OfferUnknown: there is none, it is over, or it was about another incident or for somebody else,
    who may see more."""
    o = offer_table.c
    body = conn.scalar(
        select(o.body).where(
            o.realm == call.realm, o.id == ident, o.incident == incident,
            o.asked_by == call.principal.id, o.made_at >= services.now() - KEPT,
        )
    )  # fmt: skip
    if body is None:
        raise OfferUnknown(offer=ident)
    return dict(body)


def to_call_off(services: Services, call: Call, incident: str, command: DispatchCommand) -> tuple[str, ...]:
    """Assignments of chosen units that the advice calls off by the card's rule. Raises OfferUnknown."""
    if not command.offer:
        return ()
    with services.engine.connect() as conn:
        bound = _body(conn, services, call, command.offer, incident)["called_off"]
    return tuple(bound[unit] for unit in command.units if unit in bound)


def call_off(tx: Transaction, incident: Incident, assignments: Iterable[str]) -> None:
    """途中改派: who is still on the way there turns to this incident; who is there by now, or goes to what
    matters more by now than the card's rule allows, stays bound."""
    card = card_for(tx.services.reference.run_cards().slots, incident.class_code, incident.severity)
    for ident in assignments:
        link = tx.board.links.get(ident)
        if link is not None and link.status in ON_THE_WAY:
            other, kind = tx.board.incidents[link.incident], tx.board.units[link.unit].kind
            if not any(kind in slot.kinds and 0 < slot.takes <= other.severity for slot in card):
                continue
            reason = f"改派至 {incident.number}"
            tx.append(workflow.advance(tx.hearing(), link, other, "release", reason))


def answer_offer(tx: Transaction, incident: Incident, command: DispatchCommand) -> list[Draft]:
    """What was offered and which of it was chosen, as a fact.

    Raises OfferUnknown, and ReasonNeeded for another choice than the first set without a reason.
    """
    ident, reason = command.offer or "", command.override_reason
    kept = _body(tx.conn, tx.services, tx.call, ident, incident.id)
    sets = tuple(OfferedSet.model_validate(one) for one in kept["sets"])
    chosen = rank(sets, command.units)
    if chosen != 1 and not reason:
        raise ReasonNeeded(first=list(sets[0].units))
    body = OfferAnswered(offer=ident, sets=sets, rank=chosen, units=command.units, reason=reason)
    return [tx.hearing().about(incident, body)]


def rank(sets: Sequence[OfferedSet], units: Collection[str]) -> int:
    """Which of the sets was taken, from 1; 0 = another choice."""
    return next((n for n, one in enumerate(sets, start=1) if set(one.units) == set(units)), 0)
