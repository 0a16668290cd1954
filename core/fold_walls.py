"""What the facts of directing do to walls. The first fact about a wall puts it on the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import core.events_walls as m
from core.board import Board, Change
from core.envelope import Event
from core.folding import HANDLERS, AnyBody
from core.wall_model import INCIDENT, PLAIN, Lock, Rotation, Scene, Wall

SUBJECT = "wall:"
Handler = Callable[[Wall, Event, AnyBody], Wall]


def directs(kind: type[AnyBody]) -> Callable[[Handler[AnyBody]], Handler[AnyBody]]:
    """A fact of directing: the handler gives the wall after it."""

    def register(handler: Handler[AnyBody]) -> Handler[AnyBody]:
        def on_board(board: Board, event: Event, change: Change) -> None:
            name, body = event.subject.removeprefix(SUBJECT), event.body
            held = board.walls.get(name) or Wall(name, event.seq, event.area, since=event.occurred_at)
            if isinstance(body, kind):
                new = handler(replace(held, area=event.area), event, body)
                board.put_wall(replace(new, version=event.seq), change)

        HANDLERS[kind] = on_board
        return handler

    return register


def _show(wall: Wall, event: Event, scene: Scene) -> Wall:
    return replace(wall, scene=scene, since=event.occurred_at)


def _on_from(rotation: Rotation, at: datetime) -> Rotation:
    """The rotation, its present scene standing for a whole turn from then."""
    return replace(rotation, next_at=at + timedelta(seconds=rotation.every_s))


def _going_on(wall: Wall, event: Event) -> Wall:
    """A rotation that stood still goes on from its present scene."""
    on = wall.rotation and _on_from(wall.rotation, event.occurred_at)
    return replace(wall, rotation=on)


@directs(m.SceneSent)
def _sent(wall: Wall, event: Event, body: m.SceneSent) -> Wall:
    shown = replace(_show(wall, event, body.scene), by=event.actor, pinned=body.pinned, until=body.until)
    if body.until is None:
        return replace(shown, before=None, rotation=None)
    return replace(shown, before=wall.before or wall.scene)


@directs(m.SceneReturned)
def _returned(wall: Wall, event: Event, body: m.SceneReturned) -> Wall:
    back = _show(wall, event, wall.before or PLAIN)
    return _going_on(replace(back, before=None, until=None, pinned=False), event)


@directs(m.ScenePinned)
def _pinned(wall: Wall, event: Event, body: m.ScenePinned) -> Wall:
    return replace(wall, pinned=True, by=event.actor)


@directs(m.SceneUnpinned)
def _unpinned(wall: Wall, event: Event, body: m.SceneUnpinned) -> Wall:
    return _going_on(replace(wall, pinned=False, by=event.actor), event)


@directs(m.SceneWithdrawn)
def _withdrawn(wall: Wall, event: Event, body: m.SceneWithdrawn) -> Wall:
    gone = set(body.incidents)
    if wall.scene.incidents & gone:
        wall = _show(wall, event, wall.scene.without(gone))
    before, rotation = wall.before and wall.before.without(gone), wall.rotation
    if rotation:
        rotation = replace(rotation, scenes=tuple(scene.without(gone) for scene in rotation.scenes))
    if rotation and rotation.stopped_for in gone:
        rotation = _on_from(replace(rotation, stopped_for="", resumes_at=None), event.occurred_at)
    return replace(wall, before=before, rotation=rotation)


@directs(m.RotationSet)
def _rotation_set(wall: Wall, event: Event, body: m.RotationSet) -> Wall:
    rotation = Rotation(body.scenes, body.every_s, body.hold_s, next_at=event.occurred_at)
    begun = _show(wall, event, body.scenes[0] if body.scenes else wall.scene)
    return replace(
        begun, rotation=_on_from(rotation, event.occurred_at), by=event.actor,
        until=None, before=None, pinned=False,
    )  # fmt: skip


@directs(m.RotationTurned)
def _turned(wall: Wall, event: Event, body: m.RotationTurned) -> Wall:
    rotation = wall.rotation
    if rotation is None or not 0 <= body.at < len(rotation.scenes):
        return wall
    turned = replace(_on_from(rotation, event.occurred_at), at=body.at)
    return replace(_show(wall, event, rotation.scenes[body.at]), rotation=turned)


@directs(m.RotationStopped)
def _stopped(wall: Wall, event: Event, body: m.RotationStopped) -> Wall:
    if wall.rotation is None:
        return wall
    rotation = replace(wall.rotation, stopped_for=body.incident, resumes_at=body.until)
    return replace(_show(wall, event, Scene(INCIDENT, incident=body.incident)), rotation=rotation)


@directs(m.RotationResumed)
def _resumed(wall: Wall, event: Event, body: m.RotationResumed) -> Wall:
    rotation = wall.rotation
    if rotation is None or not rotation.scenes:
        return wall
    on = replace(_on_from(rotation, event.occurred_at), stopped_for="", resumes_at=None)
    return replace(_show(wall, event, rotation.scenes[rotation.at]), rotation=on)


@directs(m.RotationEnded)
def _ended(wall: Wall, event: Event, body: m.RotationEnded) -> Wall:
    return replace(wall, rotation=None, by=event.actor)


@directs(m.WallLocked)
def _locked(wall: Wall, event: Event, body: m.WallLocked) -> Wall:
    return replace(wall, lock=Lock(body.holder, body.name, body.area, body.leads, body.until))


@directs(m.WallUnlocked)
def _unlocked(wall: Wall, event: Event, body: m.WallUnlocked) -> Wall:
    return replace(wall, lock=None)


@directs(m.WallBlanked)
def _blanked(wall: Wall, event: Event, body: m.WallBlanked) -> Wall:
    return replace(wall, blank=True, by=event.actor)


@directs(m.WallUnblanked)
def _unblanked(wall: Wall, event: Event, body: m.WallUnblanked) -> Wall:
    return _going_on(replace(wall, blank=False, by=event.actor), event)


@directs(m.StripSet)
def _strip(wall: Wall, event: Event, body: m.StripSet) -> Wall:
    return replace(wall, strip=body.text, strip_until=body.until)
