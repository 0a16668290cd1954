"""A board and the verbs on it, without any database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import core.events as e
import core.events_cases as c
from core import casework, dispatching, workflow
from core.board import Board
from core.clock import near_at
from core.dispatching import Order
from core.due import Deadline
from core.duties import Duty, DutyList
from core.envelope import Draft, Event
from core.fold import apply
from core.hearing import Hearing, Rules
from core.model import Incident, Unit
from core.permissions import SYSTEM, Principal
from core.serial import dump
from db.clocks import shipped_limits
from db.flow import shipped_workflow
from tests.cast import AREA_A, AREA_B, IN_A, IN_B, START, TOWN_A, UNITS, reported, unit_body
from tests.cast import due as cast_due

OFFICER = Principal("u1", "wang", "officer", seat="desk-1")
TOWN = Principal("u2", "chen", "officer", area=TOWN_A, seat="desk-2")
DEPARTMENT = Principal("u3", "cheng", "officer", area="990101", dept="chengguan", seat="desk-3")
LEADER = Principal("u4", "li", "leader", seat="desk-4")
CAST = (OFFICER, TOWN, DEPARTMENT, LEADER)
ORDINARY = "22000"
DUTIES = DutyList([Duty("chengguan", "", "", "")])
RULES = Rules(shipped_workflow(), shipped_limits(ZoneInfo("Asia/Shanghai")), DUTIES, frozenset({ORDINARY}))
OFFICES = ("chengguan@990101", f"@{AREA_A}", f"@{AREA_B}", "@990101", "@")


def order(unit: Unit, assignment: str) -> Order:
    return Order(assignment, unit, 60.0, 500.0, (IN_A, IN_B))


class Room:
    """A board and the verbs on it, as `actions` would call them; every fact goes through the fold."""

    def __init__(self) -> None:
        self.board, self.guard = Board("live"), Board("live", live=False)
        self.now, self.made, self.by = START, 0, OFFICER
        self.told: list[Event] = []
        for code in UNITS:
            self.write([Draft(unit_body(code), code, UNITS[code][2], self.now)])

    def write(self, drafts: list[Draft]) -> None:
        for d in drafts:
            args = (d.area, d.occurred_at, self.now, self.by.name, self.by.seat, None, d.body)
            event = Event("live", self.board.seq + 1, d.body.VERSION, d.subject, *args)
            apply(self.board, event)
            apply(self.guard, event)
            self.told.append(event)

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
        self.write(dispatching.dispatch(self.hearing(), self.incident(ident), orders, holders, None))

    def hold(self, ident: str, codes: list[str], by: Principal = OFFICER) -> None:
        self.made += 1
        units, until = [self.board.units[code] for code in codes], self.now + dispatching.HOLD
        held = dispatching.hold(self.hearing(by), self.incident(ident), units, {}, f"H{self.made}", until)
        self.write(held)

    def end_holds(self, units: list[Unit], why: str) -> None:
        self.write(dispatching.end_holds(units, why))

    def replace(self, ident: str, code: str) -> None:
        self.made += 1
        link, going = self.board.links[ident], order(self.board.units[code], f"A{self.made}")
        incident = self.incident(link.incident)
        self.write(dispatching.replace_unit(self.hearing(), incident, link, going, {}, "爆胎"))

    def hearing(self, by: Principal = OFFICER) -> Hearing:
        self.by = by
        return Hearing(RULES, by, self.now)

    def act(self, ident: str, verb: str, by: Principal = OFFICER) -> None:
        if verb == "dispatch":
            self.dispatch(ident, ["F1"])
        else:
            self.write(self.decide(ident, verb, by))

    def decide(self, ident: str, verb: str, by: Principal = OFFICER) -> list[Draft]:
        """What a verb with plain arguments decides."""
        h, i = self.hearing(by), self.incident(ident)
        self.made += 1
        moved = e.IncidentRelocated(
            lon=IN_B[0], lat=IN_B[1], address=None, area=AREA_B, grid=AREA_B + "001", place="西门"
        )
        photo = c.AttachmentAdded(
            attachment=f"P{self.made}", name="a.jpg", media_type="image/jpeg", size=1, sha256="0", verb=""
        )
        restored = dump(i) if i.shelved else None
        other = self.incident(i.merged_into or min(self.guard.incidents))
        free = [o for o in OFFICES if o != i.owner and o not in i.helpers]
        whistled = [w.office for w in i.whistles if w.answered_at is None]
        calls = [(f"W{self.made}{n}", o) for n, o in enumerate(free) if o not in whistled][:2]
        situation = c.SituationReported(stage="first", text="初报")
        rated = c.IncidentRated(rating=3, text=None, by="callback")
        verbs: dict[str, Callable[[], list[Draft]]] = {
            "accept": lambda: workflow.accept(h, i),
            "reject": lambda: workflow.reject(h, i, "重复"),
            "amend": lambda: workflow.amend(h, i, e.IncidentAmended(severity=1)),
            "relocate": lambda: (
                workflow.relocate(h, i, moved) + casework.follow(i, moved.area, moved.grid, h.at)
            ),
            "reclassify": lambda: workflow.reclassify(h, i, ORDINARY, "施工", 3, "看错了"),
            "note": lambda: workflow.note(h, i, "备注"),
            "attach": lambda: workflow.attach(h, i, photo),
            "sensitive": lambda: workflow.mark_sensitive(h, i, "涉及未成年人", on=True),
            "unsensitive": lambda: workflow.mark_sensitive(h, i, "已公开", on=False),
            "backup": lambda: workflow.call_backup(h, i, "水带不够"),
            "situation": lambda: workflow.report_situation(h, i, situation),
            "reply": lambda: workflow.reply(h, i, "已处理"),
            "handle": lambda: workflow.handle(h, i, None),
            "verify": lambda: workflow.verify(h, i, None),
            "close": lambda: workflow.close(h, i),
            "reopen": lambda: workflow.reopen(h, i, "复燃", restored),
            "rate": lambda: workflow.rate(h, i, rated),
            "archive": lambda: workflow.archive(h, i, None),
            "hold": lambda: dispatching.hold(h, i, [], {}, "H", self.now),
            "cancel": lambda: dispatching.recall(h, i, [self.board.links[a] for a in i.assignments], "误报"),
            "merge": lambda: workflow.merge(h, i, other),
            "unmerge": lambda: workflow.unmerge(h, i, other, "不是一件事", restored),
            "transfer": lambda: casework.transfer(h, i, free[0], "属城管职责"),
            "return": lambda: casework.give_back(h, i, "非本部门职责"),
            "assist": lambda: casework.assist(h, i, free[1:2], None),
            "assist_end": lambda: casework.end_help(h, i, i.helpers[:1], None),
            "whistle": lambda: casework.whistle(h, i, calls, "速来", None),
            "report_in": lambda: casework.report_in(h, i, None),
            "supervise": lambda: casework.supervise(h, i, f"S{self.made}", "尽快"),
            "answer": lambda: casework.answer(h, i, "正在办"),
            "escalate": lambda: casework.escalate(h, i, "力量不足"),
            "extend": lambda: casework.extend(h, i, 4000.0, "hour", "等配件"),
            "pause": lambda: casework.pause(h, i, "等报告人"),
            "resume": lambda: casework.resume(h, i),
            "approve": lambda: casework.approve(h, i),
            "refuse": lambda: casework.refuse(h, i, "不必"),
        }
        return verbs[verb]()

    def cross(self, ident: str, clock: Deadline, *, near: bool) -> int:
        """A timer of that clock fires; how many crossings that made."""
        h, incident = self.hearing(SYSTEM), self.incident(ident)
        found = casework.cross(h, incident, clock.step, clock.due_at, near=near)
        self.write(found)
        return sum(isinstance(draft.body, e.DeadlineNeared | e.DeadlineMissed) for draft in found)

    def time_passes(self, hours: float) -> None:
        """Everything that falls due meanwhile does, in order."""
        until = self.now + timedelta(hours=hours)
        while due := self._next_due(until):
            self.now, ident, clock, near = due
            before = self.board.seq
            self.cross(ident, clock, near=near)
            assert self.board.seq > before, "a timer that has something to say says it"
        self.now = until
        held = [unit for unit in self.board.units.values() if unit.hold and unit.hold.until <= until]
        self.end_holds(held, "expired")
        for incident in list(self.guard.incidents.values()):
            self.write(workflow.shelve(incident, self.now))

    def _next_due(self, until: datetime) -> tuple[datetime, str, Deadline, bool] | None:
        waiting = [
            (max(self.now, near_at(clock) if near else clock.due_at), ident, clock, near)
            for ident, incident in self.guard.incidents.items()
            for clock in incident.clocks
            for near in (True, False)
            if casework.still_runs(incident, clock.step, clock.due_at, near=near)
        ]
        return min((one for one in waiting if one[0] <= until), key=lambda one: one[0], default=None)

    def advance(self, ident: str, verb: str) -> None:
        link = self.board.links[ident]
        incident = self.incident(link.incident)
        self.write(workflow.advance(self.hearing(), link, incident, verb, "原因"))
