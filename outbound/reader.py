"""Reading the log after a cursor of its own: facts become notices to offices, and messages to be sent.

One process at a time holds a realm's cursor (`SKIP LOCKED`); what follows from a page of facts is written in
the transaction that moves it. So each fact is told once, also when a process dies in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Engine, select

from core import drill_notices, notices, outbound
from core.envelope import Event
from core.events_duty import AlarmShelved, AlarmUnshelved, NoticesAcknowledged
from core.model import Incident
from core.notices import Rules
from core.serial import incident_of
from db import drills, duty, log
from db import notices as rows
from db import outbound as queue
from db.tables import assignment, incident
from db.tables_linkage import linkage
from outbound import warnings, write_back

PAGE = 500
ANSWERS = frozenset(kind.__name__ for kind in (NoticesAcknowledged, AlarmShelved, AlarmUnshelved))
NO_ADDRESS = "no_address"
"""The error of a message for whose office the phone book has nobody."""


def _nobody(_realm: str, _offices: Collection[str]) -> None:
    """No screen listens."""


@dataclass(frozen=True, slots=True)
class Reader:
    """`now` is real time: when messages were made. `announce` is told after the commit, of which realm, whose
    notices have changed."""

    engine: Engine
    zone: ZoneInfo
    now: Callable[[], datetime]
    announce: Callable[[str, Collection[str]], None] = _nobody

    def read(self, realm: str) -> int:
        """Tell what a page of facts says; how many facts there were. 0 also while another process reads, and
        when a realm is met for the first time."""
        with self.engine.begin() as conn:
            seq = queue.take_cursor(conn, realm)
            if seq is None:
                return 0
            wires = log.read(conn, realm, seq, PAGE)
            offices = self._tell(conn, realm, wires) if wires else set()
            if wires:
                queue.move_cursor(conn, realm, wires[-1]["seq"])
        self.announce(realm, offices)
        return len(wires)

    def _tell(self, conn: Connection, realm: str, wires: Sequence[log.Wire]) -> set[str]:
        """The offices whose notices have changed."""
        queue.put(conn, write_back.messages(conn, realm, wires, self.zone, self.now()))
        queue.put(conn, warnings.messages(realm, wires, self.now()))
        rules = rows.read_rules(conn)
        answered = {orjson.loads(wire["body"])["office"] for wire in wires if wire["kind"] in ANSWERS}
        answered |= self._tell_drill(conn, realm, wires)
        concerned = [log.to_event(wire) for wire in wires if rules.concerns(wire["kind"])]
        if not concerned:
            return answered
        known, desks = _incidents(conn, realm, concerned), rows.desks(conn)
        told = [(event, known[event.subject]) for event in concerned if event.subject in known]
        said = [one for event, about in told for one in notices.notices(rules, event, about, desks)]
        rows.put(conn, realm, said)
        settled = rows.settle(conn, realm, endings(rules, told, desks))
        for event, about in told:
            queue.put(conn, self._messages(conn, realm, rules, event, about, desks))
        return {one.office for one in said} | settled | answered

    def _tell_drill(self, conn: Connection, realm: str, wires: Sequence[log.Wire]) -> set[str]:
        """What the drill of a realm tells of itself; the offices that are told."""
        events = [log.to_event(wire) for wire in wires if wire["kind"] in drill_notices.FACTS]
        drill = drills.read_drill(conn, realm) if events else None
        if drill is None:
            return set()
        desks = rows.desks(conn)
        said = [one for event in events for one in drill_notices.notices(event, drill, desks)]
        rows.put(conn, realm, said)
        return {one.office for one in said}

    def _messages(
        self, conn: Connection, realm: str, rules: Rules, event: Event, one: Incident, desks: frozenset[str]
    ) -> list[dict[str, Any]]:
        made = []
        for call in notices.calls(rules, event, one, desks, self.zone):
            to = duty.phone_of(conn, call.office)
            body = {
                "text": outbound.marked(realm, call.text), "office": call.office, "number": one.number,
                "on_duty": duty.on_duty(conn, call.office, event.recorded_at).people,
            }  # fmt: skip
            made.append(self._queued(realm, event, one.id, call.office, call.channel, to, body))
        return made

    def _queued(
        self, realm: str, event: Event, incident_id: str, office: str, channel: str, to: str, body: Any
    ) -> dict[str, Any]:
        now = self.now()
        return {
            "id": f"{realm}-{event.seq}-{channel}-{office}", "realm": realm, "seq": event.seq,
            "fact": event.kind, "incident": incident_id, "office": office, "channel": channel,
            "addressee": to, "body": body, "attempts": 0, "created_at": now, "next_at": now,
            "state": "queued" if to else "dead", "error": None if to else NO_ADDRESS,
        }  # fmt: skip


def endings(rules: Rules, told: Sequence[tuple[Event, Incident]], desks: frozenset[str]) -> list[rows.Ending]:
    """What is settled by these facts; put to use after the notices of the same page are there."""
    found = []
    for event, about in told:
        facts = rules.settled_by(event.kind)
        if notices.settles(event) and (facts is None or facts):
            found += _ending(event, about.id, facts, desks)
    return found


def _ending(
    event: Event, incident_id: str, facts: frozenset[str] | None, desks: frozenset[str]
) -> list[rows.Ending]:
    """An answer to a whistle or a supervision, and what is done to a task, also end, for everybody, what was
    told of its clock, and of no other clock."""
    known, sides = (incident_id, event.seq, event.recorded_at), notices.sides(event)
    if facts is None:
        return [rows.Ending(*known)]
    clocks = [rows.Ending(*known, facts & notices.CLOCKS, side=side) for side in sides]
    office = notices.settled_office(event)
    desk = notices.staffed(office, desks) if office else None
    left = facts - notices.CLOCKS if sides else facts
    rest = rows.Ending(*known, left, desk, side="" if left & notices.DEADLINES else None)
    return [one for one in (*clocks, rest) if one.facts]


def _incidents(conn: Connection, realm: str, events: Sequence[Event]) -> dict[str, Incident]:
    """The incident of each fact's subject, also where that is one of its assignments or its response; as it
    stands now."""
    subjects = list({event.subject for event in events})
    of_bond = {
        row.id: row.incident
        for table in (assignment, linkage)
        for row in conn.execute(
            select(table.c.id, table.c.incident).where(table.c.realm == realm, table.c.id.in_(subjects))
        )
    }
    wanted = [*subjects, *of_bond.values()]
    query = select(incident.c.id, incident.c.doc).where(incident.c.realm == realm, incident.c.id.in_(wanted))
    found = {row.id: incident_of(row.doc) for row in conn.execute(query)}
    return found | {bond: found[ident] for bond, ident in of_bond.items() if ident in found}
