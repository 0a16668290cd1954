"""What `/cases` reads: queues with their counts, a page of one, and an incident's whole file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from actions import attachments, briefing, intake
from actions.access import deny_read
from actions.briefing import Reports
from actions.offices import OfficeName, names_of
from actions.queries import Card, check_read, incident_card, offices_named, read_incident, timeline
from actions.services import Services
from actions.system_log import ledger
from core.errors import Forbidden, InvalidInput, NotFound
from core.errors_cases import NeedMissing
from core.events_system import Exported, ReporterRevealed
from core.linkage_model import Linkage, Task
from core.model import ENDED, Incident
from core.offices import prefixes
from core.permissions import Principal, Scope, covers, may, visible
from core.serial import incident_of
from db import briefing as briefing_rows
from db import cases as db
from db.notices import desks
from db.reporters import reveal_reporter

PAGE = 100
QUEUES = db.QUEUES
Wanted = db.Wanted
LONGEST = 80
_PICTURES = 24
"""More would make the paper a book."""
_DEEPEST = 20_000
"""Pages end here: whoever looks further narrows the question."""


def counts(services: Services, principal: Principal, realm: str) -> dict[str, int]:
    """How many are in each queue. Raises Forbidden."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        return db.counts(conn, realm, principal)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a queue: `total` in all, `offices` the names of their owners."""

    items: tuple[Incident, ...]
    total: int
    offices: dict[str, OfficeName]


def list_cases(services: Services, principal: Principal, realm: str, wanted: Wanted, page: int = 1) -> Listed:
    """The page (from 1) of a queue. Raises Forbidden, InvalidInput."""
    check_read(principal, realm)
    if wanted.queue not in db.QUEUES:
        raise InvalidInput(pointer="queue", detail=", ".join(db.QUEUES))
    if len(wanted.words) > LONGEST:
        raise InvalidInput(pointer="q", detail=f"0-{LONGEST}")
    offset = (page - 1) * PAGE
    if not 0 <= offset <= _DEEPEST:
        raise InvalidInput(pointer="page", detail=f"1-{_DEEPEST // PAGE + 1}")
    with services.engine.connect() as conn:
        docs, total = db.page(conn, realm, principal, wanted, offset, PAGE)
    items = tuple(map(incident_of, docs))
    return Listed(items, total, names_of(services.reference, (one.owner for one in items)))


@dataclass(frozen=True, slots=True)
class Responded:
    """A response (应急响应) to the incident: how it stands, its tasks, its reports."""

    reports: Reports
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """An incident's file: its card, what stands in the histories of those merged with it, and who may act.

    `card.timeline` has all of these histories in order; a line of another incident names it as `of`.
    """

    card: Card
    merged: tuple[Incident, ...]
    into: Incident | None
    reveals: bool
    """Whether the asker may be shown who reported it."""
    responses: tuple[Responded, ...] = ()


def read_case(services: Services, principal: Principal, realm: str, ident: str) -> Case:
    """Raises NotFound, Forbidden."""
    card = incident_card(services, principal, realm, ident)
    one = card.incident
    others = _seen(services, principal, realm, [*one.merged, *([one.merged_into] if one.merged_into else [])])
    lines = [*card.timeline, *_histories(services, principal, realm, others)]
    lines.sort(key=lambda line: line["seq"])
    responses = _responses(services, principal, realm, ident)
    named = [office for line in lines for office in offices_named(line["body"])]
    for response in responses:
        named += [response.reports.linkage.commander, *(task.owner for task in response.tasks)]
    names = {**card.offices, **names_of(services.reference, named)}
    return Case(
        replace(card, timeline=tuple(lines), offices=names),
        tuple(other for other in others if other.id in one.merged),
        next((other for other in others if other.id == one.merged_into), None),
        bool(one.reporter) and handles(principal, one),
        responses,
    )


def _responses(services: Services, principal: Principal, realm: str, ident: str) -> tuple[Responded, ...]:
    """Of those that the asker sees, oldest first."""
    scope = Scope.of(principal)
    with services.engine.connect() as conn:
        found = [
            Responded(reports, tuple(briefing_rows.tasks_of(conn, realm, reports.linkage)))
            for reports in briefing.reports_of_incident(conn, realm, ident)
        ]
    return tuple(one for one in found if _is_seen(scope, one.reports.linkage))


def _is_seen(scope: Scope, of: Linkage) -> bool:
    return visible(scope, of.area, of.offices, sensitive=of.sensitive)


def _seen(services: Services, principal: Principal, realm: str, idents: Sequence[str]) -> list[Incident]:
    with services.engine.connect() as conn:
        found = [incident_of(doc) for doc in db.documents(conn, realm, idents)]
    scope = Scope.of(principal)
    return [one for one in found if visible(scope, one.area, one.offices)]


