"""Making the rows of duty again from the log: shifts handed over, and what offices were told.

A fact that was told to anybody stays told as it was: who worked where then, and by which rules, is not in
the log. One that has no notice any more is told by the rules and desks of today. Who acknowledged and shelved
what is a fact, and is written again in either case.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

import core.events_duty as e
from core import handover, notices
from core.board import Board
from core.envelope import Event
from core.events import UnitDispatched
from core.events_linkage import PlanActivated
from core.handover import Handover
from core.model import Incident
from core.notices import Notice
from db import handover as shifts
from db import notices as rows
from db import outbound as queue
from outbound.reader import endings

Mark = dict[str, Any]
_BARE: Mark = dict.fromkeys(
    ("acked_at", "acked_by", "acked_seat", "shelved_at", "shelved_until", "shelved_by", "shelved_seat",
     "shelved_reason"),
)  # fmt: skip


class DutyLedger:
    """Shifts and notices folded from a realm's log, to be written anew."""

    def __init__(self, conn: Connection, realm: str) -> None:
        self._conn, self._realm = conn, realm
        self._rules, self._desks = rows.read_rules(conn), rows.desks(conn)
        self._read_to, self._told = queue.cursor(conn, realm), rows.told(conn, realm)
        self._shifts: dict[str, Handover] = {}
        self._bonds: dict[str, str] = {}
        self._notices: list[Notice] = []
        self._concerned: list[tuple[Event, Incident]] = []
        self._marks: dict[tuple[str, int], Mark] = {}

    def take(self, event: Event, board: Board) -> None:
        """One fact, and the board after it; facts about other things are passed over."""
        if event.subject.startswith(handover.SUBJECT):
            ident = event.subject.removeprefix(handover.SUBJECT)
            if after := handover.apply(self._shifts.get(ident), event):
                self._shifts[ident] = after
        self._mark(event)
        if isinstance(event.body, UnitDispatched):
            self._bonds[event.body.assignment] = event.subject
        elif isinstance(event.body, PlanActivated):
            self._bonds[event.subject] = event.body.incident
        about = board.incidents.get(self._bonds.get(event.subject, event.subject))
        if about is None or event.seq > self._read_to or not self._rules.concerns(event.kind):
            return
        self._concerned.append((event, about))
        if event.seq not in self._told:
            self._notices += notices.notices(self._rules, event, about, self._desks)

    def _mark(self, event: Event) -> None:
        body, at = event.body, event.occurred_at
        if isinstance(body, e.NoticesAcknowledged):
            for seq in body.notices:
                self._put(body.office, seq, acked_at=at, acked_by=event.actor, acked_seat=event.seat)
        elif isinstance(body, e.AlarmShelved):
            told = {"shelved_by": event.actor, "shelved_seat": event.seat, "shelved_reason": body.reason}
            bare = dict.fromkeys(("acked_at", "acked_by", "acked_seat"))
            self._put(body.office, body.notice, shelved_at=at, shelved_until=body.until, **told, **bare)
        elif isinstance(body, e.AlarmUnshelved):
            self._put(body.office, body.notice, shelved_until=None)

    def _put(self, office: str, seq: int, **values: Any) -> None:
        self._marks[office, seq] = {**self._marks.get((office, seq), _BARE), **values}

    def write(self) -> int:
        """Write the realm's rows; how many shifts there are and notices that were missing."""
        conn, realm = self._conn, self._realm
        shifts.forget(conn, realm)
        for known in self._shifts.values():
            shifts.put(conn, realm, known)
        rows.put(conn, realm, self._notices)
        rows.settle(conn, realm, endings(self._rules, self._concerned, self._desks))
        for (office, seq), values in self._marks.items():
            rows.change(conn, realm, office, [seq], **values)
        return len(self._shifts) + len(self._notices)
