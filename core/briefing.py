"""初报, 续报, 终报 drafted from the log: facts in, sections out. Pure; words are `pages.briefing`'s.

A 续报 tells what came after the report before it, the others the whole of it. What people wrote is quoted
without numbers by which somebody could be called or known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import core.events as e
import core.events_cases as c
import core.events_linkage as m
from core import linkage_model as states
from core.envelope import Body, Event
from core.events_briefing import LossesReported, Stage
from core.events_commit import SuppliesReserved
from core.events_stock import LotConsumed, LotIssued, LotReturned
from core.linkage_model import TASK_OPEN, Linkage, Task
from core.losses import AreaLosses, total
from core.masking import without_numbers
from core.model import Incident

NAMES_MOST = 12
"""Names in one sentence; of more only the number is told."""
AnyBody = TypeVar("AnyBody", bound=Body)


@dataclass(frozen=True, slots=True)
class Supply:
    """What stores gave for it, in `unit`: so much went out, so much of that came back or was used up."""

    name: str
    unit: str
    issued: float
    returned: float
    consumed: float


@dataclass(frozen=True, slots=True)
class Known:
    """A response as it stands at `at`. `events`: all of the incident, its assignments and the response,
    oldest first; `after`: the position up to which the report before tells (0 = there is none), sent at
    `since`."""

    incident: Incident
    linkage: Linkage
    tasks: Sequence[Task]
    events: Sequence[Event]
    losses: Sequence[AreaLosses]
    supplies: Sequence[Supply]
    at: datetime
    after: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence: `code` in the catalogue, `values` fill it. Times are datetimes, offices codes, seconds
    end in `_s`."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    items: tuple[Item, ...]


def draft(of: Known, stage: Stage) -> tuple[Section, ...]:
    """The report as it would be now; sections without anything to say are left out."""
    fresh = [one for one in of.events if one.seq > of.after]
    if stage == "first":
        found = [
            ("what", _what(of)), ("losses", _losses(of)), ("done", _done(of, fresh)), ("next", _next(of)),
        ]  # fmt: skip
    elif stage == "follow":
        found = [
            ("stands", _stands(of)), ("losses", _losses(of, fresh)), ("done", _done(of, fresh)),
            ("next", _next(of)),
        ]  # fmt: skip
    else:
        found = [
            ("what", _what(of)), ("course", _course(of)), ("losses", _losses(of)),
            ("tasks", _by_office(of.tasks)), ("means", _means(of)), ("left", _left(of)),
        ]  # fmt: skip
    return tuple(Section(code, tuple(items)) for code, items in found if items)


# --- what it is about -------------------------------------------------------------------------------------


def _what(of: Known) -> list[Item]:
    i, response = of.incident, of.linkage
    begun = {"plan": response.plan_name, "level": response.level, "at": response.started_at}
    return [
        Item("what", {"at": i.reported_at, "place": i.place, "address": i.address, "title": i.title}),
        Item("text", {"text": without_numbers(i.text)}),
        Item("begun", {**begun, "office": response.commander, "name": response.commander_name}),
    ]


def _stands(of: Known) -> list[Item]:
    response = of.linkage
    values = {"since": of.since, "at": of.at, "level": response.level, "office": response.commander}
    return [Item("stands", {**values, "name": response.commander_name})]


def _course(of: Known) -> list[Item]:
    """From the activation to the end, with what changed the response itself."""
    ended = next((one for one in of.events if isinstance(one.body, m.ResponseEnded)), None)
    at = of.linkage.ended_at or of.at
    lasted = {"at": at, "lasted_s": (at - of.linkage.started_at).total_seconds()}
    reason = without_numbers(ended.body.reason) if ended and isinstance(ended.body, m.ResponseEnded) else ""
    return [*_told(of.events, _COMMAND), Item("ended", {**lasted, "reason": reason})]


def _losses(of: Known, fresh: Iterable[Event] | None = None) -> list[Item]:
    """All of it together, and by how many areas it was told; of a 续报 only where somebody told anew."""
    if not of.losses:
        return [Item("losses_unknown")]
    if fresh is not None and not any(isinstance(one.body, LossesReported) for one in fresh):
        return [Item("losses_same")]
    newest = max(one.at for one in of.losses)
    return [Item("losses", {"figures": total(of.losses), "areas": len(of.losses), "at": newest})]


# --- what was done ----------------------------------------------------------------------------------------


def _done(of: Known, fresh: Sequence[Event]) -> list[Item]:
    return [
        *_units(fresh),
        *_supplies_ordered(fresh),
        *_acknowledged(fresh),
        *_told(fresh, _TELLS, {one.id: one for one in of.tasks}),
    ]


def _bodies(events: Iterable[Event], kind: type[AnyBody]) -> list[AnyBody]:
    return [one.body for one in events if isinstance(one.body, kind)]


def _units(events: Sequence[Event]) -> list[Item]:
    sent = list(dict.fromkeys(one.unit_name for one in _bodies(events, e.UnitDispatched)))
    arrived = len(_bodies(events, e.AssignmentArrived))
    items = [Item("units", {"count": len(sent), "names": _few(sent)})] if sent else []
    return items + ([Item("arrived", {"count": arrived})] if arrived else [])


def _few(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(names[:NAMES_MOST])


def _supplies_ordered(events: Sequence[Event]) -> list[Item]:
    summed: defaultdict[tuple[str, str], float] = defaultdict(float)
    for told in _bodies(events, SuppliesReserved):
        for part in told.parts:
            summed[part.name, part.unit] += part.quantity
    goods = tuple((name, quantity, unit) for (name, unit), quantity in summed.items())
    return [Item("supplies", {"goods": goods})] if goods else []


def _acknowledged(events: Sequence[Event]) -> list[Item]:
    offices = tuple(dict.fromkeys(one.office for one in _bodies(events, m.TaskAcknowledged)))
    return [Item("acknowledged", {"count": len(offices), "offices": _few(offices)})] if offices else []


Teller = Callable[[Any], dict[str, Any]]
_COMMAND: Mapping[type[Body], tuple[str, Teller]] = {
    m.ResponseLevelChanged: (
        "level", lambda b: {"level": b.level, "before": b.before, "reason": without_numbers(b.reason)},
    ),
    m.CommandHandedOver: ("command", lambda b: {"office": b.office, "name": b.name}),
}  # fmt: skip
"""Fact → its sentence, and what fills it."""
_TELLS: Mapping[type[Body], tuple[str, Teller]] = {
    **_COMMAND,
    m.ZoneDrawn: ("zone", lambda b: {"km2": f"{b.area_m2 / 1e6:.2f}"} if b.ring else {}),
    m.TasksAdded: ("added", lambda b: {"names": _few([one.title for one in b.tasks])}),
    m.TaskDone: (
        "task_done", lambda b: {"office": b.office, "text": without_numbers(b.text), "task": b.task},
    ),
    m.TaskMissed: ("task_late", lambda b: {"office": b.office, "title": b.title}),
    e.NoteAdded: ("note", lambda b: {"text": without_numbers(b.text)}),
    c.SituationReported: ("note", lambda b: {"text": without_numbers(b.text)}),
    e.IncidentReplied: ("note", lambda b: {"text": without_numbers(b.text)}),
}  # fmt: skip


def _told(
    events: Iterable[Event],
    how: Mapping[type[Body], tuple[str, Teller]],
    tasks: Mapping[str, Task] | None = None,
) -> list[Item]:
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


def _next(of: Known) -> list[Item]:
    """What is still to be done, and what of it is late."""
    still = [one for one in of.tasks if one.status in TASK_OPEN]
    if not still:
        return [Item("all_done")] if of.tasks else []
    under_way = [one for one in still if one.status == states.UNDER_WAY]
    items = [Item("open", {"count": len(still), "going": len(under_way)})]
    items += [Item("going", {"office": one.owner, "title": one.title}) for one in under_way[:NAMES_MOST]]
    late = [one for one in still if one.late]
    return items + [Item("late", {"office": one.owner, "title": one.title}) for one in late[:NAMES_MOST]]


# --- totals -----------------------------------------------------------------------------------------------


def _by_office(tasks: Sequence[Task]) -> list[Item]:
    """Of all offices together, then of each: given, done, late, taken back."""
    offices = dict.fromkeys(one.owner for one in tasks)
    if not offices:
        return []
    return [
        Item("tasks", {"offices_n": len(offices), **_counted(tasks)}),
        *(
            Item("tasks_of", {"office": office, **_counted([one for one in tasks if one.owner == office])})
            for office in offices
        ),
    ]


def _counted(tasks: Sequence[Task]) -> dict[str, int]:
    done = sum(one.status == states.DONE for one in tasks)
    cancelled = sum(one.status == states.CANCELLED for one in tasks)
    return {"count": len(tasks), "done": done, "cancelled": cancelled, "late": sum(one.late for one in tasks)}


def _means(of: Known) -> list[Item]:
    """Units and supplies of the whole response."""
    goods = [
        Item(
            "supply_used",
            {"name": one.name, "unit": one.unit, "issued": one.issued, "consumed": one.consumed,
             "returned": one.returned},
        )
        for one in of.supplies
    ]  # fmt: skip
    return [*_units(of.events), *goods]


def _left(of: Known) -> list[Item]:
    """What is not finished with the end: units at work, goods that are out, tasks that were called off."""
    items = []
    if of.incident.units:
        items.append(Item("units_left", {"count": len(of.incident.units)}))
    out = [one for one in of.supplies if one.issued > one.returned + one.consumed]
    items += [
        Item(
            "supply_left",
            {"name": one.name, "quantity": one.issued - one.returned - one.consumed, "unit": one.unit},
        )
        for one in out
    ]
    called_off = [one for one in of.tasks if one.status == states.CANCELLED]
    items += [Item("called_off", {"office": one.owner, "title": one.title}) for one in called_off]
    return items or [Item("nothing_left")]


def supplies_used(
    events: Iterable[Event], incident: str, names: Mapping[str, tuple[str, str]]
) -> list[Supply]:
    """What went out of lots for an incident; `names`: lot → name and unit. `events` are those of the lots."""
    summed: dict[tuple[str, str], defaultdict[str, float]] = {}
    for one in events:
        body = one.body
        if isinstance(body, LotIssued | LotReturned | LotConsumed) and body.incident == incident:
            tally = summed.setdefault(names[one.subject], defaultdict(float))
            tally[body.kind] += body.quantity
    return [
        Supply(name, unit, tally["LotIssued"], tally["LotReturned"], tally["LotConsumed"])
        for (name, unit), tally in summed.items()
    ]
