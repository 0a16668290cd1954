"""应急联动 on the board: a plan set in motion for an incident, and the tasks it gave to departments.

Frozen values, replaced whole, as those of `core.model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.due import Deadline

WAITING, ASSIGNED, ACKNOWLEDGED, UNDER_WAY, DONE, CANCELLED = (
    "waiting", "assigned", "acknowledged", "under_way", "done", "cancelled",
)  # fmt: skip
TASK_OPEN = frozenset({WAITING, ASSIGNED, ACKNOWLEDGED, UNDER_WAY})


@dataclass(frozen=True, slots=True)
class Zone:
    """The hazard area: an outer ring, lon/lat, closed; `shape` says how it was drawn (circle, polygon, or
    sector downwind)."""

    shape: str
    ring: tuple[tuple[float, float], ...]
    area_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Goods:
    """So much of a store's lot, reserved by a response; by road it is there `eta_s` seconds after `sent_at`.
    Facts of before do not tell where the store is."""

    store: str
    store_name: str
    lot: str
    item: str
    name: str
    unit: str
    quantity: float
    eta_s: float
    lon: float | None = None
    lat: float | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refuge:
    """避难场所 that a response has opened: `places` are kept for it, `used` are the persons in it now."""

    id: str
    name: str
    lon: float
    lat: float
    area: str
    places: int
    opened_at: datetime
    used: int = 0


@dataclass(frozen=True, slots=True)
class Means:
    """What a response has set moving: units it sent (by `assignments`), stock reserved, shelters open, roads
    (ids) closed, warnings (ids) issued. What was ended since by hand stays named, but for shelters."""

    units: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    supplies: tuple[Goods, ...] = ()
    shelters: tuple[Refuge, ...] = ()
    closures: tuple[str, ...] = ()
    broadcasts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """预案 that an incident calls for, at a level of response."""

    plan: str
    name: str
    name_en: str
    level: int


@dataclass(frozen=True, slots=True)
class Linkage:
    """应急响应 of one incident by one plan, under one commander (an office and a person of it).

    `level` is the response's, 1 Ⅰ to 4 Ⅳ; `offices` are all that have a task, and the commander's.
    `reached` is the gravest level it ever stood at (0, of older facts: this one), to which its means belong.
    """

    id: str
    version: int
    incident: str
    number: str
    title: str
    plan: str
    plan_name: str
    plan_version: int
    level: int
    commander: str
    commander_name: str
    area: str
    lon: float
    lat: float
    started_at: datetime
    tasks: tuple[str, ...]
    offices: tuple[str, ...]
    zone: Zone | None = None
    means: Means = Means()
    reached: int = 0
    ended_at: datetime | None = None
    sensitive: bool = False
    """As its incident is."""
    plan_name_en: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One department's task in a response; status: waiting (for those `after`), assigned, acknowledged,
    under_way, then done or cancelled.

    `clock` is that of the acknowledgement, then that of the whole task; `due_s` is how long it has from when
    it is assigned. `late`: one of its clocks was missed. `order` is its place in the response, from 0.
    """

    id: str
    version: int
    linkage: str
    incident: str
    code: str
    phase: str
    title: str
    title_en: str
    owner: str
    commander: str
    area: str
    lon: float
    lat: float
    ack_s: float
    due_s: float
    after: tuple[str, ...]
    status: str
    status_since: datetime
    reports: bool = False
    clock: Deadline | None = None
    assigned_at: datetime | None = None
    acknowledged_at: datetime | None = None
    done_at: datetime | None = None
    late: bool = False
    text: str = ""
    order: int = 0
    ended_at: datetime | None = None
    sensitive: bool = False
    """As its incident is."""

    @property
    def offices(self) -> tuple[str, ...]:
        """Whom it concerns: who does it, and who commands."""
        return tuple(dict.fromkeys((self.owner, self.commander)))
