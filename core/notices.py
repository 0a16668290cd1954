"""告知: which facts are told to which offices, in the product (a notice) or by a message that leaves it.

Rules are data (`db/data/notice_rules.csv`). An alarm is what needs an operator's act (domain.md §9); the rest
is for information.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import core.events_cases as c
import core.events_linkage as m
from core.envelope import Event
from core.model import Incident
from core.offices import CITY_DESK, Office, parse

Who = Literal["owner", "told", "above", "city", "asker", "late"]
"""Also `asker`, who whistled or supervises, and `late`, whose time is nearly or wholly over (the whistled
office's or the owner's)."""
DEADLINES = frozenset({"DeadlineNeared", "DeadlineMissed"})
CLOCKS = DEADLINES | {"TaskNeared", "TaskMissed"}
"""Facts of clocks, of which an incident may have several at once: each is settled by what ends that clock."""

STALE_AFTER = timedelta(hours=24)
"""A fact entered so long after it happened (an import of past incidents) calls nobody any more."""
ENDS = frozenset({"IncidentClosed", "IncidentRejected", "IncidentMerged", "IncidentArchived"})
"""After these nobody needs to act on anything that was told of the incident."""
TOLD = ("to", "office", "owner", "former", "commander")
"""Fields of a fact that name an office it is told to."""
_SHOWN = ("reason", "text", "step", "stage", "by_itself", "unit_name")


@dataclass(frozen=True, slots=True)
class Rule:
    """`fact` of an incident of at least `severity` (1 = Ⅰ) is told to `who`; `channel` "" = by a notice."""

    fact: str
    who: Who
    channel: str
    alarm: bool
    severity: int
    settled_by: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What an office is told of one fact. `said` fills its sentence."""

    seq: int
    office: str
    fact: str
    incident: str
    severity: int
    alarm: bool
    at: datetime
    said: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Call:
    """What goes to an office by a channel."""

    office: str
    channel: str
    text: str


class Rules:
    """The rules of a city, by fact."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_fact: dict[str, list[Rule]] = {}
        self._settles: dict[str, set[str]] = {}
        for rule in rules:
            self._by_fact.setdefault(rule.fact, []).append(rule)
            for later in rule.settled_by:
                self._settles.setdefault(later, set()).add(rule.fact)

    def concerns(self, fact: str) -> bool:
        """Whether this kind of fact is told to anybody, or settles what was told."""
        return fact in self._by_fact or fact in self._settles or fact in ENDS

    def of(self, fact: str, severity: int) -> list[Rule]:
        return [rule for rule in self._by_fact.get(fact, ()) if severity <= rule.severity]

    def settled_by(self, fact: str) -> frozenset[str] | None:
        """The facts whose notices need no act after this one; None = those of every fact."""
        return None if fact in ENDS else frozenset(self._settles.get(fact, ()))


def sides(event: Event) -> tuple[str, ...]:
    """The whistle, supervision or tasks that a fact is about; () = the incident's step or itself."""
    body = event.body
    if isinstance(body, c.WhistleAnswered):
        return (body.whistle,)
    if isinstance(body, c.SupervisionAnswered):
        return (body.order,)
    if isinstance(body, m.TasksCancelled):
        return body.tasks
    task = getattr(body, "task", None)
    about = task if isinstance(task, str) else str(getattr(body, "step", "")).partition(":")[2]
    return (about,) if about else ()


def settled_office(event: Event) -> str | None:
    """Whose notices alone a fact settles, when it is about one office (报到)."""
    office = getattr(event.body, "office", None)
    return office if isinstance(office, str) else None


def settles(event: Event) -> bool:
    """A crew's answer settles nothing while another crew at the incident has been missed."""
    return bool(getattr(event.body, "all_answered", True))


def staffed(office: str, desks: Collection[str]) -> str:
    """The office itself, or the nearest one above it where somebody works; the city's desk if nobody does."""
    found: Office | None = parse(office)
    while found is not None and str(found) not in desks:
        found = found.above()
    return str(found or CITY_DESK)


def offices_told(who: Who, event: Event, incident: Incident) -> Sequence[str]:
    """The offices that a rule means, as the fact and its incident name them."""
    if who == "city":
        return [str(CITY_DESK)]
    if who == "owner":
        return [incident.owner]
    if who == "above":
        return [str(parse(incident.owner).above() or CITY_DESK)]
    if who in ("asker", "late"):
        return _beside(who, "".join(sides(event)), incident)
    body = event.body
    several = getattr(body, "offices", ())
    return [
        *several,
        *(office for name in TOLD if (office := getattr(body, name, None))),
    ]


def _beside(who: Who, ident: str, incident: Incident) -> Sequence[str]:
    """Of a whistle or a supervision who asked, or whose time it is."""
    whistle = next((one for one in incident.whistles if one.id == ident), None)
    order = next((one for one in incident.supervisions if one.id == ident), None)
    if who == "late":
        return [whistle.office if whistle else incident.owner]
    asked = whistle or order
    return [asked.asker] if asked and asked.asker else []


def notices(rules: Rules, event: Event, incident: Incident, desks: Collection[str]) -> list[Notice]:
    """One for each office that this fact is told to in the product; an alarm if any rule calls it one."""
    alarms: dict[str, bool] = {}
    for rule in _due(rules, event, incident):
        if not rule.channel:
            for office in offices_told(rule.who, event, incident):
                desk = staffed(office, desks)
                alarms[desk] = alarms.get(desk, False) or rule.alarm
    said = _said(event, incident)
    return [
        Notice(event.seq, o, event.kind, incident.id, incident.severity, alarm, event.recorded_at, said)
        for o, alarm in alarms.items()
    ]


def calls(
    rules: Rules, event: Event, incident: Incident, desks: Collection[str], zone: ZoneInfo
) -> list[Call]:
    """What this fact sends out of the building, once for each office and channel; times by `zone`."""
    said = _said(event, incident)
    if said["due"]:
        said["due"] = datetime.fromisoformat(said["due"]).astimezone(zone).strftime("%m-%d %H:%M")
    found = {
        (staffed(office, desks), rule.channel): rule.text.format_map(_Blank(said))
        for rule in _due(rules, event, incident)
        if rule.channel
        for office in offices_told(rule.who, event, incident)
    }
    return [Call(office, channel, text) for (office, channel), text in found.items()]


def is_stale(event: Event) -> bool:
    """Whether it was no news any more when it was entered."""
    return event.recorded_at - event.occurred_at > STALE_AFTER


def _due(rules: Rules, event: Event, incident: Incident) -> list[Rule]:
    if is_stale(event):
        return []
    return rules.of(event.kind, incident.severity)


def _said(event: Event, incident: Incident) -> dict[str, Any]:
    body = event.body.model_dump(mode="json")
    more = {name: body[name] for name in _SHOWN if body.get(name) is not None}
    if event.kind in CLOCKS - DEADLINES:
        more["step"] = f"{body['step']}:{body['task']}"  # as that of a whistle names the whistle
    due = getattr(getattr(event.body, "due", None), "due_at", None) or getattr(event.body, "due_at", None)
    return {
        "number": incident.number, "title": incident.title, "place": incident.place or incident.address,
        "due": due and due.isoformat(), "by": event.actor, **more,
    }  # fmt: skip


class _Blank(dict[str, Any]):
    """A rule's text may name what a fact does not have."""

    def __missing__(self, key: str) -> str:
        return ""
