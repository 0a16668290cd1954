"""The workflow: a walk through the verbs by chance never reaches what must not be."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core import workflow
from core.dispatching import HOLD
from core.errors import MoveNotAllowed, Refusal, UnitsStillAssigned, VerificationMissing
from core.errors_cases import SupervisionOpen
from core.flow import SUPPORTED
from core.model import DONE, ENDED, OPEN, Unit
from core.offices import parse
from core.permissions import may
from core.workflow import ASSIGNMENT_MOVES
from tests.cast import AREA_A, AREA_B, UNITS
from tests.core.room import CAST, LEADER, OFFICER, RULES, Room
from tests.core.strategies import examples

VERBS = sorted(set(SUPPORTED) - {"dispatch"})


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
            assert set(refusal.params["allowed"]) <= set(SUPPORTED) | set(ASSIGNMENT_MOVES)
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
    @rule(
        data=st.data(), verb=st.sampled_from(sorted(set(SUPPORTED) - {"dispatch"})), by=st.sampled_from(CAST)
    )
    def act(self, data: Any, verb: str, by: Any) -> None:
        """Whoever may not do it is refused, and whatever is refused changes nothing."""
        if not may(by, verb):
            return
        ident = data.draw(st.sampled_from(self.incidents))
        offered = verb in RULES.flow.allowed(self.room.incident(ident), by)
        before = (self.room.board.seq, dict(self.room.guard.incidents), dict(self.room.board.units))
        try:
            self.room.act(ident, verb, by)
        except Refusal:
            assert (self.room.board.seq, self.room.guard.incidents, self.room.board.units) == before
        else:
            assert offered, "what is not offered is refused"

    @precondition(lambda self: self.incidents)
    @rule(data=st.data())
    def goes_on(self, data: Any) -> None:
        """What is due next is done, so that walks get somewhere."""
        ident = data.draw(st.sampled_from(self.incidents))
        step = workflow.next_step(self.room.incident(ident))
        if step in SUPPORTED and step != "dispatch":
            with suppress(UnitsStillAssigned, SupervisionOpen):
                self.room.act(ident, step)

    @precondition(lambda self: self.incidents)
    @rule(data=st.data(), codes=st.lists(st.sampled_from(sorted(UNITS)), min_size=1, max_size=3, unique=True))
    def dispatch(self, data: Any, codes: list[str]) -> None:
        ident = data.draw(st.sampled_from(self.incidents))
        allowed = "dispatch" in RULES.flow.allowed(self.room.incident(ident), OFFICER)
        self.attempt(lambda: self.room.dispatch(ident, codes), allowed and not self.taken(codes, OFFICER))

    def taken(self, codes: list[str], by: Any) -> list[str]:
        """Who is away, held by another, or off duty."""
        units = [self.room.board.units[code] for code in codes]
        return [u.id for u in units if u.assignment or not u.on_duty or (u.hold and u.hold.by != by.name)]

    @precondition(lambda self: self.incidents)
    @rule(
        data=st.data(),
        codes=st.lists(st.sampled_from(sorted(UNITS)), min_size=1, max_size=2, unique=True),
        by=st.sampled_from([OFFICER, LEADER]),
    )
    def hold(self, data: Any, codes: list[str], by: Any) -> None:
        ident = data.draw(st.sampled_from(self.incidents))
        allowed = "hold" in RULES.flow.allowed(self.room.incident(ident), by)
        holds = [self.room.board.units[code].hold for code in codes]
        again = any(one and one.renewed for one in holds)
        free = not self.taken(codes, by) and not again
        self.attempt(lambda: self.room.hold(ident, codes, by), allowed and free)

    @precondition(lambda self: self.room.board.links)
    @rule(data=st.data(), code=st.sampled_from(sorted(UNITS)))
    def replace(self, data: Any, code: str) -> None:
        """The incident keeps as many units as it had, and the clock that ran."""
        ident = data.draw(st.sampled_from(sorted(self.room.board.links)))
        link = self.room.board.links[ident]
        before = self.room.incident(link.incident)
        allowed = "dispatch" in RULES.flow.allowed(before, OFFICER) and link.status != "on_scene"
        done = allowed and not self.taken([code], OFFICER)
        self.attempt(lambda: self.room.replace(ident, code), done)
        after = self.room.incident(link.incident)
        assert (len(after.units), after.deadline) == (len(before.units), before.deadline)

    @precondition(lambda self: self.room.board.links)
    @rule(data=st.data(), verb=st.sampled_from(sorted(ASSIGNMENT_MOVES.keys() - {"replace"})))
    def advance(self, data: Any, verb: str) -> None:
        ident = data.draw(st.sampled_from(sorted(self.room.board.links)))
        link = self.room.board.links[ident]
        allowed = verb in workflow.allowed_assignment_verbs(link)
        self.attempt(lambda: self.room.advance(ident, verb), allowed)

    @rule(hours=st.sampled_from([0.01, 0.1, 1, 30, 200]))
    def time_passes(self, hours: float) -> None:
        self.room.time_passes(hours)

    @invariant()
    def every_end_is_earned(self) -> None:
        for incident in self.room.guard.incidents.values():
            if incident.status in DONE:
                assert incident.replied_at
                assert incident.verified_at
                assert not incident.units
                assert all(order.answered_at for order in incident.supervisions)
            assert (incident.closed_at is not None) == (incident.status in ENDED)
            assert incident.status in OPEN | ENDED
            assert (incident.rating is not None) <= (incident.status in DONE)

    @invariant()
    def everybody_knows_who_answers_and_by_when(self) -> None:
        """No lost owner, no open incident without a clock, no clock that outlives its incident."""
        for incident in self.room.guard.incidents.values():
            assert str(parse(incident.owner)) == incident.owner
            assert incident.owner not in incident.helpers
            assert len(set(incident.former)) <= len(incident.former) < 100
            if incident.status in ENDED:
                assert incident.clocks == ()
                assert incident.request is None
            else:
                assert incident.deadline is not None
            assert incident.rise is None or (incident.deadline and incident.deadline.state == "over")
            for clock in incident.clocks:
                late = clock.state in ("running", "near") and clock.due_at < self.room.now
                assert not late, "a clock that runs is never past its time"

    @invariant()
    def a_merged_incident_and_its_master_name_each_other(self) -> None:
        held = self.room.guard.incidents
        for incident in held.values():
            assert (incident.merged_into is not None) == (incident.status == "merged")
            if incident.merged_into:
                assert incident.id in held[incident.merged_into].merged
            assert all(held[one].merged_into == incident.id for one in incident.merged)

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
        assert all(u.status == _resting(u) for u in free)
        held = [u.hold for u in self.room.board.units.values() if u.hold]
        assert all(self.room.now < hold.until <= self.room.now + HOLD for hold in held)
        assert not [u for u in self.room.board.units.values() if u.hold and u.assignment]

    @invariant()
    def an_incident_with_units_does_not_wait(self) -> None:
        for incident in self.room.guard.incidents.values():
            if incident.units:
                assert incident.status not in ENDED | {"reported", "accepted"}

    @invariant()
    def the_next_step_may_be_done(self) -> None:
        for incident in self.room.guard.incidents.values():
            step = workflow.next_step(incident)
            if step in SUPPORTED:
                assert step in RULES.flow.allowed(incident, OFFICER)


def _resting(unit: Unit) -> str:
    if unit.hold:
        return "reserved"
    return "available" if unit.on_duty else "off_duty"


TestWalk = Walk.TestCase
TestWalk.settings = examples(80, stateful_step_count=50)
