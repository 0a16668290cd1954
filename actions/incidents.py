"""Verbs on incidents. Each is one transaction; the rules stand in `core.workflow`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from ulid import ULID

import core.events as e
from actions import grid_owners
from actions.commands import (
    AmendCommand,
    Location,
    RateCommand,
    ReclassifyCommand,
    ReportCommand,
    Reporter,
    SituationCommand,
)
from actions.letting_go import ASKING, Decision, Ending, ended
from actions.proposals import propose
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import casework, linkage, workflow
from core.classes import IncidentClass
from core.envelope import Draft
from core.errors import CoordinatesSwapped, NotFound, OutsideCity
from core.errors_intake import NumbersTaken
from core.events_cases import IncidentRated, SituationReported
from core.flow import sees
from core.hearing import Hearing
from core.histories import is_history
from core.model import Incident
from core.offices import CITY_DESK
from core.permissions import Principal
from core.serial import dump, incident_of
from db import intake, places, projection
from db.projection import Needs
from db.reporters import store_reporter
from db.tables import incident as incident_table
from geo.datum import to_wgs84

EARTH = (-180.0, -89.95, 180.0, 89.95)
"""Bounds of a city that has no grids yet."""
MARGIN_DEG = 0.05
"""How far outside the grids' bounds (about 5 km) a report is still taken as the city's."""


def report(services: Services, call: Call, command: ReportCommand, *, from_source: bool = False) -> Answer:
    """上报: the answer has id, seq, grid, status, and `created` False if the source reported it before.
    `from_source` says that the number is known to be the source's own.

    Raises UnknownClass, OutsideCity, CoordinatesSwapped, TimeInFuture, BackdatingNotAllowed, NumbersTaken,
    and NotFound when the source's number is that of an incident outside the scope.
    """

    def decide(tx: Transaction) -> Answer:
        if command.source_id and not from_source:
            check_giver(tx.conn, call.principal, command.channel)
        return report_within(tx, command)

    try:
        return perform(services, call, "report", decide)
    except IntegrityError as error:
        if "uq_incident_source" not in str(error.orig):
            raise
    return perform(services, call, "report", decide)


def check_giver(conn: Connection, principal: Principal, channel: str) -> None:
    """Whether this principal's numbers are a channel's: nobody takes one that a source will give. A channel
    without a source's token is open. Raises NumbersTaken."""
    if principal.kind == "system":
        return
    known = intake.givers(conn, channel, principal.credential)
    if known and known.get(principal.credential) != channel:
        raise NumbersTaken(channel=channel)


def report_within(
    tx: Transaction, command: ReportCommand, at: datetime | None = None, warning: str = ""
) -> Answer:
    """The same inside a transaction that does more; `at` when the call does not say when it happened,
    `warning` the words of the warning or alarm that tells of it."""
    if command.source_id and (known := _known_source(tx, command)):
        return {**known, "created": False}
    found = check_report(tx, command, at or tx.occurred_at())
    found = replace(found, where=places.describe_point(tx.conn, found.lon, found.lat))
    ident = str(ULID())
    reporter = _sealed(tx, ident, command.reporter) if command.reporter else None
    body = report_fact(tx, command, found, tx.counter.head + 1).model_copy(update={"reporter": reporter})
    tx.append([Draft(body, ident, body.area, found.at)])
    tx.append(propose(tx, tx.board.incidents[ident], warning))
    return {
        "id": ident,
        "number": body.number,
        "grid": body.grid,
        **tx.incident_answer(ident),
        "created": True,
    }


@dataclass(frozen=True, slots=True)
class Found:
    """What a report has been found to be: where, of which class, when."""

    lon: float
    lat: float
    kind: IncidentClass
    at: datetime
    where: places.PlaceOfPoint = places.NOWHERE


def check_report(tx: Transaction, command: ReportCommand, at: datetime) -> Found:
    """All but the place. Raises UnknownClass, OutsideCity, CoordinatesSwapped."""
    kind = tx.services.reference.incident_class(command.class_code)
    lon, lat = _located(tx, command.location)
    return Found(lon, lat, kind, at)


def report_fact(tx: Transaction, command: ReportCommand, found: Found, seq: int) -> e.IncidentReported:
    """The fact, its clock running, at this position of the log."""
    kind, where, at = found.kind, found.where, found.at
    return e.IncidentReported(
        number=f"{at.astimezone(tx.services.zone):%Y%m%d}-{seq:06d}",
        class_code=kind.code,
        title=command.title or kind.name,
        text=command.text,
        severity=command.severity,
        lon=found.lon,
        lat=found.lat,
        address=command.address,
        area=where.area or "",
        grid=where.grid or "",
        place=where.place,
        channel=command.channel,
        source_id=command.source_id,
        reporter=None,
        due=_first_clock(tx, found),
        by=tx.call.principal.id,
        owner=str(CITY_DESK) if kind.emergency else f"@{where.grid or where.area or ''}",
    )


