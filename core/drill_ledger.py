"""演练台账: which towns have exercised in a year as they must, and which have not. Pure.

Every town has at least one comprehensive or special (key-hazard) drill a year (domain.md §6); days are the
city's. Rehearsals and aborted drills do not count, nor do single ones (单项).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.drill_script import Content, Form, Script
from core.events_ledger import PlannedDrill
from core.offices import parse, prefixes

State = Literal["done", "planned", "unplanned", "overdue"]
"""It has exercised; it has a date ahead; it has none; its year or its last date went by."""
COUNTED: frozenset[Content] = frozenset({"comprehensive", "special"})


@dataclass(frozen=True, slots=True)
class Held:
    """A drill that has ended. `towns` are those that exercised, `participants` how many persons took seats;
    `level` and `share` are its grade ("", None: it has none)."""

    realm: str
    name: str
    on: date
    towns: tuple[str, ...]
    content: Content
    form: Form
    plan: str
    participants: int
    rehearsal: bool
    aborted: bool
    level: str = ""
    share: float | None = None

    @property
    def counts(self) -> bool:
        return self.content in COUNTED and not self.rehearsal and not self.aborted


@dataclass(frozen=True, slots=True)
class TownYear:
    """A town's line of the ledger. `held` are all its drills of the year, oldest first, also those that do
    not count; `next_on` the first date ahead, None once it is done."""

    town: str
    year: int
    state: State
    planned: tuple[PlannedDrill, ...]
    held: tuple[Held, ...]
    next_on: date | None

    @property
    def done(self) -> int:
        return sum(one.counts for one in self.held)


def ledger(
    towns: Iterable[str], year: int, planned: Sequence[PlannedDrill], held: Sequence[Held], today: date
) -> list[TownYear]:
    """Every town's line, in the order given."""
    return [_line(town, year, planned, held, today) for town in towns]


def _line(
    town: str, year: int, planned: Sequence[PlannedDrill], held: Sequence[Held], today: date
) -> TownYear:  # fmt: skip
    ours = sorted((one for one in held if town in one.towns and one.on.year == year), key=lambda one: one.on)
    due = sorted((one for one in planned if one.town == town and one.due_on.year == year), key=_due_on)
    ahead = [one.due_on for one in due if one.content in COUNTED and one.due_on >= today]
    state: State
    if any(one.counts for one in ours):
        state = "done"
    elif ahead:
        state = "planned"
    else:
        state = "overdue" if today.year > year or any(one.content in COUNTED for one in due) else "unplanned"
    next_on = ahead[0] if ahead and state != "done" else None
    return TownYear(town, year, state, tuple(due), tuple(ours), next_on)


def _due_on(one: PlannedDrill) -> date:
    return one.due_on


def summed(lines: Iterable[TownYear]) -> Mapping[State, int]:
    """How many towns stand how."""
    found: dict[State, int] = {"done": 0, "planned": 0, "unplanned": 0, "overdue": 0}
    for one in lines:
        found[one.state] += 1
    return found


def towns_of(script: Script, taken: Iterable[str], towns: Iterable[str]) -> tuple[str, ...]:
    """The towns that exercise in a drill: its division if that is a town or lies in one, and those whose
    desks, or desks within them, were players' seats that somebody sat in (`taken`). A wider drill is not
    every town's: who did not take part, or only looked on, has not exercised."""
    sat = set(taken)
    played = (one for one in script.seats if one.role == "player" and one.code in sat)
    areas = [script.division, *(parse(one.office).area for one in played)]
    within = {code for area in areas for code in prefixes(area)}
    return tuple(town for town in towns if town in within)
