"""Verbs on response units: known, on duty, off duty."""

from __future__ import annotations

from collections.abc import Sequence

import core.events as e
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.envelope import Draft
from db.projection import Needs

Registration = tuple[str, str, e.UnitRegistered]
"""Unit code, area code, what is known of it."""


def register(services: Services, call: Call, units: Sequence[Registration]) -> Answer:
    """Make units known, or change their master data; one fact each, one transaction."""
    return perform(services, call, "import", lambda tx: register_within(tx, units))


def register_within(tx: Transaction, units: Sequence[Registration]) -> Answer:
    """The same inside a transaction that does more."""
    tx.lock(Needs(units=tuple(ident for ident, _, _ in units)))
    at = tx.occurred_at()
    tx.append([Draft(body, ident, area, at) for ident, area, body in units])
    return {"seq": tx.board.seq, "units": len(units)}
