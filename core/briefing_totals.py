"""What a response came to, for its 终报."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import core.events_linkage as m
from core import briefing_facts as facts
from core import linkage_model as states
from core.briefing_model import Item, Known, Supply
from core.envelope import Event
from core.events_stock import LotConsumed, LotIssued, LotReturned
from core.linkage_model import Task
from core.masking import without_numbers
from core.stock import exact


def course(of: Known) -> list[Item]:
    """From the activation to the end, with what changed the response itself."""
    ended = next((one for one in of.events if isinstance(one.body, m.ResponseEnded)), None)
    at = of.linkage.ended_at or of.at
    lasted = {"at": at, "lasted_s": (at - of.linkage.started_at).total_seconds()}
    reason = without_numbers(ended.body.reason) if ended and isinstance(ended.body, m.ResponseEnded) else ""
    return [*facts.told(of.events, facts.COMMAND), Item("ended", {**lasted, "reason": reason})]


def by_office(tasks: Sequence[Task]) -> list[Item]:
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


def means(of: Known) -> list[Item]:
    """Units, supplies, roads, shelters and warnings of the whole response."""
    goods = [
        Item(
            "supply_used",
            {"name": one.name, "unit": one.unit, "issued": one.issued, "consumed": one.consumed,
             "returned": one.returned},
        )
        for one in of.supplies
    ]  # fmt: skip
    return [
        *facts.units(of.events),
        *facts.supplies(of.events),
        *goods,
        *facts.roads(of.events),
        *facts.shelters(of.events),
        *facts.warnings(of.events),
    ]


def left(of: Known) -> list[Item]:
    """What is not finished with the end: units at work, goods that are out, tasks that were called off."""
    items = []
    if of.incident.units:
        items.append(Item("units_left", {"count": len(of.incident.units)}))
    items += [
        Item("supply_left", {"name": one.name, "quantity": out, "unit": one.unit})
        for one in of.supplies
        if (out := exact(one.issued - one.returned - one.consumed)) > 0
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
        Supply(name, unit, *(exact(tally[kind]) for kind in ("LotIssued", "LotReturned", "LotConsumed")))
        for (name, unit), tally in summed.items()
    ]