def _first_clock(tx: Transaction, found: Found) -> e.Due:
    """Until somebody is sent."""
    area, kind = found.where.area or "", found.kind
    limits = tx.services.reference.limits()
    return limits.due("dispatch", found.at, class_code=kind.code, area=area, emergency=kind.emergency)


def _sealed(tx: Transaction, ident: str, reporter: Reporter) -> str | None:
    """Seal who reported; the masked line for the log."""
    return store_reporter(tx.conn, tx.services.vault, tx.call.realm, ident, reporter.model_dump())


def _known_source(tx: Transaction, command: ReportCommand) -> Answer | None:
    query = select(incident_table).where(
        incident_table.c.realm == tx.call.realm,
        incident_table.c.channel == command.channel,
        incident_table.c.source_id == command.source_id,
    )
    row = tx.conn.execute(query).first()
    if row is None:
        return None
    if not sees(tx.call.principal, incident_of(row.doc)):  # whoever guesses numbers learns nothing
        raise NotFound(kind="incident", id=str(command.source_id))
    number = row.doc["number"]
    return {"id": row.id, "number": number, "grid": row.grid, "seq": row.seq, "status": row.status}


def _located(tx: Transaction, location: Location) -> tuple[float, float]:
    """The point in EPSG:4326; of an imported history anywhere. Raises OutsideCity, CoordinatesSwapped."""
    lons, lats = to_wgs84([location.lon], [location.lat], location.datum)
    lon, lat = float(lons[0]), float(lats[0])  # not rounded: 5 mm put a street corner into another grid
    bounds = (None if is_history(tx.call.realm) else tx.services.reference.bounds()) or EARTH
    if _inside(bounds, lon, lat):
        return lon, lat
    if _inside(bounds, lat, lon):
        raise CoordinatesSwapped(lon=lon, lat=lat, pointer="/location")
    west, south, east, north = (f"{value:.3f}" for value in bounds)
    raise OutsideCity(lon=lon, lat=lat, west=west, south=south, east=east, north=north, pointer="/location")


def _inside(bounds: tuple[float, float, float, float], lon: float, lat: float) -> bool:
    west, south, east, north = bounds
    return west - MARGIN_DEG <= lon <= east + MARGIN_DEG and south - MARGIN_DEG <= lat <= north + MARGIN_DEG


def act(services: Services, call: Call, ident: str, verb: str, decision: Decision) -> Answer:
    """One verb on one incident: the rule decides, the answer says where it stands then."""

    def decide(tx: Transaction) -> Answer:
        tx.append(decision(tx.hearing(), tx.incident(ident)))
        return tx.incident_answer(ident)

    return perform(services, call, verb, decide, Needs(incidents=(ident,)))


def _act_within(
    services: Services,
    call: Call,
    ident: str,
    verb: str,
    decide: Callable[[Transaction, Incident], list[Draft]],
) -> Answer:
    """The same for a decision that reads or locks more."""

    def within(tx: Transaction) -> Answer:
        tx.append(decide(tx, tx.incident(ident)))
        return tx.incident_answer(ident)

    return perform(services, call, verb, within, Needs(incidents=(ident,)))


def accept(services: Services, call: Call, ident: str) -> Answer:
    """受理"""
    return act(services, call, ident, "accept", workflow.accept)


def reject(services: Services, call: Call, ident: str, reason: str, ending: Ending = ASKING) -> Answer:
    """不予受理. Raises SuppliesUnsettled."""
    return _end(services, call, ident, "reject", lambda h, i: workflow.reject(h, i, reason), ending)


def _end(services: Services, call: Call, ident: str, verb: str, decision: Decision, ending: Ending) -> Answer:
    """A verb that ends an incident: nothing stays bound to it."""
    return _act_within(services, call, ident, verb, lambda tx, i: ended(tx, i, decision, ending))


def amend(services: Services, call: Call, ident: str, command: AmendCommand) -> Answer:
    """更正: class, title, severity, text or address."""

    def decision(h: Hearing, incident: Incident) -> list[Draft]:
        values: dict[str, Any] = command.model_dump(exclude_none=True, exclude={"occurred_at"})
        if command.class_code:
            known = services.reference.incident_class(command.class_code)
            values.setdefault("title", known.name)
        return workflow.amend(h, incident, e.IncidentAmended(**values))

    return _act_and_propose(services, call, ident, "amend", decision)


def _act_and_propose(services: Services, call: Call, ident: str, verb: str, decision: Decision) -> Answer:
    """A verb after which an incident may call for a plan that it did not call for before."""

    def decide(tx: Transaction, incident: Incident) -> list[Draft]:
        tx.append(decision(tx.hearing(), incident))
        return propose(tx, tx.board.incidents[ident])

    return _act_within(services, call, ident, verb, decide)


