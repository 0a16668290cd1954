"""What the board holds: incidents, response units, active assignments, closed roads.

Frozen values, replaced whole. `version` is the log position that last touched the entity. Times are UTC on
the realm's clock, coordinates lon/lat in EPSG:4326, distances metres, durations seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

OPEN = frozenset({"reported", "accepted", "dispatched", "acknowledged", "on_scene", "handled", "verified"})
WAITING = frozenset({"reported", "accepted"})
ENDED = frozenset({"closed", "rejected"})


@dataclass(frozen=True, slots=True)
class Deadline:
    """A running clock: step names what is due; state is running, near (80 %) or over."""

    step: str
    due_at: datetime
    total_s: float
    state: str = "running"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One arrival of a unit: the log position, and how long it took from its dispatch."""

    seq: int
    seconds: float


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


@dataclass(frozen=True, slots=True)
class Unit:
    """A response unit (力量). status: available, off_duty, or the status of its assignment."""

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


Entity = Incident | Assignment | Unit | Closure


@dataclass(frozen=True, slots=True)
class TickerLine:
    """One line of what happened, said by the catalogue as `event.<kind>` with `args`."""

    seq: int
    at: datetime
    kind: str
    area: str
    args: dict[str, str]
