"""Lots of the emergency stores: what a movement does to a lot, which movement is lawful, when a lot alarms.

Quantities are rounded to three decimals after every step: values that are right as decimals then compare
right as floats, also in the database's CHECK.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import core.events_stock as e
from core.envelope import Body, Draft, Event
from core.errors import LotExpired, ReasonMissing, StockBelowReserved, StockShort

DECIMALS = 3
ALARMS: tuple[e.Alarm, ...] = ("expired", "expiring", "below_minimum")


@dataclass(frozen=True, slots=True)
class Hold:
    """What is reserved (预留) of a lot for an incident, or has gone out to it; "" = to none in particular."""

    incident: str
    quantity: float


@dataclass(frozen=True, slots=True)
class Lot:
    """物资批次: one item of one store with one expiry date (its last good day).

    `issued` has gone out and not come back; `area` is that of the store; `version` the log position that
    last touched it. `out` tells for which incidents: their sum may be less, of facts that name none.
    """

    id: str
    version: int
    store: str
    item: str
    name: str
    unit: str
    area: str
    expiry: date | None
    minimum: float
    quantity: float = 0.0
    issued: float = 0.0
    holds: tuple[Hold, ...] = ()
    alarms: tuple[e.Alarm, ...] = ()
    out: tuple[Hold, ...] = ()

    @property
    def reserved(self) -> float:
        return exact(sum(hold.quantity for hold in self.holds))

    @property
    def free(self) -> float:
        """What is neither reserved nor gone."""
        return exact(self.quantity - self.reserved)

    def held_for(self, incident: str | None) -> float:
        return _of(self.holds, incident)

    def out_for(self, incident: str | None) -> float:
        """What has gone out to an incident and neither come back nor been used up."""
        return _of(self.out, incident)

    @property
    def bound(self) -> tuple[str, ...]:
        """The incidents for which something of it is reserved or out."""
        return tuple(sorted({one.incident for one in (*self.holds, *self.out) if one.incident}))

    def is_past(self, today: date) -> bool:
        return self.expiry is not None and today > self.expiry


def _of(parts: tuple[Hold, ...], incident: str | None) -> float:
    return next((part.quantity for part in parts if part.incident == (incident or "")), 0.0)


def exact(quantity: float) -> float:
    return round(quantity, DECIMALS) + 0.0  # a zero without its sign


# --- the fold: total, whatever the order ------------------------------------------------------------------


def fold(lot: Lot | None, event: Event) -> Lot | None:
    """The lot after a fact about it; None while nothing began it."""
    if lot is None:
        return _begun(event) if isinstance(event.body, e.LotReceived) else None
    return replace(after(lot, event.body), version=event.seq, area=event.area)


def after(lot: Lot, body: Body) -> Lot:
    """The lot after a movement, whether lawful or not; never below nothing."""
    return STEPS[type(body)](lot, body)


def _begun(event: Event) -> Lot:
    body = event.body
    assert isinstance(body, e.LotReceived)  # noqa: S101  narrows the type for the checker
    kept = body.model_dump(exclude={"quantity", "from_lot", "reason"})
    return Lot(event.subject, event.seq, area=event.area, quantity=exact(body.quantity), **kept)


def _hold(parts: tuple[Hold, ...], incident: str | None, more: float) -> tuple[Hold, ...]:
    """The parts with one changed; emptied ones go."""
    who, now = incident or "", exact(max(0.0, _of(parts, incident) + more))
    others = tuple(part for part in parts if part.incident != who)
    return (*others, Hold(who, now)) if now > 0 else others


def _less(quantity: float, by: float) -> float:
    return exact(max(0.0, quantity - by))


def _received(lot: Lot, body: e.LotReceived) -> Lot:
    return replace(lot, quantity=exact(lot.quantity + body.quantity))


def _reserved(lot: Lot, body: e.LotReserved) -> Lot:
    return replace(lot, holds=_hold(lot.holds, body.incident, body.quantity))


def _released(lot: Lot, body: e.LotReleased) -> Lot:
    return replace(lot, holds=_hold(lot.holds, body.incident, -body.quantity))


def _issued(lot: Lot, body: e.LotIssued) -> Lot:
    holds = _hold(lot.holds, body.incident, -body.of_reserved)
    out = _hold(lot.out, body.incident, body.quantity)
    issued = exact(lot.issued + body.quantity)
    return replace(lot, quantity=_less(lot.quantity, body.quantity), issued=issued, holds=holds, out=out)


def _returned(lot: Lot, body: e.LotReturned) -> Lot:
    return replace(_no_longer_out(lot, body), quantity=exact(lot.quantity + body.quantity))


def _no_longer_out(lot: Lot, body: e.LotReturned | e.LotConsumed) -> Lot:
    """Taken from what is out to the incident named, then from what went to none, then to the others."""
    out, left = lot.out, body.quantity
    for who in dict.fromkeys((body.incident or "", "", *(one.incident for one in lot.out))):
        taken = min(left, _of(out, who))
        out, left = _hold(out, who, -taken), exact(left - taken)
    return replace(lot, issued=_less(lot.issued, body.quantity), out=out)


def _taken(lot: Lot, body: e.LotWrittenOff | e.LotSent) -> Lot:
    return replace(lot, quantity=_less(lot.quantity, body.quantity))


def _counted(lot: Lot, body: e.LotCounted) -> Lot:
    return replace(lot, quantity=exact(body.quantity))


def _amended(lot: Lot, body: e.LotAmended) -> Lot:
    return replace(lot, name=body.name, unit=body.unit, minimum=body.minimum)


def _raised(lot: Lot, body: e.LotAlarmRaised) -> Lot:
    on = {*lot.alarms, body.alarm}
    return replace(lot, alarms=tuple(alarm for alarm in ALARMS if alarm in on))


def _cleared(lot: Lot, body: e.LotAlarmCleared) -> Lot:
    return replace(lot, alarms=tuple(alarm for alarm in lot.alarms if alarm != body.alarm))


STEPS: dict[type[Body], Callable[[Lot, Any], Lot]] = {
    e.LotReceived: _received,
    e.LotReserved: _reserved,
    e.LotReleased: _released,
    e.LotIssued: _issued,
    e.LotReturned: _returned,
    e.LotConsumed: _no_longer_out,
    e.LotWrittenOff: _taken,
    e.LotSent: _taken,
    e.LotCounted: _counted,
    e.LotAmended: _amended,
    e.LotAlarmRaised: _raised,
    e.LotAlarmCleared: _cleared,
}


# --- alarms -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """By which alarms are judged: the realm's day, and how many days before its end a lot is 临期."""

    today: date
    warn_days: int


