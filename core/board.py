"""The fold: a board is what the facts of one realm say is so now.

`apply(board, event)` is total: any order of known facts gives a board, never an exception; a fact about
something the board does not hold changes nothing but the position. It returns what it touched, from which
patches, guard tables and digests are made.
"""

from __future__ import annotations

from collections import deque
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from typing import NamedTuple, TypeVar

from core.counters import Counters, Uncounted
from core.drill import Drill
from core.linkage_model import Linkage, Task
from core.model import Assignment, Closure, Entity, Incident, TickerLine, Unit
from core.permissions import Scope, visible
from core.stock import Lot
from core.wall_model import Wall
from core.warning_model import Alert

FOLD_VERSION = 10
"""Raised whenever `apply` means something else: older snapshots are then left aside."""

DEPARTURES_KEPT = 20_000
TICKER_KEPT = 30
Key = tuple[str, str]
Ends = TypeVar("Ends", Assignment, Linkage, Task, Alert)


class Departure(NamedTuple):
    """A feature left an area (moved or removed): a screen of that area that was away must drop it."""

    seq: int
    layer: str
    id: str
    area: str
    offices: tuple[str, ...] | None = None
    sensitive: bool = False


@dataclass(slots=True)
class Change:
    """What one event did: entities before and after by (layer, id), and its ticker line."""

    seq: int
    at: datetime
    touched: dict[Key, tuple[Entity | None, Entity | None]] = field(default_factory=dict)
    lots: dict[str, Lot] = field(default_factory=dict)
    """Lots of stock as they are after it; only on boards of guard rows."""
    line: TickerLine | None = None
    new_day: bool = False
    occurred_at: datetime | None = None
    """When it happened; None where the change is no fact's."""
    hides: bool = False
    """Something is sensitive now: what visitors' screens were told before has to be forgotten."""


