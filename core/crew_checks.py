"""The pure decisions of crews' safety checks (安全核对): asked, answered, missed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.envelope import Body, Draft
from core.errors import MoveNotAllowed
from core.events_safety import CrewChecked, SafetyCheckDue, SafetyCheckMissed
from core.hearing import Hearing
from core.model import Assignment, CrewCheck, Incident
from core.workflow import allowed_assignment_verbs


def check(
    h: Hearing, assignment: Assignment, incident: Incident, others: Iterable[Assignment], text: str | None
) -> list[Draft]:
    """核对: the crew is well; its next clock begins. `others` are the incident's other assignments.

    Raises MoveNotAllowed for a crew that is not at work on scene.
    """
    if assignment.ended_at or assignment.status != "on_scene":
        allowed = () if assignment.ended_at else allowed_assignment_verbs(assignment)
        raise MoveNotAllowed(verb="check", status=assignment.status, allowed=list(allowed))
    following = h.rules.safety.clock(incident.class_code, incident.severity, h.at)
    missed = any(one.check and one.check.state == "missed" for one in others)
    return [_about(assignment, CrewChecked(text=text, next=following, all_answered=not missed), h.at)]


def next_mark(check: CrewCheck | None) -> datetime | None:
    """When a clock says something by itself; None where it has said all, or does not run."""
    if check is None or check.state == "missed":
        return None
    return _missed_at(check) if check.state == "due" else check.due_at


def fall_due(assignment: Assignment, at: datetime) -> list[Draft]:
    """What has fallen due by now; whoever looks late is told of both."""
    clock = assignment.check
    if clock is None or assignment.ended_at or assignment.status != "on_scene":
        return []
    drafts = []
    if clock.state == "running" and clock.due_at <= at:
        drafts.append(_about(assignment, SafetyCheckDue(due_at=clock.due_at), at))
    if clock.state in ("running", "due") and _missed_at(clock) <= at:
        body = SafetyCheckMissed(unit_name=assignment.unit_name, due_at=clock.due_at)
        drafts.append(_about(assignment, body, at))
    return drafts


def _missed_at(clock: CrewCheck) -> datetime:
    return clock.due_at + timedelta(seconds=clock.grace_s)


def _about(assignment: Assignment, body: Body, at: datetime) -> Draft:
    return Draft(body, subject=assignment.id, area=assignment.area, occurred_at=at)
