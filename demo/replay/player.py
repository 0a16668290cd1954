"""Does the acts of a plan through the product's own verbs, and takes up where an earlier run stopped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import core.events as e
from actions import assignments, dispatch, incidents, replaying, units
from actions.commands import AssignmentVerb, DispatchCommand, Location, ReportCommand
from actions.services import Services
from actions.unit_of_work import Answer, Call
from actions.units import Registration
from core.permissions import Principal
from demo.replay.acts import Act, UnitSeen
from demo.replay.mapping import Mapping
from demo.replay.rows import Response

_ASSIGNMENT: dict[str, AssignmentVerb] = {"enroute": "enroute", "arrive": "arrive", "release": "release"}
_REGISTER = "register"


def principal_of(realm: str, file: str) -> Principal:
    """Whoever replays in a realm; its name stands in the log, its id keeps the keys of realms apart."""
    return Principal(f"replay-csv:{realm}", "replay-csv", "system", seat=file, kind="system")


@dataclass(slots=True)
class Player:
    """The acts of one plan in one realm. `done` holds the answers of acts done before, by key."""

    realm: str
    principal: Principal
    mapping: Mapping
    rows: dict[int, Response]
    done: dict[str, Answer]
    incidents: dict[str, str] = field(default_factory=dict)
    """Source id → our id."""
    bonds: dict[int, str] = field(default_factory=dict)
    """Row → its latest assignment."""

    def register(self, services: Services, seen: Sequence[UnitSeen], at: datetime) -> None:
        """Make the units known, once; each lives at its post, or where its first call was."""
        if _REGISTER in self.done:
            return
        call = Call(self.principal, self.realm, key=_REGISTER, occurred_at=at)
        units.register(services, call, registrations(services, seen))

    def is_done(self, act: Act) -> bool:
        """Whether an earlier run did it; what it learned is then known here, too."""
        answer = self.done.get(act.key())
        if answer is not None:
            self._learn(act, answer)
        return answer is not None

    def play(self, services: Services, act: Act) -> None:
        """Raises what the verb refuses."""
        key = act.key()
        call = Call(self.principal, self.realm, key=key, request_hash=key, occurred_at=act.occurred_at)
        self._learn(act, self._verb(services, act, call))

    def _verb(self, services: Services, act: Act, call: Call) -> Answer:
        if act.verb == "report":
            return incidents.report(services, call, _report(self.rows[act.rows[0]], self.mapping))
        if act.verb in _ASSIGNMENT:
            bond = self.bonds[act.rows[0]]
            return assignments.advance(services, call, bond, _ASSIGNMENT[act.verb], act.text or None)
        ident = self.incidents[act.incident]
        if act.verb == "dispatch":
            order = DispatchCommand(units=act.units, override_reason=act.text or None)
            return dispatch.dispatch(services, call, ident, order)
        return _INCIDENT[act.verb](services, call, ident, act.text)

    def _learn(self, act: Act, answer: Answer) -> None:
        if act.verb == "report":
            self.incidents[act.incident] = answer["id"]
        elif act.verb == "dispatch":
            of_unit = {sent["unit"]: sent["id"] for sent in answer["assignments"]}
            self.bonds.update({row: of_unit[unit] for row, unit in zip(act.rows, act.units, strict=True)})


_INCIDENT: dict[str, Callable[[Services, Call, str, str], Answer]] = {
    "accept": lambda services, call, ident, _: incidents.accept(services, call, ident),
    "note": incidents.note,
    "handle": incidents.handle,
    "reply": incidents.reply,
    "verify": lambda services, call, ident, text: incidents.verify(services, call, ident, text or None),
    "close": lambda services, call, ident, _: incidents.close(services, call, ident),
}


def _report(row: Response, mapping: Mapping) -> ReportCommand:
    values: dict[str, Any] = {"class": row.class_code, "severity": row.severity, "source_id": row.incident}
    place = Location(lon=row.lon, lat=row.lat, datum=mapping.location.datum)
    channel = mapping.incident.channel
    return ReportCommand(**values, text=row.text, address=row.address, location=place, channel=channel)


def registrations(services: Services, seen: Sequence[UnitSeen]) -> list[Registration]:
    """What is known of each unit, with the area that its home lies in."""
    posts = replaying.post_points(services)
    homes = [home_post(unit.post, posts) or (unit.lon, unit.lat) for unit in seen]
    found = replaying.places_of(services, homes)
    return [
        (unit.code, where.area or "", _registered(unit, home, where.area or ""))
        for unit, home, where in zip(seen, homes, found, strict=True)
    ]


def home_post(pattern: str | None, posts: dict[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Where a unit's post stands, if the mapping tells one that is there."""
    fitting = [name for name in sorted(posts) if pattern and re.search(pattern, name)]
    return posts[fitting[0]] if fitting else None


def _registered(unit: UnitSeen, home: tuple[float, float], area: str) -> e.UnitRegistered:
    return e.UnitRegistered(
        name=unit.code, unit_kind=unit.kind, area=area, lon=round(home[0], 7), lat=round(home[1], 7),
        skills=(), crew=None, vehicle=None, on_duty=True,
    )  # fmt: skip
