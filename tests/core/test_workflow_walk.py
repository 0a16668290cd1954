"""The workflow: a walk through the verbs by chance never reaches what must not be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import core.events as e
from core import workflow
from core.clock import near_at
from core.errors import (
    MoveNotAllowed,
    Refusal,
    VerificationMissing,
)
from core.model import ENDED, OPEN
from core.workflow import ASSIGNMENT_MOVES, MOVES
from tests.cast import AREA_A, AREA_B, UNITS
from tests.core.room import Room
from tests.core.strategies import examples


class Walk(RuleBasedStateMachine):
    """Verbs by chance on a few incidents and units."""

    def __init__(self) -> None:
        super().__init__()
        self.room = Room()

    @property
    def incidents(self) -> list[str]:
        return sorted(self.room.guard.incidents)

    def attempt(self, act: Any, allowed: bool) -> None:
        """A refusal leaves the board as it was; MoveNotAllowed says what is allowed, and that is true."""
        before = (self.room.board.seq, dict(self.room.guard.incidents), dict(self.room.board.units))
        try:
            act()
        except (MoveNotAllowed, VerificationMissing) as refusal:
            assert not allowed
            assert set(refusal.params["allowed"]) <= set(MOVES) | set(ASSIGNMENT_MOVES)
        except Refusal:
            pass
        else:
            assert allowed
            return
        assert (self.room.board.seq, self.room.guard.incidents, self.room.board.units) == before

    @precondition(lambda self: len(self.incidents) < 4)
    @rule(area=st.sampled_from([AREA_A, AREA_B]))
    def report(self, area: str) -> None:
        self.room.report(area)

    @precondition(lambda self: self.incidents)
    @rule(data=st.data(), verb=st.sampled_from(sorted(MOVES)))
    def act(self, data: Any, verb: str) -> None:
        ident = data.draw(st.sampled_from(self.incidents))
        incident = self.room.incident(ident)
        self.attempt(lambda: self.room.act(ident, verb), verb in workflow.allowed_verbs(incident))

    @precondition(lambda self: self.incidents)
    @rule(data=st.data(), codes=st.lists(st.sampled_from(sorted(UNITS)), min_size=1, max_size=3, unique=True))
    def dispatch(self, data: Any, codes: list[str]) -> None:
        ident = data.draw(st.sampled_from(self.incidents))
        allowed = "dispatch" in workflow.allowed_verbs(self.room.incident(ident))
        busy = [c for c in codes if self.room.board.units[c].assignment or c == "OFF"]
        self.attempt(lambda: self.room.dispatch(ident, codes), allowed and not busy)

    @precondition(lambda self: self.room.board.links)
    @rule(data=st.data(), verb=st.sampled_from(sorted(ASSIGNMENT_MOVES)))
    def advance(self, data: Any, verb: str) -> None:
        ident = data.draw(st.sampled_from(sorted(self.room.board.links)))
        link = self.room.board.links[ident]
        allowed = verb in workflow.allowed_assignment_verbs(link)
        self.attempt(lambda: self.room.advance(ident, verb), allowed)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.room.now += timedelta(hours=hours)
        for incident in list(self.room.board.incidents.values()):
            if clock := incident.deadline:
                for near in (True, False):
                    at = near_at_of(clock) if near else clock.due_at
                    if at <= self.room.now:
                        fresh = self.room.incident(incident.id)
                        drafts = workflow.cross(fresh, clock.step, clock.due_at, near=near, at=self.room.now)
                        self.room.write(drafts)
            self.room.write(workflow.shelve(self.room.incident(incident.id), self.room.now))

    @invariant()
    def every_end_is_earned(self) -> None:
        for incident in self.room.guard.incidents.values():
            if incident.status == "closed":
                assert incident.replied_at
                assert incident.verified_at
                assert not incident.units
            assert (incident.closed_at is not None) == (incident.status in ENDED)
            assert incident.status in OPEN | ENDED
            assert incident.deadline is None or incident.status not in ENDED

    @invariant()
    def a_unit_is_bound_once_and_both_sides_know(self) -> None:
        links = self.room.board.links
        assert len({link.unit for link in links.values()}) == len(links)
        for link in links.values():
            unit = self.room.board.units[link.unit]
            assert (unit.assignment, unit.incident, unit.status) == (link.id, link.incident, link.status)
            assert link.id in self.room.incident(link.incident).assignments
        bound = [a for i in self.room.guard.incidents.values() for a in i.assignments]
        assert sorted(bound) == sorted(links)
        free = [u for u in self.room.board.units.values() if u.assignment is None]
        assert all(u.status == ("available" if u.on_duty else "off_duty") for u in free)

    @invariant()
    def an_incident_with_units_does_not_wait(self) -> None:
        for incident in self.room.guard.incidents.values():
            if incident.units:
                assert incident.status not in ("reported", "accepted", "closed", "rejected")

    @invariant()
    def the_next_step_may_be_done(self) -> None:
        for incident in self.room.guard.incidents.values():
            step = workflow.next_step(incident)
            if step in MOVES:
                assert step in workflow.allowed_verbs(incident)


def near_at_of(clock: Any) -> Any:
    return near_at(e.Due(step=clock.step, due_at=clock.due_at, total_s=clock.total_s))


TestWalk = Walk.TestCase
TestWalk.settings = examples(80, stateful_step_count=50)
