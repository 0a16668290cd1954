"""Follows the facts of one realm as they are committed, and so knows what falls due in it, and when.

A replay asks this before every act; asking the database each time would cost as much as the act.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, select

import core.events as e
from actions.timer_rows import rows_for
from core import workflow
from core.board import Board
from core.clock import midnight_after
from core.fold import apply
from db import log
from db.tables import timer
from feed import history
from feed.announce import Announcer

MIDNIGHT = "midnight"


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A timer of the realm; `step`, `deadline`, `near` name the clock that it is of, and the mark on it."""

    due_at: datetime
    subject: str
    kind: str
    step: str = ""
    deadline: str = ""
    near: bool = False


@dataclass(slots=True)
class Schedule:
    """What waits in a realm, by the fold of its facts."""

    board: Board
    zone: ZoneInfo
    waiting: list[Waiting] = field(default_factory=list)

    @classmethod
    def load(cls, conn: Connection, realm: str, zone: ZoneInfo) -> Schedule:
        """As the realm stands now. Raises RealmUnknown."""
        found = cls(history.board_at(conn, realm), zone)
        query = select(timer.c.due_at, timer.c.kind, timer.c.subject, timer.c.body)
        for row in conn.execute(query.where(timer.c.realm == realm)):
            found._add(row.due_at, row.kind, row.subject, row.body)
        return found

    def follow(self, wires: Sequence[log.Wire]) -> None:
        """Take in committed facts, in order."""
        for wire in wires:
            event = log.to_event(wire)
            change = apply(self.board, event)
            for row in rows_for([change]):
                self._add(row["due_at"], row["kind"], row["subject"], orjson.loads(row["body"]))
            if isinstance(event.body, e.DayStarted):
                self._add(midnight_after(event.occurred_at, self.zone), MIDNIGHT, event.realm, {})

    def next_due(self) -> Waiting | None:
        """The first timer that still has something to say."""
        while self.waiting and not self._lives(self.waiting[0]):
            heapq.heappop(self.waiting)
        return self.waiting[0] if self.waiting else None

    def passed(self, at: datetime) -> None:
        """Everything due up to `at` has been fired."""
        while self.waiting and self.waiting[0].due_at <= at:
            heapq.heappop(self.waiting)

    def _add(self, due_at: datetime, kind: str, subject: str, body: dict[str, Any]) -> None:
        mark = (body.get("step", ""), body.get("due_at", ""), body.get("near", False))
        heapq.heappush(self.waiting, Waiting(due_at, subject, kind, *mark))

    def _lives(self, one: Waiting) -> bool:
        """Whether its firing would be a fact; timers of deadlines that were met say nothing any more."""
        if one.kind == MIDNIGHT:
            return True
        incident = self.board.incidents.get(one.subject)
        if incident is None or one.kind != "deadline":
            return incident is not None
        due_at = datetime.fromisoformat(one.deadline)
        return bool(workflow.cross(incident, one.step, due_at, near=one.near, at=one.due_at))


class Following(Announcer):
    """Announces as `inner` does, and lets a schedule know."""

    def __init__(self, inner: Announcer, schedule: Schedule) -> None:
        self._inner, self._schedule = inner, schedule

    def events(self, realm: str, wires: Sequence[dict[str, Any]]) -> None:
        self._inner.events(realm, wires)
        if realm == self._schedule.board.realm:
            self._schedule.follow(wires)

    def positions(self, realm: str, rows: Sequence[Sequence[Any]]) -> None:
        self._inner.positions(realm, rows)

    def close(self) -> None:
        self._inner.close()