def relocate(services: Services, call: Call, ident: str, location: Location, address: str | None) -> Answer:
    """改址: the grid is found anew; the ways of its units keep to the incident's area."""

    def decide(tx: Transaction, incident: Incident) -> list[Draft]:
        tx.lock(Needs(assignments=incident.assignments))
        lon, lat = _located(tx, location)
        where = places.describe_point(tx.conn, lon, lat)
        moved = e.IncidentRelocated(
            lon=lon, lat=lat, address=address, area=where.area or "", grid=where.grid or "", place=where.place
        )
        h = tx.hearing()
        drafts = workflow.relocate(h, incident, moved) + casework.follow(
            incident, moved.area, moved.grid, h.at
        )
        return drafts + _response_moved(tx, incident, moved, h.at)

    return _act_within(services, call, ident, "relocate", decide)


def _response_moved(
    tx: Transaction, incident: Incident, moved: e.IncidentRelocated, at: datetime
) -> list[Draft]:
    """The response that runs for it is there, too."""
    if not incident.linkage:
        return []
    projection.lock_linkage(tx.conn, tx.board, incident.linkage)
    return linkage.move(tx.board.linkages[incident.linkage], at, moved)


def reclassify(services: Services, call: Call, ident: str, command: ReclassifyCommand) -> Answer:
    """改类定级. Raises UnknownClass."""
    kind = services.reference.incident_class(command.class_code)

    def decision(h: Hearing, incident: Incident) -> list[Draft]:
        severity = command.severity or incident.severity
        title = command.title or kind.name
        return workflow.reclassify(h, incident, kind.code, title, severity, command.reason)

    return _act_and_propose(services, call, ident, "reclassify", decision)


def note(services: Services, call: Call, ident: str, text: str) -> Answer:
    """备注"""
    return act(services, call, ident, "note", lambda h, i: workflow.note(h, i, text))


def report_situation(services: Services, call: Call, ident: str, command: SituationCommand) -> Answer:
    """初报, 续报, 终报"""
    body = SituationReported(stage=command.stage, text=command.text)
    return act(services, call, ident, "situation", lambda h, i: workflow.report_situation(h, i, body))


def reply(services: Services, call: Call, ident: str, text: str) -> Answer:
    """回复"""
    return act(services, call, ident, "reply", lambda h, i: workflow.reply(h, i, text))


def handle(services: Services, call: Call, ident: str, text: str | None) -> Answer:
    """处置完毕"""
    return act(services, call, ident, "handle", lambda h, i: workflow.handle(h, i, text))


def verify(services: Services, call: Call, ident: str, text: str | None) -> Answer:
    """核查"""
    return act(services, call, ident, "verify", lambda h, i: workflow.verify(h, i, text))


def close(services: Services, call: Call, ident: str, ending: Ending = ASKING) -> Answer:
    """办结. Raises UnitsStillAssigned, SuppliesUnsettled."""
    return _end(services, call, ident, "close", workflow.close, ending)


def rate(services: Services, call: Call, ident: str, command: RateCommand) -> Answer:
    """评价"""
    body = IncidentRated(rating=command.rating, text=command.text, by=command.by)
    return act(services, call, ident, "rate", lambda h, i: workflow.rate(h, i, body))


def archive(services: Services, call: Call, ident: str, text: str | None) -> Answer:
    """归档"""
    return act(services, call, ident, "archive", lambda h, i: workflow.archive(h, i, text))


def reopen(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """重开; an incident that has left the board comes back whole, to whom its ground belongs now."""

    def decide(tx: Transaction, i: Incident) -> list[Draft]:
        tx.lock(Needs(assignments=i.assignments))
        restored = dump(i) if i.shelved else None
        again = workflow.reopen(tx.hearing(), i, reason, restored)
        return [*again, *grid_owners.reassigned(tx, i)]

    return _act_within(services, call, ident, "reopen", decide)


def merge(services: Services, call: Call, ident: str, into: str, ending: Ending = ASKING) -> Answer:
    """并案: both histories stay, and each names the other. Raises UnitsStillAssigned, SuppliesUnsettled."""

    def decide(tx: Transaction) -> Answer:
        one, other = tx.incident(ident), tx.other_incident(into)
        tx.append(ended(tx, one, lambda h, i: workflow.merge(h, i, other), ending))
        return tx.incident_answer(ident)

    return perform(services, call, "merge", decide, Needs(incidents=(ident, into)))


def unmerge(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """撤销并案. Raises NotFound when it was never merged."""
    into = read_merged_into(services, call.realm, ident)

    def decide(tx: Transaction) -> Answer:
        one, other = tx.incident(ident), tx.other_incident(into)
        restored = dump(one) if one.shelved else None
        tx.append(workflow.unmerge(tx.hearing(), one, other, reason, restored))
        return tx.incident_answer(ident)

    return perform(services, call, "unmerge", decide, Needs(incidents=(ident, into)))


def read_merged_into(services: Services, realm: str, ident: str) -> str:
    """The incident that answers for this one; itself when none does, for the rule to refuse."""
    table = incident_table.c
    query = select(table.doc["merged_into"].astext).where(table.realm == realm, table.id == ident)
    with services.engine.connect() as conn:
        return conn.scalar(query) or ident
