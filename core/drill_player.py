"""机器参演: what plays the seats that nobody takes, and when it acts. Pure.

What a machine would do follows from how the realm stands (`Seen`), never from what it did before: it goes on
after a restart, a pause or a jump, and leaves to people what they have done. Its times are drawn by script,
seat and occasion alone, so that a run of the same script is the same again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.drill import Drill, Outcome
from core.drill_script import Inject, Measure, Seat
from core.envelope import Event
from core.linkage_model import Linkage, Task
from core.model import Assignment, Incident
from core.offices import parse, prefixes
from core.permissions import Principal, covers
from core.stock import Lot

LOOK = timedelta(seconds=10)
"""How often the machine looks at its drill, on the realm's clock."""
TRIES = 5
"""So often the same is tried; each time after twice as long."""
AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Step:
    """How long a step takes (db/data/drill_players.csv): `delay_s` and a `share` of the time that is given
    for it, at most `most_s`; drawn within ± `spread` of that."""

    delay_s: float
    share: float
    most_s: float | None
    spread: float


@dataclass(frozen=True, slots=True)
class Player:
    """Who acts: a seat, an office that has none, or a crew (`unit`). `name` "" = by its office."""

    code: str
    name: str
    office: str
    delay_s: float = 0.0
    unit: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A verb that a player will do from `due` on; `key` is the same for as long as it stays undone."""

    key: str
    player: Player
    verb: str
    subject: str
    due: datetime
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """The realm as it stands. `incidents` without those that were shelved; `links` every assignment to them;
    `linkages` and `tasks` also of responses that are over; `lots` what is bound to them; `facts` the reports
    and figures that were sent; `twins`: incident → the one that it repeats."""

    drill: Drill
    at: datetime
    steps: Mapping[str, Step]
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    links: Sequence[Assignment] = ()
    linkages: Mapping[str, Linkage] = field(default_factory=dict)
    tasks: Sequence[Task] = ()
    lots: Sequence[Lot] = ()
    facts: Sequence[Event] = ()
    twins: Mapping[str, str] = field(default_factory=dict)

    def after(
        self, step: str, since: datetime, player: Player, about: object, given_s: float = 0.0
    ) -> datetime:
        """When a player does what is asked of it since then; `given_s` is the limit it has."""
        return self.then(step, since, player, about, given_s) + timedelta(seconds=player.delay_s)

    def then(
        self, step: str, since: datetime, player: Player, about: object, given_s: float = 0.0
    ) -> datetime:
        """The same for what follows upon its own act: who came late to that is not late once more."""
        of = self.steps[step]
        seconds = of.delay_s + of.share * given_s
        if of.most_s is not None:
            seconds = min(seconds, of.most_s)
        drawn = random.Random(f"{self.drill.script.name}-{player.code}-{step}-{about}")  # noqa: S311
        wide = drawn.uniform(1 - of.spread, 1 + of.spread)
        return since + timedelta(seconds=seconds * wide)

    def last_of(self, ident: str) -> str:
        """The incident that one was merged into, or itself."""
        seen = {ident}
        while (one := self.incidents.get(ident)) and one.merged_into and one.merged_into not in seen:
            ident = one.merged_into
            seen.add(ident)
        return ident

    def about(self, ident: str) -> list[tuple[Inject, Outcome]]:
        """The injects that came about an incident, in their order; with "" those about none."""
        came = ((self.drill.script.inject(one.number), one) for one in self.drill.delivered.values())
        found = [(inject, one) for inject, one in came if inject and self.last_of(one.incident) == ident]
        return sorted(found, key=lambda pair: (pair[1].at, pair[0].number))

    def awaits(self, ident: str, *measures: Measure) -> bool:
        """Whether injects about an incident are still to come; with `measures` only those that time such."""
        return any(
            self.last_of(self.drill.about(one)) == ident
            for one in self.expected()
            if not measures or wants(one, *measures)
        )

    def expected(self) -> list[Inject]:
        """The injects still to come, but for those that wait for an end that would wait for them."""
        waiting = self.drill.waiting()
        return [one for one in waiting if not (one.when and one.when.fact == "incident_closed")]


def wants(inject: Inject, *measures: Measure) -> bool:
    """Whether an inject asks for one of these."""
    return any(one.measure in measures for one in inject.indicators)


# --- who --------------------------------------------------------------------------------------------------


def plays(drill: Drill) -> bool:
    """Whether the script lets machines play at all."""
    return any(seat.role == "player" and seat.simulated for seat in drill.script.seats)


def plays_crews(drill: Drill) -> bool:
    """Crews of a field drill (实战) are real ones, but when it is only rehearsed."""
    return plays(drill) and (drill.script.form == "tabletop" or drill.rehearsal)


def principal_of(drill: Drill, player: Player) -> Principal:
    """Who a player is for the verbs: nobody with an account, and bound to the drill's realm. Desks may do
    what a leader of their area may, departments what an officer may."""
    if player.unit:
        area = parse(player.office).area
        return Principal(player.code, player.name, "unit", area, kind="unit", realm=drill.id)
    office = parse(player.office)
    role = "officer" if office.dept else "leader"
    return Principal(
        f"player:{player.code}", player.name, role, office.area, seat=player.code, realm=drill.id,
        dept=office.dept,
    )  # fmt: skip


def crew(link: Assignment) -> Player:
    return Player(link.unit, link.unit_name, f"@{link.area}", unit=True)


def player_of(drill: Drill, office: str, seat: str = "") -> Player | None:
    """Who acts for an office: the seat that is named, if it speaks for the office, else the one that speaks
    for it most narrowly; an office without a seat is played too. None: a person's, or nobody's."""
    fit = [one for one in _players(drill) if _speaks(one, office)]
    fit.sort(key=lambda one: (one.code == seat, bool(parse(one.office).dept), len(parse(one.office).area)))
    return _machine(drill, fit[-1]) if fit else Player(office, "", office)


def desk_of(drill: Drill, area: str, seat: str = "") -> Player | None:
    """Who takes what happens in an area: the desk that an inject names, else the widest there is."""
    desks = [one for one in _players(drill) if not parse(one.office).dept]
    fit = [one for one in desks if parse(one.office).area in prefixes(area)]
    fit.sort(key=lambda one: (one.code != seat, len(parse(one.office).area)))
    return _machine(drill, fit[0]) if fit else Player("@", "", "@")


def speaking(drill: Drill, seat: str, office: str) -> Player | None:
    """The seat's player if it may act for the office, else whoever does."""
    named = drill.script.seat(seat)
    if named and named.role == "player" and covers(principal_of(drill, _player(named)), office):
        return _machine(drill, named)
    return player_of(drill, office)


