"""Refusals of what cannot be promised: units that others hold, supplies that are not there."""

from __future__ import annotations

from core.errors import Refusal


class UnitHeld(Refusal):
    """预占; params: unit, unit_name, by (who holds it), until, left_s, incident and number (for which it is
    held)."""

    code = "unit_held"


class HoldNotRenewable(Refusal):
    """A hold is prolonged once; params: unit, unit_name, until, left_s."""

    code = "hold_not_renewable"


class NobodyToRecall(Refusal):
    """Nobody is on the way: all are there, or none was sent."""

    code = "nobody_to_recall"


class SuppliesShort(Refusal):
    """The stores cannot meet the need, so nothing is sent; params: items (the names of what is short),
    shortfalls (as the advice tells them), holders (numbers of incidents for which some of it is reserved)."""

    code = "supplies_short"


class SuppliesLate(Refusal):
    """All of it is there, but not by when it is wanted; params: items (their names), minutes (to the last of
    them), shortfalls."""

    code = "supplies_late"


class SuppliesUnsettled(Refusal):
    """Goods have gone out to an incident that is to end; params: items (their names), lots (of each: lot,
    store, item, name, unit, quantity)."""

    code = "supplies_unsettled"


class IncidentEnded(Refusal):
    """Nothing is reserved for, or goes out to, an incident that has ended; params: number, status."""

    code = "incident_ended"
