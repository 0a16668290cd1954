"""The flow of a plan as a chart: phases follow each other from left to right, tasks stand in columns by what
they wait for, and an edge that passes a column has a bend of its own there, so that it runs through no box.

Places are counts: of columns from the left, and of a task's height from the top. Total: whatever is wrong
with a draft (circles, tasks of no phase), there is a chart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.plans import Plan, Task

Kind = Literal["task", "broadcast", "shelter", "cordon", "bend"]
HEIGHTS: Mapping[Kind, float] = {
    "task": 1.0, "broadcast": 0.7, "shelter": 0.7, "cordon": 0.7, "bend": 0.3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the plan by its code, or the bend of an edge; `top` is that of the box."""

    id: str
    kind: Kind
    code: str
    column: int
    top: float

    @property
    def middle(self) -> float:
        return self.top + HEIGHTS[self.kind] / 2


@dataclass(frozen=True, slots=True)
class Edge:
    """From a box to the next; `last`: it ends at the task that waits; `wrong`: it leads back."""

    source: str
    target: str
    last: bool
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A phase: its columns."""

    code: str
    first: int
    columns: int


@dataclass(frozen=True, slots=True)
class Chart:
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    height: float


Slot = tuple[str, Kind, str]
"""id, kind and code of what takes room in a column."""


def chart(plan: Plan, most: int = 8) -> Chart:
    """Where everything of a plan stands; a column has at most so many tasks, where their order allows it."""
    lanes, column = _columns(plan, most)
    slots: dict[int, list[Slot]] = defaultdict(list)
    for code, at in column.items():
        slots[at].append((f"task:{code}", "task", code))
    edges = _edges(plan.tasks, column, slots)
    before = defaultdict(list)
    for edge in edges:
        if not edge.wrong:
            before[edge.target].append(edge.source)
    boxes = _stacked(slots, before)
    boxes += _beside(plan, lanes, boxes)
    height = max((box.top + HEIGHTS[box.kind] for box in boxes), default=1.0)
    return Chart(lanes, tuple(boxes), tuple(edges), height)


def _columns(plan: Plan, most: int) -> tuple[tuple[Lane, ...], dict[str, int]]:
    """The phases' columns, and each task's: as far right in its phase as what it waits for there asks."""
    lanes: list[Lane] = []
    column: dict[str, int] = {}
    first = 0
    for phase in plan.phases:
        own = {task.code: task for task in plan.tasks if task.phase == phase.code}
        depth: dict[str, int] = {}
        for code in own:
            _depth(code, own, depth)
        _spread(own, depth, most)
        wide = 1 + max(depth.values(), default=0)
        lanes.append(Lane(phase.code, first, wide))
        column |= {code: first + deep for code, deep in depth.items()}
        first += wide
    for task in plan.tasks:
        column.setdefault(task.code, 0)
    return tuple(lanes), column


def _depth(code: str, own: Mapping[str, Task], known: dict[str, int]) -> int:
    """How many tasks of its phase come before it; a circle is cut where it closes."""
    if code in known:
        return known[code]
    known[code] = 0
    inner = [_depth(one, own, known) + 1 for one in own[code].after if one in own]
    known[code] = max(inner, default=0)
    return known[code]


def _spread(own: Mapping[str, Task], depth: dict[str, int], most: int) -> None:
    """From a column that is too high, tasks that none of the phase waits for go one further right."""
    awaited = {code for task in own.values() for code in task.after}
    at = 0
    while at <= max(depth.values(), default=-1):
        here = [code for code in own if depth[code] == at]
        free = [code for code in here if code not in awaited]
        for code in free[::-1][: max(0, len(here) - most)]:
            depth[code] = at + 1
        at += 1


def _edges(
    tasks: Sequence[Task], column: Mapping[str, int], slots: dict[int, list[Slot]]
) -> list[Edge]:  # fmt: skip
    """All that wait for another; adds the bends to the columns between."""
    found: list[Edge] = []
    for task in tasks:
        for code in dict.fromkeys(task.after):
            if code not in column:
                continue
            source, target = f"task:{code}", f"task:{task.code}"
            first, last = column[code], column[task.code]
            if first >= last:
                found.append(Edge(source, target, last=True, wrong=True))
                continue
            for at in range(first + 1, last):
                bend = f"bend:{code}:{task.code}:{at}"
                slots[at].append((bend, "bend", ""))
                found.append(Edge(source, bend, last=False))
                source = bend
            found.append(Edge(source, target, last=True))
    return found


def _stacked(slots: Mapping[int, Sequence[Slot]], before: Mapping[str, Sequence[str]]) -> list[Box]:
    """Each column from the top, its boxes in the order, and as near to the height, of what leads to them."""
    placed: dict[str, Box] = {}
    for at in sorted(slots):
        wanted = {one[0]: _height_of(before.get(one[0], ()), placed) for one in slots[at]}
        free = 0.0
        order = sorted(slots[at], key=lambda one: (wanted[one[0]] is None, wanted[one[0]] or 0.0))
        for ident, kind, code in order:
            middle = wanted[ident]
            top = free if middle is None else max(free, middle - HEIGHTS[kind] / 2)
            placed[ident] = Box(ident, kind, code, at, top)
            free = top + HEIGHTS[kind]
    return list(placed.values())


def _height_of(sources: Sequence[str], placed: Mapping[str, Box]) -> float | None:
    known = [placed[one].middle for one in sources if one in placed]
    return sum(known) / len(known) if known else None


def _beside(plan: Plan, lanes: Sequence[Lane], boxes: Sequence[Box]) -> list[Box]:
    """Broadcasts, shelters and cordons below the tasks of their phase, from its left column on."""
    kinds: tuple[tuple[Kind, Sequence[tuple[str, str]]], ...] = (
        ("broadcast", [(one.code, one.phase) for one in plan.broadcasts]),
        ("shelter", [(one.code, one.phase) for one in plan.shelters]),
        ("cordon", [(one.code, one.phase) for one in plan.cordons]),
    )
    foot = {n: max((b.top + HEIGHTS[b.kind] for b in boxes if b.column == n), default=0.0)
            for n in range(sum(lane.columns for lane in lanes))}  # fmt: skip
    found: list[Box] = []
    for kind, parts in kinds:
        for code, phase in parts:
            lane = next((one for one in lanes if one.code == phase), None)
            if lane is None:
                continue
            at = min(range(lane.first, lane.first + lane.columns), key=lambda n: foot[n])
            found.append(Box(f"{kind}:{code}", kind, code, at, foot[at]))
            foot[at] += HEIGHTS[kind]
    return found
