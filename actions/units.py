"""Verbs on response units: known, on duty, off duty."""

from __future__ import annotations

from collections.abc import Sequence

import core.events as e
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.envelope import Draft
from core.model import Unit
from db.history import Counts
from db.projection import Needs

Registration = tuple[str, str, e.UnitRegistered]
"""Unit code, area code, what is known of it."""


def register(services: Services, call: Call, units: Sequence[Registration]) -> Answer:
    """Make units known, or change their master data, in one transaction; the answer counts them."""

    def decide(tx: Transaction) -> Answer:
        counts = register_within(tx, units)
        return {"seq": tx.board.seq, "units": counts.written}

    return perform(services, call, "import", decide)


def register_within(tx: Transaction, units: Sequence[Registration]) -> Counts:
    """The same inside a transaction that does more: one fact for each unit that is new or differs."""
    tx.lock(Needs(units=tuple(ident for ident, _, _ in units)))
    known = {ident: tx.board.units.get(ident) for ident, _, _ in units}
    news = [(ident, area, body) for ident, area, body in units if not _same(known[ident], body)]
    at = tx.occurred_at()
    tx.append([Draft(body, ident, area, at) for ident, area, body in news])
    added = sum(known[ident] is None for ident, _, _ in news)
    return Counts(added, len(news) - added, len(units) - len(news))


def _same(unit: Unit | None, body: e.UnitRegistered) -> bool:
    """Whether the unit is known exactly so."""
    return unit is not None and registration(unit) == body


def registration(unit: Unit) -> e.UnitRegistered:
    """The fact that would make a unit known as it is."""
    return e.UnitRegistered(
        name=unit.name, unit_kind=unit.kind, area=unit.area, lon=unit.lon, lat=unit.lat, skills=unit.skills,
        crew=unit.crew, vehicle=unit.vehicle, on_duty=unit.on_duty,
    )  # fmt: skip
