"""The facts of operations (incidents, assignments, units, days) and of reference data.

Importing this module registers every body there is; `core.events_system` holds accounts and access,
`core.events_advice` what was advised, `core.events_briefing` reports and losses,
`core.events_cases` who owns an incident and its clocks,
`core.events_duty` alarms and shifts,
`core.events_commit` holds and reserved supplies, `core.events_crews` real crews in drills,
`core.events_drills` drills,
`core.events_field` calls from the field, `core.events_findings` what drills showed to be amiss,
`core.events_grids` new boundaries, `core.events_ledger` the year's drills,
`core.events_linkage` responses, `core.events_norms` norms,
`core.events_plans` plans, `core.events_roads` closures,
`core.events_safety` crews' checks, `core.events_sensitive` what visitors may not see,
`core.events_sites` hazards and patrols, `core.events_stock` the lots of stores,
`core.events_walls` what walls are directed to show, `core.events_warnings` warnings to the public.
"""

from __future__ import annotations

from datetime import date, datetime

from core import (  # noqa: F401  they register their bodies
    events_advice,
    events_briefing,
    events_cases,
    events_commit,
    events_crews,
    events_drills,
    events_duty,
    events_field,
    events_findings,
    events_grids,
    events_ledger,
    events_linkage,
    events_norms,
    events_past,
    events_plans,
    events_roads,
    events_safety,
    events_sensitive,
    events_sites,
    events_stock,
    events_system,
    events_walls,
    events_warnings,
)
from core.due import Due
from core.envelope import Body, Draft, Event, decode_body, encode_body
from core.events_safety import CheckClock

__all__ = ["Body", "Draft", "Due", "Event", "decode_body", "encode_body"]


class DayStarted(Body):
    """00:00 of a city day: figures of "today" begin again."""

    date: date


class IncidentReported(Body):
    """上报"""

    number: str
    class_code: str
    title: str
    text: str
    severity: int
    lon: float
    lat: float
    address: str
    area: str
    grid: str
    place: str
    channel: str
    source_id: str | None
    reporter: str | None
    """Masked name and phone; the plain ones are sealed outside the log."""
    due: Due | None
    owner: str = ""
    """The office that answers for it; "" (older facts): the desk of its grid."""
    by: str = ""
    """The account or token that entered it: names are shared, ids are not. "" (older facts): not known."""


class IncidentAccepted(Body):
    """受理: whoever accepts owns it; "" (older facts) leaves the owner, no `due` the clock."""

    owner: str = ""
    due: Due | None = None


class IncidentRejected(Body):
    """不予受理"""

    reason: str


class IncidentAmended(Body):
    """Corrected: only the fields that changed are set."""

    class_code: str | None = None
    title: str | None = None
    severity: int | None = None
    text: str | None = None
    address: str | None = None


class IncidentRelocated(Body):
    lon: float
    lat: float
    address: str | None
    area: str
    grid: str
    place: str


class NoteAdded(Body):
    text: str


class UnitDispatched(Body):
    """派遣: subject is the incident; the assignment binds the unit until it is released."""

    assignment: str
    unit: str
    unit_name: str
    eta_s: float
    distance_m: float
    route: tuple[tuple[float, float], ...]
    """lon, lat along the road, from the unit to the incident."""
    override_reason: str | None
    due: Due | None
    reinforces: bool = False
    """增援: others were bound already; the clocks that run go on."""
    replaces: str | None = None
    """改派: the assignment whose place it takes."""


class AssignmentAcknowledged(Body):
    """签收"""


class AssignmentDeclined(Body):
    reason: str
    due: Due | None
    """The dispatch clock that runs again when nobody else is on the way."""


class AssignmentEnroute(Body):
    """出动"""


class AssignmentArrived(Body):
    """到场"""

    due: Due | None
    check: CheckClock | None = None
    """When the crew is first asked whether it is well; None (older facts): not at all."""


class AssignmentReleased(Body):
    """归队"""

    reason: str | None
    due: Due | None


class IncidentHandled(Body):
    """处置完毕"""

    text: str | None
    due: Due | None


class IncidentReplied(Body):
    """回复"""

    text: str


class IncidentVerified(Body):
    """核查"""

    text: str | None
    due: Due | None = None


class IncidentClosed(Body):
    """办结"""


class IncidentReopened(Body):
    """重开; `restored` is the incident as it was when it has already left the board."""

    reason: str
    restored: str | None
    due: Due | None


class IncidentShelved(Body):
    """A day after its end an incident leaves the board (not the log)."""


class DeadlineNeared(Body):
    """即将超时: 80 % of the time is gone."""

    step: str
    due_at: datetime


class DeadlineMissed(Body):
    """超时"""

    step: str
    due_at: datetime


class UnitRegistered(Body):
    """A response unit is known, or its master data changed."""

    name: str
    unit_kind: str
    area: str
    lon: float
    lat: float
    skills: tuple[str, ...]
    crew: int | None
    vehicle: str | None
    on_duty: bool


class UnitDutyChanged(Body):
    """上岗 / 下岗"""

    on_duty: bool


class PlacesImported(Body):
    """Reference data came in; the rows are in versioned tables, not in the log."""

    places: str
    version: int
    file: str
    sha256: str
    counts: dict[str, int]
