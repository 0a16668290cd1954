"""预案校验: what stands in the way of using a plan. Each fault names the place, for the form beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal

from core.plans import Broadcast, Cordon, Need, Plan, Shelter, Task


@dataclass(frozen=True, slots=True)
class Known:
    """What the city has: codes of departments, items, skills of units, and classes of incidents."""

    departments: Collection[str]
    items: Collection[str]
    skills: Collection[str]
    classes: Collection[str]


@dataclass(frozen=True, slots=True)
class Fault:
    """`pointer` is a JSON pointer into the plan, `code` one of the messages `plan.fault.*`."""

    pointer: str
    code: str
    params: dict[str, Any] = field(default_factory=dict, hash=False)


def faults(plan: Plan, known: Known) -> list[Fault]:
    """Everything wrong with a plan, in the plan's order; none means that it may be approved."""
    return [
        *_stages(plan),
        *_triggers(plan, known),
        *_twins(plan),
        *_phases(plan),
        *_order(plan),
        *_owners(plan, known),
        *_needs(plan, known),
        *([] if plan.sources else [Fault("/sources", "no_source")]),
    ]


def _stages(plan: Plan) -> Iterator[Fault]:
    if not plan.stages:
        yield Fault("/stages", "no_stage")
    for level, times in Counter(one.level for one in plan.stages).items():
        if times > 1:
            yield Fault("/stages", "stage_twice", {"level": level})


def _triggers(plan: Plan, known: Known) -> Iterator[Fault]:
    for n, one in enumerate(plan.triggers):
        if not one.classes and not one.warnings:
            yield Fault(f"/triggers/{n}", "trigger_empty")
        if plan.stage(one.level) is None:
            yield Fault(f"/triggers/{n}/level", "no_such_stage", {"level": one.level})
        for code in one.classes:
            if not any(given.startswith(code) for given in known.classes):
                yield Fault(f"/triggers/{n}/classes", "class_unknown", {"class": code})


Timed = Task | Broadcast | Shelter | Cordon


def _parts(plan: Plan) -> list[tuple[str, Sequence[Timed]]]:
    return [
        ("tasks", plan.tasks), ("broadcasts", plan.broadcasts), ("shelters", plan.shelters),
        ("cordons", plan.cordons),
    ]  # fmt: skip


def _twins(plan: Plan) -> Iterator[Fault]:
    for name, parts in [("phases", plan.phases), *_parts(plan)]:
        seen: set[str] = set()
        for n, part in enumerate(parts):
            if part.code in seen:
                yield Fault(f"/{name}/{n}/code", "code_twice", {"item": part.code})
            seen.add(part.code)


def _phases(plan: Plan) -> Iterator[Fault]:
    phases = {phase.code for phase in plan.phases}
    if not plan.tasks:
        yield Fault("/tasks", "no_task")
    for name, parts in _parts(plan):
        for n, part in enumerate(parts):
            if part.phase not in phases:
                yield Fault(f"/{name}/{n}/phase", "phase_unknown", {"phase": part.phase})
            if not any(stage.level <= part.from_level for stage in plan.stages):
                yield Fault(f"/{name}/{n}/from_level", "never_reached", {"level": part.from_level})
    filled = {task.phase for task in plan.tasks}
    for n, phase in enumerate(plan.phases):
        if phase.code not in filled:
            yield Fault(f"/phases/{n}", "phase_empty", {"phase": phase.name})


def _order(plan: Plan) -> Iterator[Fault]:
    place = {phase.code: n for n, phase in enumerate(plan.phases)}
    tasks = {task.code: task for task in plan.tasks}
    for n, task in enumerate(plan.tasks):
        if task.due_min < task.ack_min:
            yield Fault(f"/tasks/{n}/due_min", "due_before_ack")
        for code in task.after:
            before = tasks.get(code)
            if before is None:
                yield Fault(f"/tasks/{n}/after", "task_unknown", {"task": code})
            elif place.get(before.phase, 0) > place.get(task.phase, 0):
                yield Fault(f"/tasks/{n}/after", "waits_for_later_phase", {"task": before.title})
            elif before.from_level < task.from_level:
                yield Fault(f"/tasks/{n}/after", "waits_for_graver_level", {"task": before.title})
    try:
        TopologicalSorter({task.code: task.after for task in plan.tasks}).prepare()
    except CycleError as error:
        ring = [tasks[code].title if code in tasks else code for code in error.args[1]]
        yield Fault("/tasks", "cycle", {"tasks": " → ".join(ring)})


def _owners(plan: Plan, known: Known) -> Iterator[Fault]:
    owned = [
        *((f"/stages/{n}/commander", one.commander) for n, one in enumerate(plan.stages)),
        *((f"/tasks/{n}/owner", one.owner) for n, one in enumerate(plan.tasks)),
        *((f"/contacts/{n}/owner", one.owner) for n, one in enumerate(plan.contacts)),
    ]
    for pointer, owner in owned:
        dept = owner.partition("@")[0]
        if dept and dept not in known.departments:
            yield Fault(pointer, "department_unknown", {"department": dept})


def _needs(plan: Plan, known: Known) -> Iterator[Fault]:
    for n, task in enumerate(plan.tasks):
        for m, need in enumerate(task.needs):
            if need.what not in (known.skills if need.kind == "unit" else known.items):
                yield Fault(f"/tasks/{n}/needs/{m}", f"{need.kind}_unknown", {"what": need.what})


def demanded(tasks: Iterable[Task]) -> list[Need]:
    """What tasks need together: each skill and item once, summed, in the order first met."""
    total: dict[tuple[Literal["unit", "item"], str], float] = {}
    for task in tasks:
        for need in task.needs:
            total[need.kind, need.what] = total.get((need.kind, need.what), 0.0) + need.number
    return [Need(kind=kind, what=what, number=number) for (kind, what), number in total.items()]


def shared(one: Plan, other: Plan) -> float:
    """The share (0…1) of the smaller plan's tasks that the other has too, by owner and title."""
    first, second = ({(task.owner, task.title) for task in plan.tasks} for plan in (one, other))
    return len(first & second) / max(1, min(len(first), len(second)))
