"""力量物资: what a response sets moving beside its tasks, and what the city lacks for it. Pure.

A plan asks for units by skill and for items with its tasks, and for shelters, cordons and broadcasts by
themselves. What is missing is told before the click; whoever clicks accepts it, and what is missing then must
be no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core.advice import Gap
from core.envelope import Event
from core.events_linkage import MeansSent
from core.events_stock import LotIssued, LotReleased
from core.plans import Cordon, Shelter, Task
from core.runcards import EVERY_LEVEL, Slot
from core.stock import Lot, exact
from core.supply import Need, merged

Kind = Literal["unit", "item", "shelter", "closure", "broadcast"]


@dataclass(frozen=True, slots=True)
class Missing:
    """缺口: `missing` of `wanted` of one skill, item, or part of the plan (`what`), and why.

    An item that is there too late lacks nothing: its reason is "late".
    """

    kind: Kind
    what: str
    name: str
    name_en: str
    wanted: float
    missing: float
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A gap as whoever clicks has seen it."""

    kind: str
    what: str
    missing: float


def unaccepted(now: Iterable[Missing], accepted: Iterable[Accepted]) -> list[Missing]:
    """The gaps that are new, or wider than they were seen. What got better, or was replaced, is none."""
    seen = {(one.kind, one.what): one.missing for one in accepted}
    return [one for one in now if one.missing > seen.get((one.kind, one.what), -1.0)]


# --- units and items --------------------------------------------------------------------------------------


def slots_of(tasks: Iterable[Task], kinds: Iterable[str]) -> list[Slot]:
    """A place for each task and skill, `slot` being the task's code: units of any kind that have it. Nobody
    is called off another incident for a plan."""
    of_any = tuple(kinds)
    return [
        Slot(
            class_code="", level=EVERY_LEVEL, slot=task.code, slot_en=task.code, kinds=of_any,
            skills=(need.what,), vehicle="", number=round(need.number), takes=0, source="",
        )
        for task in tasks
        for need in task.needs
        if need.kind == "unit"
    ]  # fmt: skip


def items_of(tasks: Iterable[Task]) -> list[Need]:
    """What the tasks need of the stores, there before the task's time is over."""
    return [
        Need(need.what, need.number, 60 * task.due_min)
        for task in tasks
        for need in task.needs
        if need.kind == "item"
    ]


def still_needed(needs: Iterable[Need], lots: Iterable[Lot], incident: str) -> list[Need]:
    """What is left of needs when so much of the lots is bound to the incident already."""
    bound: dict[str, float] = defaultdict(float)
    for lot in lots:
        bound[lot.item] += lot.held_for(incident) + lot.out_for(incident)
    left = [replace(one, quantity=exact(one.quantity - bound[one.item])) for one in merged(needs)]
    return [one for one in left if one.quantity > 0]


Words = Mapping[str, tuple[str, str]]
"""Code → what it is called, in Chinese and English."""


def unit_gaps(slots: Sequence[Slot], gaps: Iterable[Gap], words: Words) -> list[Missing]:
    """One a skill; `words` are those of skills."""
    found: dict[str, Missing] = {}
    for gap in gaps:
        skill = slots[gap.slot].skills[0]
        wanted = sum(slot.number for slot in slots if slot.skills[0] == skill)
        name, name_en = words.get(skill, (skill, skill))
        before = found.get(skill, Missing("unit", skill, name, name_en, wanted, 0, gap.reason))
        found[skill] = replace(before, missing=before.missing + gap.missing)
    return list(found.values())


def skill_words(slots: Iterable[Slot]) -> dict[str, tuple[str, str]]:
    """Skill → the words of the first run card that asks for it alone."""
    found: dict[str, tuple[str, str]] = {}
    for slot in slots:
        if len(slot.skills) == 1:
            found.setdefault(slot.skills[0], (slot.slot, slot.slot_en))
    return found


def still_reserved(events: Iterable[Event], incident: str) -> dict[str, float]:
    """Lot → how much of what a response reserved is still reserved, by the facts of the response and its
    lots, oldest first. What is issued or freed is the response's first, then what was reserved by hand."""
    left: dict[str, float] = defaultdict(float)
    for event in events:
        body = event.body
        if isinstance(body, MeansSent):
            for part in body.supplies:
                left[part.lot] = exact(left[part.lot] + part.quantity)
        elif isinstance(body, LotIssued | LotReleased) and body.incident == incident:
            gone = body.of_reserved if isinstance(body, LotIssued) else body.quantity
            left[event.subject] = exact(max(0.0, left[event.subject] - gone))
    return left


# --- shelters ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Haven:
    """避难场所 near an incident: `free` places, `metres` from the hazard's edge, lon/lat in EPSG:4326."""

    id: str
    name: str
    area: str
    grade: str
    lon: float
    lat: float
    free: int
    metres: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A shelter to open, or to open further, with all the places that are then kept in it."""

    haven: Haven
    places: int


def open_shelters(
    asked: Iterable[Shelter], havens: Sequence[Haven], opened: Mapping[str, int], words: Words
) -> tuple[list[Opened], list[Missing]]:
    """The nearest with free places first. `opened` are the places that the response keeps already, to which
    more are added, `words` what the plan calls its phases."""
    kept: dict[str, int] = {}
    missing = []
    near = sorted(havens, key=lambda one: (one.metres, one.id))
    for part in asked:
        left = part.persons
        for one in near:
            free = one.free - kept.get(one.id, 0)
            if left > 0 and free > 0 and _fits(part, one):
                kept[one.id] = kept.get(one.id, 0) + min(free, left)
                left -= min(free, left)
        if left > 0:
            missing.append(_roofless(part, left, words))
    return [Opened(one, kept[one.id] + opened.get(one.id, 0)) for one in near if one.id in kept], missing


def _fits(part: Shelter, one: Haven) -> bool:
    return part.grade in ("", one.grade) and one.metres <= part.radius_m


def _roofless(part: Shelter, left: int, words: Words) -> Missing:
    reason = "not_enough" if left < part.persons else "none_near"
    names = words.get(part.phase, (part.phase, part.phase))
    return Missing("shelter", part.code, *names, part.persons, left, reason)


# --- cordons ----------------------------------------------------------------------------------------------


ROADS_MOST = 2_000
"""More than the widest cordon of a shipped plan (1,500 m) takes in, in a dense city. Beyond that it is no
cordon: nobody could guard it, and half the city would stand still for one click."""


def closable(
    asked: Iterable[Cordon], metres: Sequence[float], words: Words
) -> tuple[list[Cordon], list[Missing]]:
    """The cordons that can be closed, of roads so far from the hazard's edge. One that would close more than
    `ROADS_MOST` is none of them: who commands closes by hand, or draws a smaller area."""
    kept, wide = [], []
    for part in asked:
        roads = sum(far <= part.radius_m for far in metres)
        if roads <= ROADS_MOST:
            kept.append(part)
        else:
            names = words.get(part.phase, (part.phase, part.phase))
            wide.append(Missing("closure", part.code, *names, roads, roads, "too_many_roads"))
    return kept, wide


def reason_of(cordons: Iterable[Cordon], metres: float) -> str | None:
    """Why a road so far from the hazard's edge is closed: by the first cordon that reaches it."""
    return next((one.reason for one in cordons if metres <= one.radius_m), None)
