"""What was advised is kept until a dispatch answers it: the log tells what was offered and what was chosen.

An offer is nobody's fact: it is a row that goes after an hour. The fact is the answer (`OfferAnswered`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from ulid import ULID

from actions.commands import DispatchCommand
from actions.services import Services
from actions.unit_of_work import Transaction
from core.envelope import Draft
from core.errors_advice import OfferUnknown, ReasonNeeded
from core.events_advice import OfferAnswered, OfferedSet
from core.model import Incident
from core.permissions import Principal
from db.tables_advice import offer as offer_table

KEPT = timedelta(hours=1)
"""Older advice is about another situation: it is asked for anew."""


def keep_offer(
    services: Services, principal: Principal, realm: str, incident: str, advice: dict[str, Any]
) -> str:
    """The offer's id."""
    ident, now = str(ULID()), services.now()
    body = [
        {
            "units": [unit["unit"] for unit in one["units"]], "why": one["why"], "worst_s": one["worst_s"],
            "loss": one["cover"]["loss"], "missing": one["missing"],
        }
        for one in advice["sets"]
    ]  # fmt: skip
    row = {
        "realm": realm, "id": ident, "incident": incident, "asked_by": principal.id, "made_at": now,
        "body": body,
    }  # fmt: skip
    with services.engine.begin() as conn:
        conn.execute(delete(offer_table).where(offer_table.c.made_at < now - KEPT))
        conn.execute(insert(offer_table), [row])
    return ident


def _sets(conn: Connection, realm: str, ident: str, incident: str) -> tuple[OfferedSet, ...]:
    """Raises OfferUnknown: there is none, it is over, or it was about another incident."""
    query = select(offer_table.c.body).where(
        offer_table.c.realm == realm, offer_table.c.id == ident, offer_table.c.incident == incident
    )
    body = conn.scalar(query)
    if body is None:
        raise OfferUnknown(offer=ident)
    return tuple(OfferedSet.model_validate(one) for one in body)


def answer_offer(tx: Transaction, incident: Incident, command: DispatchCommand) -> list[Draft]:
    """What was offered and which of it was chosen, as a fact.

    Raises OfferUnknown, and ReasonNeeded for another choice than the first set without a reason.
    """
    ident, reason = command.offer or "", command.override_reason
    sets = _sets(tx.conn, tx.call.realm, ident, incident.id)
    chosen = rank(sets, command.units)
    if chosen != 1 and not reason:
        raise ReasonNeeded(first=list(sets[0].units))
    body = OfferAnswered(offer=ident, sets=sets, rank=chosen, units=command.units, reason=reason)
    return [tx.hearing().about(incident, body)]


def rank(sets: Sequence[OfferedSet], units: Collection[str]) -> int:
    """Which of the sets was taken, from 1; 0 = another choice."""
    return next((n for n, one in enumerate(sets, start=1) if set(one.units) == set(units)), 0)
