"""大屏调度: what is put on a wall, by people and by itself. What a verb decides is `core.walls`'s.

A wall is guarded by the realm's counter row alone: it is taken first, then everything is read under it, so
that of two who direct at once the second sees what the first has done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select

from actions import timer_rows
from actions.commands import Command
from actions.directing_commands import (
    LockCommand,
    NoWords,
    RotateCommand,
    SceneCommand,
    SceneWanted,
    StripCommand,
)
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import walls
from core.board import Board
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.errors_walls import NoResponse, SceneOutside, SceneSensitive, WallElsewhere
from core.features import feature
from core.flow import sees
from core.model import OPEN, Incident
from core.permissions import Scope, visible
from core.serial import incident_of, linkage_of
from core.wall_model import INCIDENT, LINKAGE, PANES, SPLIT, Scene, Wall
from core.walls import Order
from db import projection
from db.tables import incident as incident_table
from db.tables_linkage import linkage as linkage_table
from db.walls import Hung, hung

# --- one verb -------------------------------------------------------------------------------------------

Decide = Callable[[Transaction, Wall, Hung], list[Draft]]


def _direct(services: Services, call: Call, name: str, decide: Decide) -> Answer:
    """Raises NotFound (no such wall in the asker's area), WallElsewhere, StaleVersion, what is decided."""

    def within(tx: Transaction) -> Answer:
        tx.counter  # noqa: B018  taken: the wall is read under it
        at = _hung(tx, name)
        wall = _wall(tx, at)
        tx.check_version(wall)
        tx.append(decide(tx, wall, at))
        now = tx.board.walls.get(name, wall)
        return {**feature(now)["properties"], "seq": now.version}

    return perform(services, call, "scene", within)


def _hung(tx: Transaction, name: str) -> Hung:
    found = hung(tx.conn, [name]).get(name)
    if found is None or not visible(Scope.of(tx.call.principal), found.area):
        raise NotFound(kind="wall", id=name)
    if found.realm not in (None, tx.call.realm):
        raise WallElsewhere(wall=name, realm=found.realm)
    return found


def _wall(tx: Transaction, at: Hung) -> Wall:
    """The wall as it stands; one that was never directed shows the overview."""
    projection.take_wall(tx.conn, tx.board, at.name)
    held = tx.board.walls.get(at.name) or Wall(at.name, 0, at.area, since=tx.now)
    return replace(held, area=at.area)


def _order(tx: Transaction, wall: Wall) -> Order:
    return Order(wall, tx.call.principal, tx.now)


# --- scenes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stage:
    """Before whom a scene is resolved: what the asker may not see, or the wall may not show, is refused."""

    tx: Transaction
    wall: Hung

    def scene(self, wanted: SceneWanted) -> Scene:
        """Raises InvalidInput, NotFound, NoResponse, SceneOutside, SceneSensitive."""
        if wanted.kind == SPLIT:
            return Scene(SPLIT, panes=self._panes(wanted))
        if wanted.panes:
            raise InvalidInput(pointer="/panes", detail=SPLIT)
        bounds = _checked(wanted.bounds)
        if wanted.kind == INCIDENT:
            return Scene(INCIDENT, incident=self._incident(wanted.incident).id, bounds=bounds)
        if wanted.kind == LINKAGE:
            linkage, of = self._linkage(wanted)
            return Scene(LINKAGE, incident=self._incident(of).id, linkage=linkage, bounds=bounds)
        if wanted.incident or wanted.linkage or wanted.plan:
            raise InvalidInput(pointer="/scene", detail=wanted.kind)
        return Scene(wanted.kind, bounds=bounds)

    def _panes(self, wanted: SceneWanted) -> tuple[Scene, ...]:
        if len(wanted.panes) not in PANES or any(pane.kind == SPLIT for pane in wanted.panes):
            raise InvalidInput(pointer="/panes", detail="1, 2, 4")
        return tuple(self.scene(pane) for pane in wanted.panes)

    def _incident(self, ident: str | None) -> Incident:
        if ident is None:
            raise InvalidInput(pointer="/incident", detail="required")
        found = _incident_of(self.tx, ident)
        if found is None or found.shelved or not sees(self.tx.call.principal, found):
            raise NotFound(kind="incident", id=ident)
        if found.sensitive and self.wall.visitors:
            raise SceneSensitive(wall=self.wall.name, number=found.number)
        if not _shows(self.wall, found):
            raise SceneOutside(wall=self.wall.name, number=found.number)
        return found

    def _linkage(self, wanted: SceneWanted) -> tuple[str, str]:
        """A response that runs and its incident: by its own id, its incident's or its plan's."""
        table = linkage_table
        query = select(table.c.doc).where(table.c.realm == self.tx.call.realm, table.c.ended_at.is_(None))
        given = {"id": wanted.linkage, "incident": wanted.incident, "plan": wanted.plan}
        asked = {column: value for column, value in given.items() if value}
        if not asked:
            raise InvalidInput(pointer="/linkage", detail="required")
        query = query.where(*(table.c[column] == value for column, value in asked.items()))
        docs = self.tx.conn.scalars(query.order_by(table.c.started_at.desc()))
        scope = Scope.of(self.tx.call.principal)
        for one in map(linkage_of, docs):
            if visible(scope, one.area, one.offices):
                return one.id, one.incident
        raise NoResponse(what=next(iter(asked.values())))


def _checked(bounds: tuple[float, float, float, float] | None) -> tuple[float, float, float, float] | None:
    if bounds is not None and not (bounds[0] < bounds[2] and bounds[1] < bounds[3]):
        raise InvalidInput(pointer="/bounds", detail="west, south, east, north")
    return bounds


def _incident_of(tx: Transaction, ident: str) -> Incident | None:
    if held := tx.board.incidents.get(ident):
        return held
    table = incident_table
    doc = tx.conn.scalar(select(table.c.doc).where(table.c.realm == tx.call.realm, table.c.id == ident))
    return None if doc is None else incident_of(doc)


def _shows(wall: Hung, incident: Incident) -> bool:
    """Whether an incident is within the wall's own scope."""
    scope = Scope(wall.area, visitors=wall.name if wall.visitors else "")
    return visible(scope, incident.area, incident.offices, sensitive=incident.sensitive)


# --- verbs ----------------------------------------------------------------------------------------------


def send(services: Services, call: Call, name: str, command: SceneCommand) -> Answer:
    """上屏. Raises what `_direct` and a scene refuse, and WallIsLocked."""

    def decide(tx: Transaction, wall: Wall, at: Hung) -> list[Draft]:
        scene = _Stage(tx, at).scene(command)
        return walls.send(_order(tx, wall), scene, command.seconds, pinned=command.pin)

    return _direct(services, call, name, decide)


def rotate(services: Services, call: Call, name: str, command: RotateCommand) -> Answer:
    """轮播. Raises as `send`."""

    def decide(tx: Transaction, wall: Wall, at: Hung) -> list[Draft]:
        scenes = tuple(_Stage(tx, at).scene(one) for one in command.scenes)
        return walls.rotate(_order(tx, wall), scenes, command.every_s, command.hold_s)

    return _direct(services, call, name, decide)


def blank(services: Services, call: Call, name: str, command: NoWords) -> Answer:
    """保密遮蔽, also where somebody else has locked the wall."""
    return _direct(services, call, name, lambda tx, wall, _: walls.blank(wall, tx.now))


Ordered = Callable[[Order, Any], list[Draft]]


def _ordered(decide: Ordered) -> Callable[[Services, Call, str, Any], Answer]:
    def act(services: Services, call: Call, name: str, command: Any) -> Answer:
        return _direct(services, call, name, lambda tx, wall, _: decide(_order(tx, wall), command))

    return act


VERBS: dict[str, tuple[type[Command], Callable[[Services, Call, str, Any], Answer]]] = {
    "scene": (SceneCommand, send),
    "pin": (NoWords, _ordered(lambda order, _: walls.pin(order, on=True))),
    "unpin": (NoWords, _ordered(lambda order, _: walls.pin(order, on=False))),
    "rotate": (RotateCommand, rotate),
    "resume": (NoWords, _ordered(lambda order, _: walls.resume(order))),
    "stop": (NoWords, _ordered(lambda order, _: walls.stop(order))),
    "lock": (LockCommand, _ordered(lambda order, command: walls.lock(order, command.hours * 3600))),
    "unlock": (NoWords, _ordered(lambda order, _: walls.unlock(order))),
    "blank": (NoWords, blank),
    "unblank": (NoWords, _ordered(lambda order, _: walls.unblank(order))),
    "strip": (StripCommand, _ordered(lambda order, said: walls.say(order, said.text, said.seconds))),
}
"""verb → what it is given, and what does it."""


# --- by itself ------------------------------------------------------------------------------------------


def fall_due(tx: Transaction, rows: Sequence[Row[Any]]) -> None:
    """What these timers call for: scenes that turn or return, and grave incidents that stop a rotation.

    Last of all that falls due together: with the realm's counter row taken nothing else is locked.
    """
    own = [row for row in rows if row.kind in (timer_rows.WALL, timer_rows.GRAVE)]
    if not own:
        return
    tx.counter  # noqa: B018  taken: walls are read under it
    projection.take_walls(tx.conn, tx.board)
    for name in dict.fromkeys(row.subject for row in own if row.kind == timer_rows.WALL):
        if wall := tx.board.walls.get(name):
            tx.append(walls.fall_due(wall, tx.now, _over(tx, wall)))
    for ident in dict.fromkeys(row.subject for row in own if row.kind == timer_rows.GRAVE):
        _interrupt(tx, ident)


def _over(tx: Transaction, wall: Wall) -> frozenset[str]:
    """Incidents and responses of its rotation that have ended."""
    about = [ident for scene in wall.rotation.scenes for ident in scene.about] if wall.rotation else []
    if not about:
        return frozenset()
    incidents, linkages, realm = incident_table.c, linkage_table.c, tx.call.realm
    closed = select(incidents.id).where(
        incidents.realm == realm, incidents.id.in_(about), incidents.status.not_in(OPEN)
    )
    ended = select(linkages.id).where(
        linkages.realm == realm, linkages.id.in_(about), linkages.ended_at.is_not(None)
    )
    return frozenset(tx.conn.scalars(closed.union_all(ended)))


def _interrupt(tx: Transaction, ident: str) -> None:
    turning = [wall for wall in tx.board.walls.values() if wall.rotation]
    incident = _incident_of(tx, ident) if turning else None
    if incident is None or not walls.is_grave(incident):
        return
    there = hung(tx.conn, [wall.id for wall in turning])
    for wall in turning:
        if wall.rotation and wall.id in there and _shows(there[wall.id], incident):
            before = _incident_of(tx, wall.rotation.stopped_for)
            tx.append(walls.interrupt(wall, incident, before, tx.now))


# --- reading --------------------------------------------------------------------------------------------


def directed(services: Services, realm: str) -> dict[str, dict[str, Any]]:
    """What each wall is directed to show, by name, as its feature tells it."""
    board = Board(realm, live=False)
    with services.engine.connect() as conn:
        projection.take_walls(conn, board)
    return {name: feature(wall)["properties"] for name, wall in board.walls.items()}