def _histories(
    services: Services, principal: Principal, realm: str, others: Sequence[Incident]
) -> list[dict[str, Any]]:
    return [
        {**line, "of": other.number}
        for other in others
        for line in timeline(services, principal, realm, other.id)
    ]


def handles(principal: Principal, incident: Incident) -> bool:
    """Whether somebody handles an incident: for its owner or its helpers, or had it in hand."""
    offices = (incident.owner, *incident.helpers)
    concerned = principal.name in incident.hands or any(covers(principal, one) for one in offices)
    return concerned and may(principal, "handle") and principal.kind == "user"


def reveal(services: Services, principal: Principal, realm: str, ident: str, reason: str) -> dict[str, Any]:
    """查看号码: name and phone of the reporter, for whoever handles it; the audit has it with the reason.

    Raises NotFound, Forbidden, NeedMissing.
    """
    incident = read_incident(services, principal, realm, ident)
    if not handles(principal, incident):
        deny_read(services, principal, f"reporter of {ident}", area=incident.area, realm=realm)
        raise Forbidden(verb="reveal", role=principal.role)
    if not reason.strip():
        raise NeedMissing(verb="reveal", need="reason")
    with ledger(services, principal) as book:
        found = reveal_reporter(book.conn, services.vault, realm, ident)
        if found is None:
            raise NotFound(kind="reporter", id=incident.number)
        fact = ReporterRevealed(incident=ident, number=incident.number, reason=reason.strip())
        book.record(fact, ident, incident.area)
    return found


def pictures(services: Services, principal: Principal, realm: str, case: Case) -> list[tuple[str, bytes]]:
    """Name and bytes of the photos of a file, oldest first."""
    added = [line["body"] for line in case.card.timeline if line["kind"] == "AttachmentAdded"]
    photos = [one for one in added if one["media_type"].startswith("image/")][:_PICTURES]
    found = [attachments.read(services, principal, realm, one["attachment"]) for one in photos]
    return [(one.name, one.body) for one in found]


def record_print(services: Services, principal: Principal, incident: Incident) -> None:
    """The file of an incident leaves as paper: the audit knows it first."""
    with ledger(services, principal) as book:
        fact = Exported(what="incident", format="pdf", rows=1, of_area=incident.area)
        book.record(fact, f"export:{incident.number}", incident.area)


Nearness = Literal["listed", "near", "other"]


@dataclass(frozen=True, slots=True)
class OfficeChoice:
    """An office that an incident may be handed to, and how near it is to it."""

    code: str
    name: OfficeName
    group: Nearness
    """On the duty list for such incidents; a desk above its place; any other."""


_COUNTY, _TOWN, _COMMUNITY = 0, 1, 2
"""Tiers of areas; a base grid's desk is reached from its own incident alone."""


def office_choices(services: Services, incident: Incident) -> list[OfficeChoice]:
    """Every area's desk; departments of the city, its counties and the place's town, and where one works."""
    reference, areas = services.reference, services.reference.areas().by_code
    around = [area for area in prefixes(incident.grid or incident.area) if not area or area in areas]
    seats = [area for area in around if not area or areas[area].tier <= _TOWN]
    known = reference.departments()
    responsible = reference.duties().responsible(incident.class_code, incident.area)
    first = [code for code in responsible if code in known]
    listed = [f"{dept}@{area}" for area in reversed(seats) for dept in first]
    near = [f"@{area}" for area in reversed(around)]
    counties = sorted(row.code for row in areas.values() if row.tier == _COUNTY)
    other = [f"{dept}@{area}" for area in ("", *counties, *seats) for dept in known]
    other += [f"@{code}" for code in sorted(areas) if areas[code].tier <= _COMMUNITY]
    with services.engine.connect() as conn:
        other += sorted(desks(conn))
    names = names_of(reference, [*listed, *near, *other])
    groups: dict[str, Nearness] = {**dict.fromkeys(listed, "listed"), **dict.fromkeys(near, "near")}
    return [OfficeChoice(code, name, groups.get(code, "other")) for code, name in names.items()]


def merge_choices(services: Services, principal: Principal, realm: str, ident: str) -> list[dict[str, Any]]:
    """疑似重复 that are still open, likeliest first."""
    found = intake.duplicates(services, principal, realm, ident)
    return [one for one in found if one["status"] not in ENDED]


def find_number(services: Services, principal: Principal, realm: str, number: str) -> Incident:
    """The incident of a number. Raises NotFound, also outside the scope: that is logged."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        ident = db.numbered(conn, realm, number.strip())
    try:
        return read_incident(services, principal, realm, ident or "")
    except NotFound as refusal:
        raise NotFound(kind="incident", id=number) from refusal
