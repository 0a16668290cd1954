"""The pure decisions about units: holding (预占), sending (派遣, 增援), replacing (改派), recalling (撤回).

As in `core.workflow`, a decision gives drafts of facts or raises a refusal. A unit whose hold has run out is
given without it (`unheld`), whether or not the clock has told so yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import core.events as e
import core.events_commit as m
from core.envelope import Draft
from core.errors import UnitBusy, UnitOffDuty
from core.errors_commit import HoldNotRenewable, NobodyToRecall, UnitHeld
from core.errors_drills import UnitInDrill
from core.hearing import Hearing
from core.model import Assignment, Incident, Unit, UnitHold
from core.workflow import check_assignment_move, without_units

HOLD = timedelta(seconds=60)
"""How long a hold lasts, and a renewed one from then on: long enough to read the advice and press."""

ON_THE_WAY = frozenset({"dispatched", "acknowledged", "enroute"})

Numbers = Mapping[str, str]
"""Incident id → its number, for sentences that name a holder."""


@dataclass(frozen=True, slots=True)
class Order:
    """One unit to send: its assignment's new id, and the way it will take."""

    assignment: str
    unit: Unit
    eta_s: float
    distance_m: float
    route: tuple[tuple[float, float], ...]


def unheld(unit: Unit, now: datetime) -> Unit:
    """The unit without a hold that has run out."""
    return replace(unit, hold=None) if unit.hold and unit.hold.until <= now else unit


def check_free(h: Hearing, unit: Unit, numbers: Numbers) -> None:
    """Raises UnitBusy or UnitHeld naming the holder, UnitOffDuty, UnitInDrill."""
    known = {"unit": unit.id, "unit_name": unit.name}
    if unit.assignment:
        of = unit.incident or ""
        raise UnitBusy(**known, incident=of, number=numbers.get(of, of), assignment=unit.assignment)
    if not unit.on_duty:
        raise UnitOffDuty(**known)
    if unit.drill:
        raise UnitInDrill(**known, drill=unit.drill_name)
    if unit.hold and unit.hold.by != h.by.name:
        of_hold = {"by": unit.hold.by, "incident": unit.hold.incident, "number": unit.hold.number}
        raise UnitHeld(**known, **of_hold, **_left(unit.hold, h.at))


def _left(held: UnitHold, at: datetime) -> dict[str, object]:
    return {"until": held.until, "left_s": max(1, round((held.until - at).total_seconds()))}


def hold(
    h: Hearing, incident: Incident, units: Sequence[Unit], numbers: Numbers, ident: str, until: datetime
) -> list[Draft]:
    """预占, all or nothing; once more for what its holder holds already. Raises HoldNotRenewable."""
    h.move(incident, "hold")
    drafts = []
    for unit in units:
        check_free(h, unit, numbers)
        if unit.hold and unit.hold.renewed:
            raise HoldNotRenewable(unit=unit.id, unit_name=unit.name, **_left(unit.hold, h.at))
        body = m.UnitHeld(
            hold=ident, unit=unit.id, unit_name=unit.name, number=incident.number, until=until,
            renewed=unit.hold is not None,
        )  # fmt: skip
        drafts.append(h.about(incident, body))
    return drafts


def end_holds(units: Iterable[Unit], why: str, at: datetime | None = None) -> list[Draft]:
    """The holds of these units end: at this time, or when they ran out."""
    return [
        Draft(
            m.HoldEnded.model_validate(
                {"hold": u.hold.id, "unit": u.id, "unit_name": u.name, "why": why},
            ),
            u.hold.incident,
            u.incident_area or "",
            at or u.hold.until,
        )
        for u in units
        if u.hold
    ]


def dispatch(
    h: Hearing,
    incident: Incident,
    orders: Sequence[Order],
    numbers: Numbers,
    override_reason: str | None,
) -> list[Draft]:
    """派遣, all or nothing; accepts the incident if nobody has. 增援 when units are bound to it already."""
    move = h.move(incident, "dispatch", reason=override_reason)
    for order in orders:
        check_free(h, order.unit, numbers)
    due = h.due(move.starts, incident)
    accepted = e.IncidentAccepted(owner=str(h.by.office))
    first = [h.about(incident, accepted)] if incident.status == "reported" else []
    joins = bool(incident.units)
    sent = [_sent(order, override_reason, due).model_copy(update={"reinforces": joins}) for order in orders]
    return first + [h.about(incident, body) for body in sent]


def _sent(order: Order, override_reason: str | None, due: e.Due | None) -> e.UnitDispatched:
    return e.UnitDispatched(
        assignment=order.assignment,
        unit=order.unit.id,
        unit_name=order.unit.name,
        eta_s=order.eta_s,
        distance_m=order.distance_m,
        route=order.route,
        override_reason=override_reason,
        due=due,
    )


def replace_unit(
    h: Hearing, incident: Incident, link: Assignment, order: Order, numbers: Numbers, reason: str
) -> list[Draft]:
    """改派: another unit goes in its place. The incident is never without, and its clocks run on.

    Not for who is on scene: there the other is sent too, and relieves it (增援, 归队).
    """
    check_assignment_move(link, "replace")
    h.move(incident, "dispatch", reason=reason)
    check_free(h, order.unit, numbers)
    instead = {"reinforces": True, "replaces": link.id}
    sent = _sent(order, reason, None).model_copy(update=instead)
    return [h.about(incident, sent), *released([link], reason, h.at)]


def released(links: Iterable[Assignment], reason: str | None, at: datetime) -> list[Draft]:
    body = e.AssignmentReleased(reason=reason, due=None)
    return [Draft(body, link.id, link.area, at) for link in links]


def recall(h: Hearing, incident: Incident, links: Sequence[Assignment], reason: str) -> list[Draft]:
    """撤回: everybody who is not there yet turns back. Raises NobodyToRecall."""
    h.move(incident, "cancel", reason=reason)
    back = [link for link in links if link.status in ON_THE_WAY]
    if not back:
        raise NobodyToRecall()
    return stood_down(h, incident, back, reason)


def stood_down(h: Hearing, incident: Incident, links: Sequence[Assignment], reason: str) -> list[Draft]:
    """These turn back, wherever they are; with the last of the incident's its next clock begins."""
    if not links:
        return []
    *others, last = released(links, reason, h.at)
    again = without_units(h, incident) if len(links) == len(incident.assignments) else None
    return [*others, replace(last, body=e.AssignmentReleased(reason=reason, due=again))]
