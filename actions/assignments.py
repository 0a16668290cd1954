"""Verbs on assignments: 签收, 退派, 出动, 到场, 归队."""

from __future__ import annotations

from functools import partial

from actions.commands import AssignmentVerb
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import workflow
from core.errors import Forbidden
from db.projection import Needs


def advance(
    services: Services, call: Call, ident: str, verb: AssignmentVerb, reason: str | None = None
) -> Answer:
    """One step of an assignment, reported by the unit itself or by a desk for it.

    Raises NotFound, MoveNotAllowed, Forbidden when a unit speaks for another one.
    """
    needs = Needs(assignments=(ident,))
    decide = partial(advance_within, ident=ident, verb=verb, reason=reason)
    return perform(services, call, f"assignment.{verb}", decide, needs)


def advance_within(tx: Transaction, ident: str, verb: str, reason: str | None) -> Answer:
    """The same inside a transaction that does more."""
    assignment, incident = tx.assignment(ident)
    principal = tx.call.principal
    if principal.kind == "unit" and principal.id != assignment.unit:
        raise Forbidden(verb=f"assignment.{verb}", role=principal.role)
    tx.append(workflow.advance(tx.hearing(), assignment, incident, verb, reason))
    status = {"release": "released", "decline": "declined"}.get(verb)
    after = tx.board.links.get(ident)
    return {
        "seq": tx.board.seq,
        "status": after.status if after else status,
        "incident": tx.incident_answer(incident.id),
    }
