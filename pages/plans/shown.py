"""A plan as it is shown, and words that several of its parts say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.runcards import Slot
from pages.plans.words import City

Fault = Mapping[str, Any]
Faults = Sequence[Fault]
TABS: Mapping[str, tuple[str, ...]] = {
    "overview": ("stages", "triggers", "phases", "contacts", "sources"),
    "tasks": ("tasks",), "chart": (), "means": ("broadcasts", "shelters", "cordons"), "forces": (),
    "versions": (),
}  # fmt: skip
"""Tab → the sections it has."""
SHIPPED = "shipped"
STEADY = {"pagination": False, "defaultColDef": {"sortable": False, "filter": False, "resizable": True}}
"""The order of rows is the plan's."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A version of a plan as it is shown. `plan` is its JSON, also of one that is not a plan yet; `newest`
    the number of the newest version; `rights`: what whoever looks may do (write, approve)."""

    plan: Mapping[str, Any]
    version: int
    state: str
    own: bool
    faults: Faults
    versions: Sequence[Mapping[str, Any]]
    rights: frozenset[str]
    slots: Sequence[Slot]
    edit: bool = False
    findings: Sequence[Mapping[str, Any]] = ()
    """What drills showed to be amiss with it, as `actions.plans` tells it."""

    @property
    def newest(self) -> int:
        return max((one["version"] for one in self.versions), default=0)


def day(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "—"


def person(city: City, name: str | None) -> str:
    """Who wrote or approved; what ships was made by nobody here."""
    return city.say("plans.shipped") if name == SHIPPED else name or "—"


def approved(city: City, one: Mapping[str, Any], zone: ZoneInfo) -> str:
    if not one["approved_at"]:
        return "—"
    return f"{person(city, one['approved_by'] or SHIPPED)} · {day(one['approved_at'], zone)}"