def alarms_of(lot: Lot, terms: Terms) -> tuple[e.Alarm, ...]:
    """What is wrong with a lot. One that is used up after its expiry lacks nothing: its successor does."""
    past, some = lot.is_past(terms.today), lot.quantity > 0
    near = lot.expiry is not None and lot.expiry - terms.today <= timedelta(days=terms.warn_days)
    found = {
        "expired": past and some,
        "expiring": near and not past and some,
        "below_minimum": lot.quantity < lot.minimum and not (past and not some),
    }
    return tuple(alarm for alarm in ALARMS if found[alarm])


def crossings(lot: Lot, terms: Terms) -> list[Body]:
    """The facts by which the lot's alarms become what they should be."""
    due = alarms_of(lot, terms)
    ended = [e.LotAlarmCleared(alarm=alarm) for alarm in lot.alarms if alarm not in due]
    begun = [e.LotAlarmRaised(alarm=alarm) for alarm in due if alarm not in lot.alarms]
    return [*ended, *begun]


def crossed(lot: Lot, terms: Terms, at: datetime) -> list[Draft]:
    return [Draft(body, lot.id, lot.area, at) for body in crossings(lot, terms)]


# --- decisions --------------------------------------------------------------------------------------------


def moved(lot: Lot, bodies: Sequence[Body], terms: Terms, at: datetime) -> list[Draft]:
    """These movements of a lot, and the alarms that they raise or clear."""
    new = lot
    for body in bodies:
        new = after(new, body)
    return [Draft(body, lot.id, lot.area, at) for body in bodies] + crossed(new, terms, at)


