"""Who was called (叫应) to an incident: the offices that have a part in a response to it."""

from __future__ import annotations

from actions.unit_of_work import Transaction
from core.permissions import Scope, visible
from db.briefing import linkages_of


def is_called(tx: Transaction, incident: str) -> bool:
    """Whether a response to it, running or over, called the asker's office."""
    scope = Scope.of(tx.call.principal)
    responses = linkages_of(tx.conn, tx.call.realm, incident)
    return any(visible(scope, one.area, one.offices) for one in responses)
