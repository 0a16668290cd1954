"""Sentences of a report, each from facts of one kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import core.events as e
import core.events_cases as c
import core.events_linkage as m
from core.briefing_model import NAMES_MOST, Item
from core.envelope import Body, Event
from core.events_commit import SuppliesReserved, SupplyPart
from core.events_warnings import BroadcastReceipt, WarningIssued
from core.linkage_model import Task
from core.masking import without_numbers

AnyBody = TypeVar("AnyBody", bound=Body)
SHELTERS = (m.ShelterOpened, m.ShelterFilled, m.ShelterClosed)


def bodies(events: Iterable[Event], kind: type[AnyBody]) -> list[AnyBody]:
    return [one.body for one in events if isinstance(one.body, kind)]


def any_of(events: Iterable[Event], kinds: tuple[type[Body], ...]) -> bool:
    return any(isinstance(one.body, kinds) for one in events)


def few(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(names[:NAMES_MOST])


def units(events: Sequence[Event]) -> list[Item]:
    """Who was sent, and how many came."""
    sent = list(dict.fromkeys(one.unit_name for one in bodies(events, e.UnitDispatched)))
    arrived = len(bodies(events, e.AssignmentArrived))
    items = [Item("units", {"count": len(sent), "names": few(sent)})] if sent else []
    return items + ([Item("arrived", {"count": arrived})] if arrived else [])


def goods_ordered(events: Sequence[Event]) -> list[SupplyPart]:
    """By hand, and with the plan."""
    by_hand = [part for one in bodies(events, SuppliesReserved) for part in one.parts]
    return by_hand + [part for one in bodies(events, m.MeansSent) for part in one.supplies]


def supplies(events: Sequence[Event]) -> list[Item]:
    """What the stores were told to send."""
    summed: defaultdict[tuple[str, str], float] = defaultdict(float)
    for part in goods_ordered(events):
        summed[part.name, part.unit] += part.quantity
    goods = tuple((name, quantity, unit) for (name, unit), quantity in summed.items())
    return [Item("supplies", {"goods": goods})] if goods else []


def roads(events: Sequence[Event]) -> list[Item]:
    closed = {road for one in bodies(events, m.MeansSent) for road in one.closures}
    return [Item("roads", {"count": len(closed)})] if closed else []


def shelters(events: Sequence[Event]) -> list[Item]:
    """How many were opened, for how many, and the most that were in each."""
    opened = {one.shelter: one.places for one in bodies(events, m.ShelterOpened)}
    if not opened:
        return []
    persons: dict[str, int] = {}
    for one in events:
        if isinstance(one.body, m.ShelterFilled | m.ShelterClosed):
            persons[one.body.shelter] = max(persons.get(one.body.shelter, 0), one.body.persons)
    values = {"places": sum(opened.values()), "persons": sum(persons.values())}
    return [Item("shelters", {"count": len(opened), **values})]


def warnings(events: Sequence[Event]) -> list[Item]:
    """The warnings issued, and how far the points carried them."""
    issued = bodies(events, WarningIssued)
    if not issued:
        return []
    heard: dict[str, int] = {}
    for one in events:
        if isinstance(one.body, BroadcastReceipt):
            heard[one.subject] = one.body.heard
    receipts = bodies(events, BroadcastReceipt)
    values = {
        "points": sum(len(order.points) for one in issued for order in one.orders),
        "done": sum(len(one.done) for one in receipts),
        "failed": sum(len(one.failed) for one in receipts),
        "heard": sum(heard.values()),
    }
    return [Item("warnings", {"count": len(issued), **values})]


def acknowledged(events: Sequence[Event]) -> list[Item]:
    offices = tuple(dict.fromkeys(one.office for one in bodies(events, m.TaskAcknowledged)))
    return [Item("acknowledged", {"count": len(offices), "offices": few(offices)})] if offices else []


Teller = Callable[[Any], dict[str, Any]]
Tellers = Mapping[type[Body], tuple[str, Teller]]
COMMAND: Tellers = {
    m.ResponseLevelChanged: (
        "level", lambda b: {"level": b.level, "before": b.before, "reason": without_numbers(b.reason)},
    ),
    m.CommandHandedOver: ("command", lambda b: {"office": b.office, "name": b.name}),
    m.ResponseMoved: ("moved", lambda b: {"place": b.place}),
}  # fmt: skip
"""Fact → its sentence, and what fills it."""
TELLS: Tellers = {
    **COMMAND,
    m.ZoneDrawn: ("zone", lambda b: {"km2": f"{b.area_m2 / 1e6:.2f}"} if b.ring else {}),
    m.TasksAdded: ("added", lambda b: {"names": few([one.title for one in b.tasks])}),
    m.TaskDone: (
        "task_done", lambda b: {"office": b.office, "text": without_numbers(b.text), "task": b.task},
    ),
    m.TaskMissed: ("task_late", lambda b: {"office": b.office, "title": b.title}),
    e.NoteAdded: ("note", lambda b: {"text": without_numbers(b.text)}),
    c.SituationReported: ("note", lambda b: {"text": without_numbers(b.text)}),
    e.IncidentReplied: ("note", lambda b: {"text": without_numbers(b.text)}),
    WarningIssued: ("warning", lambda b: {"headline": b.bulletin.headline, "people": b.people}),
}  # fmt: skip


def told(events: Iterable[Event], how: Tellers, tasks: Mapping[str, Task] | None = None) -> list[Item]:
    """A sentence for each of these facts, in their order, with when it happened."""
    items = []
    for one in events:
        if type(one.body) not in how:
            continue
        code, teller = how[type(one.body)]
        values = teller(one.body)
        if (ident := values.pop("task", None)) and tasks:
            values["title"] = tasks[ident].title if ident in tasks else ""
        if values:
            items.append(Item(code, {"at": one.occurred_at, **values}))
    return items
