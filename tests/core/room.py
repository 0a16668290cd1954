"""A board and the verbs on it, without any database."""

from __future__ import annotations

from typing import Any

import core.events as e
from core import workflow
from core.board import Board
from core.envelope import Draft, Event
from core.fold import apply
from core.model import Incident, Unit
from core.serial import dump
from core.workflow import Order
from tests.cast import AREA_A, AREA_B, IN_A, IN_B, START, UNITS, reported, unit_body
from tests.cast import due as cast_due


def order(unit: Unit, assignment: str) -> Order:
    return Order(assignment, unit, 60.0, 500.0, (IN_A, IN_B))


class Room:
    """A board and the verbs on it, as `actions` would call them; every fact goes through the fold."""

    def __init__(self) -> None:
        self.board, self.guard = Board("live"), Board("live", live=False)
        self.now, self.made = START, 0
        for code in UNITS:
            self.write([Draft(unit_body(code), code, UNITS[code][2], self.now)])

    def write(self, drafts: list[Draft]) -> None:
        for d in drafts:
            args = (d.area, d.occurred_at, self.now, "wang", "desk-1", None, d.body)
            event = Event("live", self.board.seq + 1, d.body.VERSION, d.subject, *args)
            apply(self.board, event)
            apply(self.guard, event)

    def report(self, area: str = AREA_A) -> str:
        self.made += 1
        ident = f"I{self.made}"
        clock = cast_due(at=self.now)
        self.write([Draft(reported(ident, area, due=clock), ident, area, self.now)])
        return ident

    def incident(self, ident: str) -> Incident:
        return self.guard.incidents[ident]

    def dispatch(self, ident: str, codes: list[str]) -> None:
        orders = []
        for code in codes:
            self.made += 1
            orders.append(order(self.board.units[code], f"A{self.made}"))
        holders = {i.id: i.number for i in self.board.incidents.values()}
        self.write(workflow.dispatch(self.incident(ident), orders, holders, None, self.now, emergency=True))

    def act(self, ident: str, verb: str) -> None:
        incident = self.incident(ident)
        moved = e.IncidentRelocated(
            lon=IN_B[0], lat=IN_B[1], address=None, area=AREA_B, grid=AREA_B + "001", place="西门"
        )
        restored = dump(incident) if incident.shelved else None
        verbs: dict[str, Any] = {
            "accept": lambda: workflow.accept(incident, self.now),
            "reject": lambda: workflow.reject(incident, "重复", self.now),
            "amend": lambda: workflow.amend(incident, e.IncidentAmended(severity=1), self.now),
            "relocate": lambda: workflow.relocate(incident, moved, self.now),
            "note": lambda: workflow.note(incident, "备注", self.now),
            "reply": lambda: workflow.reply(incident, "已处理", self.now),
            "handle": lambda: workflow.handle(incident, None, self.now, emergency=True),
            "verify": lambda: workflow.verify(incident, None, self.now),
            "close": lambda: workflow.close(incident, self.now),
            "reopen": lambda: workflow.reopen(incident, "复燃", restored, self.now, emergency=True),
            "dispatch": lambda: self.dispatch(ident, ["F1"]) or [],
        }
        self.write(verbs[verb]())

    def advance(self, ident: str, verb: str) -> None:
        link = self.board.links[ident]
        incident = self.incident(link.incident)
        self.write(workflow.advance(link, incident, verb, "原因", self.now, emergency=True))