def begun(ident: str, body: e.LotReceived, area: str, terms: Terms, at: datetime) -> list[Draft]:
    """The first goods of a lot, and what is wrong with it from the start."""
    values = body.model_dump(exclude={"from_lot", "reason"})
    lot = Lot(ident, 0, area=area, **values)
    return [Draft(body, ident, area, at), *crossed(lot, terms, at)]


def reserve(lot: Lot, quantity: float, incident: str | None, reason: str | None, terms: Terms) -> Body:
    """预留. Raises StockShort, LotExpired."""
    _refuse_expired(lot, terms)
    _refuse_short(lot, quantity, lot.free)
    return e.LotReserved(quantity=quantity, incident=incident, reason=reason)


def release(lot: Lot, quantity: float, incident: str | None, reason: str | None) -> Body:
    """解除预留. Raises StockShort: no more is given free than is held for this incident."""
    _refuse_short(lot, quantity, lot.held_for(incident))
    return e.LotReleased(quantity=quantity, incident=incident, reason=reason)


def issue(lot: Lot, quantity: float, incident: str | None, reason: str | None, terms: Terms) -> Body:
    """出库: first what is held for this incident, then what is free. Raises StockShort, LotExpired."""
    _refuse_expired(lot, terms)
    held = lot.held_for(incident)
    _refuse_short(lot, quantity, exact(held + lot.free))
    of_reserved = min(held, quantity)
    return e.LotIssued(quantity=quantity, of_reserved=of_reserved, incident=incident, reason=reason)


def take_back(lot: Lot, quantity: float, incident: str | None, reason: str | None) -> Body:
    """归还. Raises StockShort when more comes back than went out."""
    _refuse_short(lot, quantity, lot.issued)
    return e.LotReturned(quantity=quantity, incident=incident, reason=reason)


def consume(lot: Lot, quantity: float, incident: str | None, reason: str | None) -> Body:
    """消耗: of what has gone out. Raises StockShort."""
    _refuse_short(lot, quantity, lot.issued)
    return e.LotConsumed(quantity=quantity, incident=incident, reason=reason)


def write_off(lot: Lot, quantity: float, reason: str) -> Body:
    """报废, of what is free. Raises StockShort."""
    _refuse_short(lot, quantity, lot.free)
    return e.LotWrittenOff(quantity=quantity, reason=reason)


def count(lot: Lot, found: float, reason: str | None) -> Body:
    """盘点. Raises StockBelowReserved, ReasonMissing when the books were wrong and nobody says why."""
    if found < lot.reserved:
        raise StockBelowReserved(
            lot=lot.id, item=lot.item, name=lot.name, counted=found, reserved=lot.reserved, unit=lot.unit
        )
    difference = exact(found - lot.quantity)
    if difference and not reason:
        raise ReasonMissing(difference=difference, unit=lot.unit)
    return e.LotCounted(quantity=exact(found), difference=difference, reason=reason)


def send(lot: Lot, quantity: float, to_store: str, to_lot: str, reason: str | None) -> Body:
    """调出, of what is free. Raises StockShort."""
    _refuse_short(lot, quantity, lot.free)
    return e.LotSent(quantity=quantity, to_store=to_store, to_lot=to_lot, reason=reason)


def _refuse_short(lot: Lot, wanted: float, available: float) -> None:
    if wanted > available:
        raise StockShort(
            lot=lot.id, store=lot.store, item=lot.item, name=lot.name, unit=lot.unit, wanted=wanted,
            available=available, quantity=lot.quantity, reserved=lot.reserved, free=lot.free,
            issued=lot.issued,
        )  # fmt: skip


def _refuse_expired(lot: Lot, terms: Terms) -> None:
    if lot.is_past(terms.today):
        raise LotExpired(lot=lot.id, name=lot.name, expiry=lot.expiry)
