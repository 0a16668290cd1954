"""Refusals of the desk's command line: each names what was not understood and what would be."""

from __future__ import annotations

from core.errors import Refusal


class OrderUnknown(Refusal):
    """The line begins with no order; params: given, proposals."""

    code = "order_unknown"


class OrderIncomplete(Refusal):
    """params: order (its letter), part (incident, unit, state or text)."""

    code = "order_incomplete"


class OrderTooLong(Refusal):
    """More was given than the order takes; params: order, rest."""

    code = "order_too_long"


class NumberNotFound(Refusal):
    """No incident on the board ends with these digits; params: given."""

    code = "number_not_found"


class NumberAmbiguous(Refusal):
    """params: given, proposals."""

    code = "number_ambiguous"


class CallSignNotFound(Refusal):
    """params: given, proposals (may be empty)."""

    code = "call_sign_not_found"


class CallSignAmbiguous(Refusal):
    """params: given, proposals."""

    code = "call_sign_ambiguous"


class StateNotFound(Refusal):
    """params: given, proposals."""

    code = "state_not_found"


class UnitHasNoTask(Refusal):
    """An order about a unit's task, of which it has none; params: unit_name."""

    code = "unit_has_no_task"
