"""脚本校验: what stands in the way of running a drill's script. Each fault names the place, for the form
beside it, and says its remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from core.drill_script import Breakdown, Inject, Measure, Report, Script
from core.offices import parse
from core.plans import Plan

_OF_REPORTS: frozenset[Measure] = frozenset({"ack"})
"""What can be timed only of an incident that the inject itself reports."""
_OF_INCIDENTS: frozenset[Measure] = frozenset({"dispatch", "arrival", "close"})
"""What would be anybody's if the inject is about no incident; plans, tasks, orders, supplies and reports are
then looked for in the whole drill."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`pointer` is a JSON pointer into the script."""

    pointer: str
    code: str
    params: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """Its sentence with the remedy, in the catalogue."""
        return f"drills.fault.{self.code}"


def faults(
    script: Script,
    classes: Collection[str],
    offices: Collection[str],
    skills: Collection[str],
    plan: Plan | None,
) -> list[Fault]:
    """Everything wrong with a script; none means that it may be run.

    `classes` and `skills` are the city's, `offices` the codes of its departments and of its divisions
    together, `plan` what is in force under the code that the script names.
    """
    return [
        *_overview(script, classes, offices, plan),
        *_seats(script, offices),
        *_twins(script),
        *_people(script),
        *_acts(script, classes, skills),
        *_order(script),
        *_indicators(script, plan),
    ]


def _overview(
    script: Script, classes: Collection[str], offices: Collection[str], plan: Plan | None
) -> Iterator[Fault]:
    if script.division and script.division not in offices:
        yield Fault("/division", "division_unknown", {"division": script.division})
    if script.plan and plan is None:
        yield Fault("/plan", "plan_unknown", {"plan": script.plan})
    if script.hazard and script.hazard not in classes:
        yield Fault("/hazard", "class_unknown", {"class_code": script.hazard})
    if not script.injects:
        yield Fault("/injects", "no_inject")
    if not script.sources:
        yield Fault("/sources", "no_source")


def _seats(script: Script, offices: Collection[str]) -> Iterator[Fault]:
    roles = {seat.role for seat in script.seats}
    if "controller" not in roles:
        yield Fault("/seats", "no_controller")
    if "player" not in roles:
        yield Fault("/seats", "no_player")
    for n, seat in enumerate(script.seats):
        office = parse(seat.office)
        if any(code and code not in offices for code in (office.dept, office.area)):
            yield Fault(f"/seats/{n}/office", "office_unknown", {"office": seat.office})


def _twins(script: Script) -> Iterator[Fault]:
    injects = list(enumerate(script.injects))
    numbers = [(f"/injects/{n}/number", one.number) for n, one in injects]
    yield from _twice(numbers, "number_twice")
    yield from _twice([(f"/seats/{n}/code", one.code) for n, one in enumerate(script.seats)])
    yield from _twice([(f"/objectives/{n}/code", one.code) for n, one in enumerate(script.objectives)])
    yield from _twice(
        [(f"/injects/{n}/indicators/{m}/code", one.code)
         for n, inject in injects for m, one in enumerate(inject.indicators)]
    )  # fmt: skip


def _twice(named: Sequence[tuple[str, Any]], code: str = "code_twice") -> Iterator[Fault]:
    seen = Counter[Any]()
    for pointer, name in named:
        seen[name] += 1
        if seen[name] > 1:
            yield Fault(pointer, code, {"item": name})


def _people(script: Script) -> Iterator[Fault]:
    objectives = {one.code for one in script.objectives}
    for n, one in enumerate(script.injects):
        yield from _seat(script, f"/injects/{n}/target", one.target, "player", "target_not_player")
        if one.evaluator is not None:
            yield from _seat(script, f"/injects/{n}/evaluator", one.evaluator, "evaluator", "not_evaluator")
        if one.objective is not None and one.objective not in objectives:
            yield Fault(f"/injects/{n}/objective", "objective_unknown", {"objective": one.objective})


def _seat(script: Script, pointer: str, code: str, role: str, unfit: str) -> Iterator[Fault]:
    seat = script.seat(code)
    if seat is None:
        yield Fault(pointer, "seat_unknown", {"seat": code})
    elif seat.role != role:
        yield Fault(pointer, unfit, {"seat": seat.name})


