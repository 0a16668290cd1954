"""交接班: one hands over, another takes over; what is unresolved, counted as the lists count it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import core.events_duty as e
from core.envelope import Event
from core.errors_duty import HandoverTaken, NotYours, SamePerson

KINDS = ("open", "waiting", "under_way", "to_close", "near", "over", "grave", "supervised", "alarms")
"""What is counted: everything unresolved, of it waiting for dispatch, under way, to be closed, with a clock
that runs out soon or has run out, of severity Ⅰ or Ⅱ, under supervision; and alarms that wait."""
SUBJECT = "handover:"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who (names of accounts are unique), at which seat, when by the realm's time."""

    name: str
    seat: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """One change of shifts of an office; `taken` is None while nobody has taken over."""

    id: str
    version: int
    office: str
    since: datetime | None
    handed: Signature
    counts: Mapping[str, int]
    notes: str
    items: tuple[tuple[str, str, str], ...]
    roster: tuple[str, ...]
    taken: Signature | None = None
    remark: str | None = None
    withdrawn: bool = False


def apply(known: Handover | None, event: Event) -> Handover | None:
    """The handover after a fact."""
    body = event.body
    signature = Signature(event.actor, event.seat, event.recorded_at)
    if isinstance(body, e.ShiftHandedOver):
        told: dict[str, Any] = {name: getattr(body, name) for name in ("office", "since", "counts", "notes")}
        ident = event.subject.removeprefix(SUBJECT)
        return Handover(ident, event.seq, handed=signature, items=body.items, roster=body.roster, **told)
    if known is not None and isinstance(body, e.ShiftTakenOver):
        return replace(known, version=event.seq, taken=signature, remark=body.remark)
    if known is not None and isinstance(body, e.HandoverWithdrawn):
        return replace(known, version=event.seq, taken=signature, withdrawn=True)
    return known


def take_over(known: Handover, name: str, remark: str | None) -> e.ShiftTakenOver:
    """Raises HandoverTaken, SamePerson."""
    if known.taken:
        raise HandoverTaken(by=known.taken.name, at=known.taken.at)
    if known.handed.name == name:
        raise SamePerson(name=name)
    return e.ShiftTakenOver(office=known.office, handed_by=known.handed.name, remark=remark)


def withdraw(known: Handover, name: str) -> e.HandoverWithdrawn:
    """Raises HandoverTaken, NotYours."""
    if known.taken:
        raise HandoverTaken(by=known.taken.name, at=known.taken.at)
    if known.handed.name != name:
        raise NotYours(by=known.handed.name)
    return e.HandoverWithdrawn(office=known.office)
