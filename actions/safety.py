"""核对: a crew at work says, or is asked by the desk and says, that it is well."""

from __future__ import annotations

from functools import partial

from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import crew_checks
from core.errors import Forbidden
from db.projection import Needs


def check(services: Services, call: Call, ident: str, text: str | None) -> Answer:
    """The crew of an assignment is well; its next check is in the answer, None where there is none.

    Raises NotFound, MoveNotAllowed, Forbidden when a unit speaks for another one.
    """
    decide = partial(_check, ident=ident, text=text)
    return perform(services, call, "assignment.check", decide, Needs(assignments=(ident,)))


def _check(tx: Transaction, ident: str, text: str | None) -> Answer:
    assignment, incident = tx.assignment(ident)
    principal = tx.call.principal
    if principal.kind == "unit" and principal.id != assignment.unit:
        raise Forbidden(verb="assignment.check", role=principal.role)
    # Whoever locks an assignment locks its incident first: nobody holds one of these and waits for another.
    others = tuple(one for one in incident.assignments if one != ident)
    tx.lock(Needs(assignments=others))
    beside = [tx.board.links[one] for one in others if one in tx.board.links]
    tx.append(crew_checks.check(tx.hearing(), assignment, incident, beside, text))
    after = tx.board.links[ident]
    due_at = after.check.due_at if after.check else None
    return {
        "seq": tx.board.seq,
        "status": after.status,
        "check_due_at": due_at,
        "incident": tx.incident_answer(incident.id),
    }
