"""What the board holds: incidents, response units, active assignments, closed roads.

Frozen values, replaced whole. `version` is the log position that last touched the entity. Times are UTC on
the realm's clock, coordinates lon/lat in EPSG:4326, distances metres, durations seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.drill import Drill
from core.due import Deadline, TimeUnit
from core.linkage_model import Linkage, Proposal, Task
from core.offices import Office, parse
from core.wall_model import Wall
from core.warning_model import Alert

OPEN = frozenset({"reported", "accepted", "dispatched", "acknowledged", "on_scene", "handled", "verified"})
WAITING = frozenset({"reported", "accepted"})
DONE = frozenset({"closed", "evaluated", "archived"})
"""Solved, not merely ended."""
ENDED = DONE | {"rejected", "merged"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One arrival of a unit: the log position, and how long it took from its dispatch."""

    seq: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Whistle:
    """吹哨: an office that must report in by a time. The clock is None once it has, or where it has none."""

    id: str
    office: str
    text: str
    by: str
    blown_at: datetime
    clock: Deadline | None
    answered_at: datetime | None = None
    asker: str = ""
    """The office that whistled."""


@dataclass(frozen=True, slots=True)
class Supervision:
    """督办: an order to the owner, answered in writing by a time."""

    id: str
    text: str
    by: str
    ordered_at: datetime
    clock: Deadline | None
    answered_at: datetime | None = None
    asker: str = ""
    """The office that ordered it."""


