"""What a decision about an incident knows: the city's rules, by whom it is asked, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.due import Due
from core.duties import DutyList
from core.envelope import Body, Draft
from core.errors_cases import NotOnDutyList
from core.events_safety import CheckClock
from core.flow import Move, Workflow
from core.limits import Limits
from core.model import Incident
from core.offices import parse
from core.permissions import Principal, may
from core.safety import NO_CHECKS, SafetyRules


@dataclass(frozen=True, slots=True)
class Rules:
    """A city's workflow, limits, duty list and rules of crews' checks. `ordinary` are the classes that are no
    emergencies."""

    flow: Workflow
    limits: Limits
    duties: DutyList
    ordinary: frozenset[str]
    safety: SafetyRules = NO_CHECKS

    def emergency(self, class_code: str) -> bool:
        """A class that nobody knows is taken for one."""
        return class_code not in self.ordinary


@dataclass(frozen=True, slots=True)
class Hearing:
    """`at` is when it happens, on the realm's clock."""

    rules: Rules
    by: Principal
    at: datetime

    def move(self, incident: Incident, verb: str, **given: Any) -> Move:
        """The row of the table, if it may be done. Raises what `Workflow.check` refuses."""
        return self.rules.flow.check(incident, verb, self.by, {"photo": incident.photos, **given})

    def due(self, step: str, incident: Incident, **changes: str) -> Due | None:
        """The clock of a step that begins now; None for the step "". `changes`: another class or area."""
        if not step:
            return None
        known: Mapping[str, str] = {"class_code": incident.class_code, "area": incident.area, **changes}
        emergency = self.rules.emergency(known["class_code"])
        return self.rules.limits.due(step, self.at, emergency=emergency, **known)

    def crew_check(self, incident: Incident) -> CheckClock | None:
        """The clock by which a crew that arrives now is asked whether it is well."""
        return self.rules.safety.clock(incident.class_code, incident.severity, self.at)

    def about(self, incident: Incident, body: Body) -> Draft:
        return Draft(body, subject=incident.id, area=incident.area, occurred_at=self.at)

    def off_list(self, incident: Incident, office: str, reason: str | None) -> bool:
        """Whether it is not that department's affair, which only somebody who may approve decides, with a
        reason. Raises NotOnDutyList otherwise."""
        to = parse(office)
        if self.rules.duties.covers(to.dept, incident.class_code, incident.area):
            return False
        if not (reason and may(self.by, "approve")):
            raise NotOnDutyList(office=office, class_code=incident.class_code)
        return True
