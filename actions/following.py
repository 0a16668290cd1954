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

from sqlalchemy import Connection, select

import core.events as e
from actions.timer_rows import rows_for
from core.board import Board
from core.clock import midnight_after
from core.fold import apply
from core.model import Incident
from core.waking import wakes_at
from db import log
from db.tables import timer
from feed import history
from feed.announce import Announcer

MIDNIGHT, INCIDENT = "midnight", "incident"


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """Something of the realm that falls due: of an incident, or a row of `timer`."""

    due_at: datetime
    subject: str
    kind: str


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
        query = select(timer.c.due_at, timer.c.kind, timer.c.subject).where(timer.c.realm == realm)
        for row in conn.execute(query):
            found._add(row.due_at, row.kind, row.subject)
        for incident in found.board.incidents.values():
            found._add(wakes_at(incident), INCIDENT, incident.id)
        return found

    def follow(self, wires: Sequence[log.Wire]) -> None:
        """Take in committed facts, in order."""
        for wire in wires:
            event = log.to_event(wire)
            change = apply(self.board, event)
            for row in rows_for([change]):
                self._add(row["due_at"], row["kind"], row["subject"])
            for _, new in change.touched.values():
                if isinstance(new, Incident):
                    self._add(wakes_at(new), INCIDENT, new.id)
            if isinstance(event.body, e.DayStarted):
                self._add(midnight_after(event.occurred_at, self.zone), MIDNIGHT, event.realm)

    def next_due(self) -> Waiting | None:
        """The first timer that still has something to say."""
        while self.waiting and not self._lives(self.waiting[0]):
            heapq.heappop(self.waiting)
        return self.waiting[0] if self.waiting else None

    def passed(self, at: datetime) -> None:
        """Everything due up to `at` has been fired."""
        while self.waiting and self.waiting[0].due_at <= at:
            heapq.heappop(self.waiting)

    def _add(self, due_at: datetime | None, kind: str, subject: str) -> None:
        if due_at is not None:
            heapq.heappush(self.waiting, Waiting(due_at, subject, kind))

    def _lives(self, one: Waiting) -> bool:
        """Whether its firing would be a fact; clocks that were stopped say nothing any more."""
        if one.kind != INCIDENT:
            return True
        incident = self.board.incidents.get(one.subject)
        return incident is not None and wakes_at(incident) == one.due_at


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
