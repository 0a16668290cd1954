"""Refusals: the user's mistakes, one small class each. Our own faults are ordinary exceptions.

A refusal carries a stable code and the values of its sentence; status and sentence are added once,
at the edge (`api/problems.py`, `callbacks/registrar.py`, `cli.py`).
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """Base of everything a user can mend. `params` fill the sentences `error.<code>` and `remedy.<code>`."""

    code: ClassVar[str] = "refused"

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code, params)
        self.params = params


class InvalidInput(Refusal):
    """A field has a wrong value; params: pointer (JSON pointer of the field), detail (short reason)."""

    code = "invalid_input"


class NoSuchTile(Refusal):
    """The address lies outside the world or below the deepest level; params: z, x, y, deepest."""

    code = "no_such_tile"


class UnknownClass(Refusal):
    code = "unknown_class"


class OutsideCity(Refusal):
    code = "outside_city"


class CoordinatesSwapped(Refusal):
    code = "coordinates_swapped"


class TimeInFuture(Refusal):
    code = "time_in_future"


class BackdatingNotAllowed(Refusal):
    code = "backdating_not_allowed"


class NotFound(Refusal):
    code = "not_found"


class Forbidden(Refusal):
    code = "forbidden"


class Unauthorized(Refusal):
    code = "unauthorized"


class MoveNotAllowed(Refusal):
    """The workflow table has no such move from this state; params: verb, status, allowed."""

    code = "move_not_allowed"


class ReplyMissing(Refusal):
    code = "reply_missing"


class VerificationMissing(Refusal):
    code = "verification_missing"


class UndoTooLate(Refusal):
    """A dispatch is no longer taken back: a unit is on its way or released; params: unit_name, status."""

    code = "undo_too_late"


class UnitsStillAssigned(Refusal):
    code = "units_still_assigned"


class UnitUnknown(Refusal):
    code = "unit_unknown"


class UnitBusy(Refusal):
    """params: unit, unit_name, incident, number (of the holding incident), assignment."""

    code = "unit_busy"


class UnitOffDuty(Refusal):
    code = "unit_off_duty"


class StaleVersion(Refusal):
    """If-Match named an older version; params: held, current, newer (the feature as it is now)."""

    code = "stale_version"


class KeyReused(Refusal):
    code = "idempotency_key_reused"


class RealmUnknown(Refusal):
    code = "realm_unknown"


class StockShort(Refusal):
    """A lot has less than was asked for; params: lot, store, item, name, unit, wanted, available, quantity,
    reserved, free, issued."""

    code = "stock_short"


class StockBelowReserved(Refusal):
    """A count found less than is reserved; params: lot, item, name, counted, reserved, unit."""

    code = "stock_below_reserved"


class LotExpired(Refusal):
    """params: lot, name, expiry."""

    code = "lot_expired"


class ReasonMissing(Refusal):
    """A count differs from the books and nobody says why; params: difference, unit."""

    code = "reason_missing"


class UnknownItem(Refusal):
    """params: item, near (the likeliest codes with their names)."""

    code = "unknown_item"


class UnitDiffers(Refusal):
    """A quantity in another unit than the item is kept in; params: item, name, unit, wanted."""

    code = "item_unit_differs"