def _players(drill: Drill) -> list[Seat]:
    return [one for one in drill.script.seats if one.role == "player"]


def _speaks(seat: Seat, office: str) -> bool:
    """The command centre's seat covers everybody, and speaks for itself alone."""
    own, asked = parse(seat.office), parse(office)
    if own.dept != asked.dept:
        return False
    return own.area in prefixes(asked.area) if seat.office else asked.area == ""


def _machine(drill: Drill, seat: Seat) -> Player | None:
    taken = any(one.seat == seat.code for one in drill.seats)
    return None if taken or not seat.simulated else _player(seat)


def _player(seat: Seat) -> Player:
    return Player(seat.code, seat.name, seat.office, seat.delay_s)


# --- trying -----------------------------------------------------------------------------------------------

Tries = Mapping[str, tuple[int, datetime]]
"""A move's key → how often it was tried, and from when on it may be again."""


def ready(moves: Iterable[Move], tries: Tries, at: datetime) -> list[Move]:
    """What is to be done now, in its order. What stays undone though it was tried is tried again later, and
    given up in the end: nobody does the same for ever."""
    free = (one for one in moves if one.due <= at and _may_try(tries.get(one.key), at))
    return sorted(free, key=lambda one: (one.due, one.key))


def _may_try(tried: tuple[int, datetime] | None, at: datetime) -> bool:
    return tried is None or (tried[0] < TRIES and tried[1] <= at)


def tried(tries: Tries, key: str, at: datetime) -> Tries:
    """The same with one more try."""
    times = tries[key][0] + 1 if key in tries else 1
    return {**tries, key: (times, at + AGAIN * 2 ** (times - 1))}


def still(tries: Tries, moves: Iterable[Move]) -> Tries:
    """Without what is no longer to be done."""
    open_ = {one.key for one in moves}
    return {key: one for key, one in tries.items() if key in open_}


def next_look(moves: Iterable[Move], tries: Tries) -> datetime | None:
    """When the first of them may be done; None where nothing is left, until something happens."""
    return min(
        (max(one.due, tries[one.key][1]) if one.key in tries else one.due
         for one in moves if one.key not in tries or tries[one.key][0] < TRIES),
        default=None,
    )  # fmt: skip
