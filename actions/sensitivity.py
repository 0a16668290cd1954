"""敏感: an incident leaves every wall that visitors stand before, with all that hangs on it; or returns."""

from __future__ import annotations

from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from actions.withdrawing import withdraw_within
from core import workflow
from db import projection
from db.projection import Needs


def mark(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """标记敏感. Raises NotFound, and what the workflow refuses."""
    return perform(
        services, call, "sensitive", lambda tx: _mark(tx, ident, reason, on=True), Needs(incidents=(ident,))
    )


def unmark(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """解除敏感. Raises as `mark`."""
    return perform(
        services,
        call,
        "unsensitive",
        lambda tx: _mark(tx, ident, reason, on=False),
        Needs(incidents=(ident,)),
    )


def _mark(tx: Transaction, ident: str, reason: str, *, on: bool) -> Answer:
    """With it go its assignments, the units sent or held, its response and the tasks: locked first."""
    incident = tx.incident(ident)
    held = tuple(projection.held_for(tx.conn, tx.call.realm, ident))
    tx.lock(Needs(assignments=incident.assignments, units=held))
    if incident.linkage:
        projection.lock_linkage(tx.conn, tx.board, incident.linkage)
    tx.append(workflow.mark_sensitive(tx.hearing(), incident, reason, on=on))
    if on:
        tx.append(withdraw_within(tx, ident))
    return tx.incident_answer(ident)
