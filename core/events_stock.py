"""The facts of stock (物资): lots of the emergency stores and what is done with them.

The subject is the lot, `area` that of its store. Quantities are in the lot's unit, at most three decimals.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from core.envelope import Body

Alarm = Literal["expired", "expiring", "below_minimum"]


class LotReceived(Body):
    """入库: the first of a lot begins it, later ones add to it; `from_lot` when it came from a store."""

    store: str
    item: str
    name: str
    unit: str
    expiry: date | None
    minimum: float
    quantity: float
    from_lot: str | None = None
    reason: str | None = None


class LotReserved(Body):
    """预留, for an incident or in general."""

    quantity: float
    incident: str | None = None
    reason: str | None = None


class LotReleased(Body):
    """解除预留"""

    quantity: float
    incident: str | None = None
    reason: str | None = None


class LotIssued(Body):
    """出库: `of_reserved` of the quantity was reserved for the same incident, the rest was free."""

    quantity: float
    of_reserved: float
    incident: str | None = None
    reason: str | None = None


class LotReturned(Body):
    """归还: issued goods came back."""

    quantity: float
    incident: str | None = None
    reason: str | None = None


class LotConsumed(Body):
    """消耗: issued goods are used up, and do not come back."""

    quantity: float
    incident: str | None = None
    reason: str | None = None


class LotWrittenOff(Body):
    """报废"""

    quantity: float
    reason: str


class LotSent(Body):
    """调出: the other store's lot tells the same as LotReceived, in the same transaction."""

    quantity: float
    to_store: str
    to_lot: str
    reason: str | None = None


class LotCounted(Body):
    """盘点: so much was found; `difference` is what the books were off by."""

    quantity: float
    difference: float
    reason: str | None = None


class LotAmended(Body):
    """Name, unit, minimum or the store's area changed; the values after it."""

    name: str
    unit: str
    minimum: float


class LotAlarmRaised(Body):
    """A lot expired, came near its expiry, or fell below its minimum: told once, until it is cleared."""

    alarm: Alarm


class LotAlarmCleared(Body):
    alarm: Alarm


StockBody = (
    LotReceived | LotReserved | LotReleased | LotIssued | LotReturned | LotConsumed | LotWrittenOff | LotSent
    | LotCounted | LotAmended | LotAlarmRaised | LotAlarmCleared
)  # fmt: skip
