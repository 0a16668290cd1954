"""What may be done to a wall, and what falls due on it: pure values in, facts or a refusal out."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import core.events_walls as m
from core.envelope import Body, Draft
from core.errors_walls import NothingTurns, WallIsLocked
from core.fold_walls import SUBJECT
from core.model import OPEN, Incident
from core.permissions import Principal, may
from core.wall_model import Rotation, Scene, Wall

OVERRIDE = "scene.override"
"""The right of a leader to direct what somebody below has locked."""
Why = Literal["sensitive", "visitors"]
GRAVE = 2
"""Incidents of this severity, or graver, stop a rotation."""


@dataclass(frozen=True, slots=True)
class Order:
    """Somebody directs a wall, at a time of its realm. Raises WallIsLocked."""

    wall: Wall
    by: Principal
    at: datetime

    def __post_init__(self) -> None:
        lock = self.wall.lock
        if lock is not None and lock.until > self.at and not _passes(self.wall, self.by):
            minutes = math.ceil((lock.until - self.at).total_seconds() / 60)
            raise WallIsLocked(wall=self.wall.id, name=lock.name, minutes=minutes)

    def after(self, seconds: float) -> datetime:
        return self.at + timedelta(seconds=seconds)

    def fact(self, body: Body) -> list[Draft]:
        return [about(self.wall, body, self.at)]


def _passes(wall: Wall, by: Principal) -> bool:
    """Its holder; a leader over one who is none; a leader of a larger area that contains the holder's."""
    lock = wall.lock
    if lock is None or by.kind == "system" or lock.holder == by.id:
        return True
    above = lock.area.startswith(by.area) and (not lock.leads or len(by.area) < len(lock.area))
    return may(by, OVERRIDE) and not by.dept and above


def about(wall: Wall, body: Body, at: datetime) -> Draft:
    return Draft(body, subject=SUBJECT + wall.id, area=wall.area, occurred_at=at)


def send(order: Order, scene: Scene, seconds: float | None, *, pinned: bool) -> list[Draft]:
    """上屏"""
    until = order.after(seconds) if seconds else None
    return order.fact(m.SceneSent(scene=scene, until=until, pinned=pinned))


def pin(order: Order, *, on: bool) -> list[Draft]:
    if order.wall.pinned == on:
        return []
    return order.fact(m.ScenePinned() if on else m.SceneUnpinned())


def rotate(order: Order, scenes: tuple[Scene, ...], every_s: float, hold_s: float) -> list[Draft]:
    """轮播"""
    return order.fact(m.RotationSet(scenes=scenes, every_s=every_s, hold_s=hold_s))


def resume(order: Order) -> list[Draft]:
    """继续轮播, before its time. Raises NothingTurns."""
    return order.fact(m.RotationResumed()) if _rotation(order).stopped_for else []


def stop(order: Order) -> list[Draft]:
    """结束轮播. Raises NothingTurns."""
    _rotation(order)
    return order.fact(m.RotationEnded())


def _rotation(order: Order) -> Rotation:
    if order.wall.rotation is None:
        raise NothingTurns(wall=order.wall.id)
    return order.wall.rotation


def lock(order: Order, seconds: float) -> list[Draft]:
    """锁定"""
    by = order.by
    leads = may(by, OVERRIDE)
    until = order.after(seconds)
    return order.fact(m.WallLocked(holder=by.id, name=by.name, area=by.area, leads=leads, until=until))


def unlock(order: Order) -> list[Draft]:
    return order.fact(m.WallUnlocked()) if order.wall.lock else []


def blank(wall: Wall, at: datetime) -> list[Draft]:
    """保密遮蔽: whoever directs walls may, also where somebody else has locked it."""
    return [] if wall.blank else [about(wall, m.WallBlanked(), at)]


def unblank(order: Order) -> list[Draft]:
    return order.fact(m.WallUnblanked()) if order.wall.blank else []


def say(order: Order, text: str, seconds: float) -> list[Draft]:
    """屏上通知; nothing said takes it away."""
    if text == order.wall.strip == "":
        return []
    return order.fact(m.StripSet(text=text, until=order.after(seconds) if text else None))


def withdraw(wall: Wall, incidents: Collection[str], why: Why, at: datetime) -> list[Draft]:
    """撤下: these may not be seen there any more. No lock stands in the way."""
    gone = tuple(sorted(wall.incidents & set(incidents)))
    return [about(wall, m.SceneWithdrawn(incidents=gone, why=why), at)] if gone else []


# --- by itself ------------------------------------------------------------------------------------------


def _marks(wall: Wall) -> dict[str, datetime | None]:
    rotation = wall.rotation
    waits = rotation is not None and bool(rotation.stopped_for) and _moves(wall)
    return {
        "return": wall.until,
        "turn": rotation.next_at if rotation and wall.turning else None,
        "resume": rotation.resumes_at if rotation and waits else None,
        "unlock": wall.lock.until if wall.lock else None,
        "strip": wall.strip_until,
    }


def _moves(wall: Wall) -> bool:
    """Whether anything may change its picture by itself, but for the end of a scene's time."""
    return not (wall.pinned or wall.blank or wall.until)


def next_mark(wall: Wall) -> datetime | None:
    """When something of it falls due next."""
    return min((at for at in _marks(wall).values() if at), default=None)


def fall_due(wall: Wall, at: datetime, over: Collection[str] = ()) -> list[Draft]:
    """What has fallen due by now: each at most once, however late somebody looks. A rotation passes over the
    scenes of what is `over` (ids of incidents and responses)."""
    due = {name for name, mark in _marks(wall).items() if mark and mark <= at}
    rotation = wall.rotation
    bodies: list[Body] = []
    if "return" in due:
        bodies.append(m.SceneReturned())
    if "turn" in due and rotation:
        bodies.append(m.RotationTurned(at=_next(rotation, over)))
    if "resume" in due:
        bodies.append(m.RotationResumed())
    if "unlock" in due:
        bodies.append(m.WallUnlocked())
    if "strip" in due:
        bodies.append(m.StripSet(text="", until=None))
    return [about(wall, body, at) for body in bodies]


def _next(rotation: Rotation, over: Collection[str]) -> int:
    """The next scene that has something to show; simply the next where none has."""
    number = len(rotation.scenes)
    order = [(rotation.at + step) % number for step in range(1, number + 1)]
    return next((one for one in order if rotation.scenes[one].about.isdisjoint(over)), order[0])


def is_grave(incident: Incident) -> bool:
    return incident.severity <= GRAVE and incident.status in OPEN


def interrupt(wall: Wall, incident: Incident, before: Incident | None, at: datetime) -> list[Draft]:
    """A grave incident is shown instead of the rotation, if it turns; `before` is the one that stopped it
    already, which stays if it is the graver."""
    rotation = wall.rotation
    if rotation is None or not _moves(wall) or rotation.stopped_for == incident.id:
        return []
    if rotation.stopped_for and before and before.severity < incident.severity and before.status in OPEN:
        return []
    until = at + timedelta(seconds=rotation.hold_s)
    return [about(wall, m.RotationStopped(incident=incident.id, until=until), at)]