@dataclass(frozen=True, slots=True)
class Request:
    """延期 or 暂停计时 asked for by the owner, until somebody entitled approves or refuses it.

    `amount` of `unit` (core.limits) is what an extension asks for.
    """

    kind: Literal["extend", "pause"]
    reason: str
    by: str
    asked_at: datetime
    amount: float | None = None
    unit: TimeUnit | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    id: str
    version: int
    number: str
    class_code: str
    title: str
    text: str
    severity: int
    lon: float
    lat: float
    address: str
    area: str
    grid: str
    place: str
    channel: str
    source_id: str | None
    reporter: str | None
    status: str
    status_since: datetime
    reported_at: datetime
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    dispatched_seq: int = 0
    replied_at: datetime | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None
    closed_seq: int = 0
    deadline: Deadline | None = None
    assignments: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    shelved: bool = False
    hands: tuple[str, ...] = ()
    """Who accepted it or sent units to it, in the order in which they first did."""
    keeper: str = ""
    """The base grid that answers for it since the boundaries changed; "" = the one it happened in."""
    owner: str = "@"
    """The office that answers for it (core.offices)."""
    former: tuple[str, ...] = ()
    """Who owned it before, oldest first: to whom it may be returned."""
    helpers: tuple[str, ...] = ()
    whistles: tuple[Whistle, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    request: Request | None = None
    acknowledged_at: datetime | None = None
    arrived_at: datetime | None = None
    handled_at: datetime | None = None
    handled_level: str = ""
    """The level (core.offices) at which it was solved."""
    rating: int | None = None
    """满意 3, 基本满意 2, 不满意 1."""
    rated_at: datetime | None = None
    archived_at: datetime | None = None
    returns: int = 0
    reopened: int = 0
    extensions: int = 0
    escalations: int = 0
    raised: str = ""
    """The office to which a missed clock has raised it; its owner keeps it."""
    rise: Deadline | None = None
    """When it is raised further, while its step's clock is over."""
    missed: bool = False
    """A clock of it was missed at some time."""
    merged_into: str | None = None
    merged: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    """Every unit that was ever sent, also those that have left."""
    reported_by: str = ""
    """The id of whoever entered the report: an account, a token, or a unit's code."""
    situations: int = 0
    linkage: str = ""
    """The response (应急响应) that runs for it; "" = none."""
    sensitive: bool = False
    """敏感: no wall that visitors stand before shows it, nor what hangs on it."""
    proposed: tuple[Proposal, ...] = ()
    """The plans that it calls for, gravest first, until one is activated."""

    @property
    def offices(self) -> tuple[str, ...]:
        """Whom it concerns: owner, helpers, those whistled to, and to whom it was raised."""
        raised = (self.raised,) if self.raised else ()
        whistled = (one.office for one in self.whistles)
        return tuple(dict.fromkeys((self.owner, *self.helpers, *whistled, *raised)))

    @property
    def ground(self) -> frozenset[str]:
        """The desks of the very place: its grid's, its area's, and that of whoever answers for it now."""
        return frozenset(f"@{area}" for area in (self.area, self.grid, self.keeper) if area)

    @property
    def clocks(self) -> tuple[Deadline, ...]:
        """Every clock that runs or stands: its step's, its rise, of whistles and of supervisions."""
        if self.status in ENDED:
            return ()
        side: tuple[Whistle | Supervision, ...] = (*self.whistles, *self.supervisions)
        open_ones = (one.clock for one in side if one.answered_at is None)
        return tuple(clock for clock in (self.deadline, self.rise, *open_ones) if clock)


def higher(incident: Incident) -> Office | None:
    """The desk one level above whoever looks at it now; None at the top."""
    return parse(incident.raised or incident.owner).above()


_CALM = {"running": 1, "paused": 2}


def first_due(incident: Incident) -> Deadline | None:
    """The clock that is due first of those that are near or over, else of those that run; one that stands is
    told only if no other runs."""
    order = sorted(incident.clocks, key=lambda clock: (_CALM.get(clock.state, 0), clock.due_at))
    return order[0] if order else None


@dataclass(frozen=True, slots=True)
class CrewCheck:
    """安全核对: the clock by which a crew at work is asked whether it is well.

    `state`: running, due (to be asked now), missed (not asked within `grace_s` of `due_at`).
    """

    due_at: datetime
    every_s: float
    grace_s: float
    state: str = "running"
    checked_at: datetime | None = None
    """When the crew last said so; None: not since it arrived."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The exclusive bond of a unit to an incident; status: dispatched, acknowledged, enroute, on_scene,
    then released or declined."""

    id: str
    version: int
    incident: str
    unit: str
    unit_name: str
    area: str
    status: str
    started_at: datetime
    eta_s: float
    distance_m: float
    route: tuple[tuple[float, float], ...]
    ended_at: datetime | None = None
    arrived_at: datetime | None = None
    offices: tuple[str, ...] = ()
    """Those of its incident."""
    check: CrewCheck | None = None
    """While the crew works on scene, where the city has it checked."""
    sensitive: bool = False
    """As its incident is."""


@dataclass(frozen=True, slots=True)
class UnitHold:
    """预占: until then nobody but `by` sends the unit. `number` is that of the incident it is held for."""

    id: str
    incident: str
    number: str
    by: str
    until: datetime
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A response unit (力量). status: available, reserved (held), in_drill, off_duty, or that of its
    assignment."""

    id: str
    version: int
    name: str
    kind: str
    area: str
    lon: float
    lat: float
    skills: tuple[str, ...]
    crew: int | None
    vehicle: str | None
    on_duty: bool
    assignment: str | None = None
    incident: str | None = None
    incident_area: str | None = None
    status: str = "available"
    incident_offices: tuple[str, ...] = ()
    """Of the incident that it is assigned to, or held for, as is `incident_area`."""
    since: datetime | None = None
    """When it came into its status, as the fact says that it happened."""
    hold: UnitHold | None = None
    incident_sensitive: bool = False
    drill: str = ""
    """The realm of the drill that the real unit takes part in (在演练); "" = none."""
    drill_name: str = ""

    @property
    def offices(self) -> None:
        """Units are seen by area."""
        return None


@dataclass(frozen=True, slots=True)
class Closure:
    """A road closed to traffic (封路); id is the road's. `line` is what is closed, `until` None = open end,
    `by` who closed it."""

    id: str
    version: int
    name: str
    road_class: str
    area: str
    reason: str
    by: str
    since: datetime
    until: datetime | None
    line: tuple[tuple[float, float], ...]
    reopened_at: datetime | None = None
    incident: str = ""
    """Of the response whose cordon (封控) it is: who goes by order drives through. "" = none's."""

    @property
    def offices(self) -> None:
        """Roads are seen by area."""
        return None


Entity = Incident | Assignment | Unit | Closure | Linkage | Task | Alert | Wall | Drill


@dataclass(frozen=True, slots=True)
class TickerLine:
    """One line of what happened, said by the catalogue as `event.<kind>` with `args`."""

    seq: int
    at: datetime
    kind: str
    area: str
    args: dict[str, str]
    offices: tuple[str, ...] | None = None
    """Of an incident's line: whom it concerns besides its area."""
    sensitive: bool = False
    """As its incident is."""