def _acts(script: Script, classes: Collection[str], skills: Collection[str]) -> Iterator[Fault]:
    for n, one in enumerate(script.injects):
        act, at = one.act, f"/injects/{n}/act"
        if isinstance(act, Report):
            if act.class_code not in classes:
                yield Fault(f"{at}/class", "class_unknown", {"class_code": act.class_code})
            continue
        if isinstance(act, Breakdown) and act.skill not in skills:
            yield Fault(f"{at}/skill", "skill_unknown", {"skill": act.skill})
        if act.inject is not None:
            yield from _makes_incident(script, f"{at}/inject", act.inject)


def _makes_incident(script: Script, pointer: str, number: int) -> Iterator[Fault]:
    other = script.inject(number)
    if other is None:
        yield Fault(pointer, "inject_unknown", {"number": number})
    elif not isinstance(other.act, Report):
        yield Fault(pointer, "makes_no_incident", {"number": number})


def _order(script: Script) -> Iterator[Fault]:
    """When each comes: by a time or upon something, after what it is about, before the drill ends."""
    for n, one in enumerate(script.injects):
        if one.at_min is not None and one.when is not None:
            yield Fault(f"/injects/{n}/when", "time_twice")
        elif one.at_min is None and one.when is None:
            yield Fault(f"/injects/{n}/at_min", "time_missing")
        if one.when is None:
            continue
        if script.inject(one.when.inject) is None:
            yield Fault(f"/injects/{n}/when/inject", "inject_unknown", {"number": one.when.inject})
        elif one.when.fact and script.incident_of(one.when.inject) is None:
            yield Fault(f"/injects/{n}/when/fact", "about_no_incident", {"number": one.when.inject})
    try:
        earliest = _earliest(script)
    except CycleError as error:
        ring = " → ".join(map(str, error.args[1]))
        yield Fault("/injects", "cycle", {"injects": ring})
        return
    for n, one in enumerate(script.injects):
        yield from _in_time(script, n, one, earliest)


def _earliest(script: Script) -> dict[int, float]:
    """Number → the minute before which it cannot come. Raises CycleError."""
    held = {one.number: one for one in script.injects}
    waits = {number: [one.when.inject] if one.when else [] for number, one in held.items()}
    found: dict[int, float] = {}
    for number in TopologicalSorter(waits).static_order():
        one = held.get(number)
        if one and one.when:
            found[number] = found.get(one.when.inject, 0.0) + one.when.after_min
        else:
            found[number] = (one.at_min or 0.0) if one else 0.0
    return found


def _in_time(script: Script, n: int, one: Inject, earliest: Mapping[int, float]) -> Iterator[Fault]:
    begins, when = earliest[one.number], one.when
    pointer = f"/injects/{n}/when/after_min" if when else f"/injects/{n}/at_min"
    if begins > script.minutes:
        yield Fault(pointer, "beyond_end", {"minutes": script.minutes})
    if when and when.latest_min is not None:
        latest = f"/injects/{n}/when/latest_min"
        if when.latest_min > script.minutes:
            yield Fault(latest, "beyond_end", {"minutes": script.minutes})
        if when.latest_min < begins:
            yield Fault(latest, "latest_too_early", {"minutes": begins})
    about = None if isinstance(one.act, Report) else one.act.inject
    if about is not None and begins < earliest.get(about, 0.0):
        yield Fault(pointer, "before_its_incident", {"number": about, "minutes": earliest[about]})
    for m, indicator in enumerate(one.indicators):
        if begins + indicator.limit_s / 60 > script.minutes:
            at = f"/injects/{n}/indicators/{m}/limit_s"
            yield Fault(at, "limit_beyond_end", {"minutes": script.minutes})


def _indicators(script: Script, plan: Plan | None) -> Iterator[Fault]:
    tasks = {task.code for task in plan.tasks} if plan else set()
    for n, one in enumerate(script.injects):
        for m, indicator in enumerate(one.indicators):
            at = f"/injects/{n}/indicators/{m}"
            if indicator.measure in _OF_REPORTS and not isinstance(one.act, Report):
                yield Fault(f"{at}/measure", "measure_unfit", {"indicator": indicator.name})
            elif indicator.measure in _OF_INCIDENTS and script.incident_of(one.number) is None:
                yield Fault(f"{at}/measure", "about_no_incident", {"number": one.number})
            if indicator.measure == "task" and not indicator.task:
                yield Fault(f"{at}/task", "task_missing", {"indicator": indicator.name})
            if indicator.task and indicator.task not in tasks:
                yield Fault(f"{at}/task", "task_unknown", {"task": indicator.task})