@dataclass(slots=True)
class Board:
    """All live features of one realm.

    `live=False` makes the board of guard rows: it counts nothing and keeps incidents that were shelved.
    """

    realm: str
    seq: int = 0
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    day: date | None = None
    day_seq: int = 0
    incidents: dict[str, Incident] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    links: dict[str, Assignment] = field(default_factory=dict)
    closures: dict[str, Closure] = field(default_factory=dict)
    linkages: dict[str, Linkage] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    walls: dict[str, Wall] = field(default_factory=dict)
    drill: Drill | None = None
    """The drill whose realm this is."""
    lots: dict[str, Lot] = field(default_factory=dict)
    """Stock is drawn on no screen: a live board holds none of it."""
    ticker: deque[TickerLine] = field(default_factory=lambda: deque(maxlen=TICKER_KEPT))
    departures: deque[Departure] = field(default_factory=deque)
    departures_floor: int = 0
    """Departures at or before this position are forgotten."""
    hidden: set[str] = field(default_factory=set)
    """The numbers of sensitive incidents."""
    hidden_seq: int = 0
    """Where something was last marked as sensitive."""
    live: bool = True
    counters: Counters = field(default_factory=Counters)

    def standing(self, ident: str) -> Incident | None:
        """An incident that has not left: one that was shelved is only noted, or reopened whole."""
        incident = self.incidents.get(ident)
        return None if incident is None or incident.shelved else incident

    def put_incident(self, new: Incident, change: Change) -> None:
        old = self.incidents.get(new.id)
        (self.hidden.add if new.sensitive else self.hidden.discard)(new.number)
        if new.shelved and self.live:
            self.incidents.pop(new.id, None)
        else:
            self.incidents[new.id] = new
        if self.live:
            if old:
                self.counters.count_incident(old, -1)
            if not new.shelved:
                self.counters.count_incident(new, 1)
        self._touch("incidents", old, new, gone=new.shelved, change=change)

    def put_unit(self, new: Unit, change: Change) -> None:
        """Put a unit on the board; a status that it did not have begins with this fact."""
        old = self.units.get(new.id)
        if old is None or old.status != new.status:
            new = replace(new, since=change.occurred_at)
        self.units[new.id] = new
        if self.live:
            if old:
                self.counters.count_unit(old, -1)
            self.counters.count_unit(new, 1)
        self._touch("units", old, new, gone=False, change=change)

    def put_link(self, new: Assignment, change: Change) -> None:
        self._put("links", self.links, new, change)

    def put_linkage(self, new: Linkage, change: Change) -> None:
        self._put("linkages", self.linkages, new, change)

    def put_task(self, new: Task, change: Change) -> None:
        self._put("tasks", self.tasks, new, change)

    def put_alert(self, new: Alert, change: Change) -> None:
        self._put("alerts", self.alerts, new, change)

    def _put(self, layer: str, held: dict[str, Ends], new: Ends, change: Change) -> None:
        """Put what leaves the board when it ends."""
        old = held.get(new.id)
        if new.ended_at:
            held.pop(new.id, None)
        else:
            held[new.id] = new
        self._touch(layer, old, new, gone=new.ended_at is not None, change=change)

    def put_wall(self, new: Wall, change: Change) -> None:
        old = self.walls.get(new.id)
        self.walls[new.id] = new
        self._touch("walls", old, new, gone=False, change=change)

    def put_drill(self, new: Drill, change: Change) -> None:
        old, self.drill = self.drill, new
        self._touch("drills", old, new, gone=False, change=change)

    def put_closure(self, new: Closure, change: Change) -> None:
        old = self.closures.get(new.id)
        if new.reopened_at:
            self.closures.pop(new.id, None)
        else:
            self.closures[new.id] = new
        self._touch("closures", old, new, gone=new.reopened_at is not None, change=change)

    def put_lot(self, new: Lot, change: Change) -> None:
        self.lots[new.id] = change.lots[new.id] = new

    def _touch(self, layer: str, old: Entity | None, new: Entity, *, gone: bool, change: Change) -> None:
        first = change.touched.get((layer, new.id), (old, new))[0]
        change.touched[layer, new.id] = (first, new)
        if old and (gone or _seen_by(old) != _seen_by(new)):
            self.departures.append(Departure(change.seq, layer, old.id, *_seen_by(old)))
            if len(self.departures) > DEPARTURES_KEPT:
                self.departures_floor = self.departures.popleft().seq

    def recount(self) -> None:
        if self.live:
            self.counters.restart(self.day_seq, self.incidents.values(), self.units.values())

    def still(self) -> Board:
        """A board of its own that holds the same, for entities are never changed; it counts nothing until
        `count`, for the counters are larger than all the rest and take half of a fold's time."""
        held = {one.name: copy(getattr(self, one.name)) for one in fields(self) if one.name != "counters"}
        return Board(**held, counters=Uncounted())

    def count(self) -> Board:
        """The same board, with its figures from now on."""
        if isinstance(self.counters, Uncounted):
            self.counters = Counters()
            self.recount()
        return self


def _seen_by(entity: Entity) -> tuple[str, tuple[str, ...] | None, bool]:
    """What decides who sees it, as `core.permissions.visible` takes it."""
    return entity.area, entity.offices, is_sensitive(entity)


def is_sensitive(entity: Entity) -> bool:
    """Whether it is, or hangs on, a sensitive incident. A unit is seen, but not on what it is."""
    return isinstance(entity, Incident | Assignment | Linkage | Task) and entity.sensitive


def sees(scope: Scope, entity: Entity | None) -> bool:
    """Whether a scope sees an entity; visitors see what their own wall shows, and no other's. Everybody in a
    drill sees that it is one; a hidden wall sees itself."""
    if scope.veiled:
        return isinstance(entity, Wall) and entity.id == scope.veiled
    if isinstance(entity, Drill):
        return True
    if entity is None or (isinstance(entity, Wall) and scope.visitors not in ("", entity.id)):
        return False
    return visible(scope, entity.area, entity.offices, sensitive=is_sensitive(entity))


def drawn(entity: Entity | None) -> Entity | None:
    """The entity if a screen draws it: not None, shelved, ended or open to traffic again."""
    if isinstance(entity, Incident) and entity.shelved:
        return None
    if isinstance(entity, Assignment | Linkage | Task | Alert) and entity.ended_at:
        return None
    if isinstance(entity, Closure) and entity.reopened_at:
        return None
    return entity
