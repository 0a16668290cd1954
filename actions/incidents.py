"""Verbs on incidents. Each is one transaction; the rules stand in `core.workflow`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from ulid import ULID

import core.events as e
from actions import grid_owners
from actions.commands import AmendCommand, Location, ReportCommand, Reporter
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import workflow
from core.classes import IncidentClass
from core.clock import due
from core.envelope import Draft
from core.errors import CoordinatesSwapped, OutsideCity
from core.model import Incident
from core.serial import dump
from db import places
from db.projection import Needs
from db.reporters import store_reporter
from db.tables import incident as incident_table
from geo.datum import to_wgs84

EARTH = (-180.0, -89.95, 180.0, 89.95)
"""Bounds of a city that has no grids yet."""
MARGIN_DEG = 0.05
"""How far outside the grids' bounds (about 5 km) a report is still taken as the city's."""


def report(services: Services, call: Call, command: ReportCommand) -> Answer:
    """上报: the answer has id, seq, grid, status, and `created` False if the source reported it before.

    Raises UnknownClass, OutsideCity, CoordinatesSwapped, TimeInFuture, BackdatingNotAllowed.
    """
    try:
        return perform(services, call, "report", lambda tx: report_within(tx, command))
    except IntegrityError as error:
        if "uq_incident_source" not in str(error.orig):
            raise
    return perform(services, call, "report", lambda tx: report_within(tx, command))


def report_within(tx: Transaction, command: ReportCommand, at: datetime | None = None) -> Answer:
    """The same inside a transaction that does more; `at` when the call does not say when it happened."""
    if command.source_id and (known := _known_source(tx, command)):
        return {**known, "created": False}
    found = check_report(tx, command, at or tx.occurred_at())
    found = replace(found, where=places.describe_point(tx.conn, found.lon, found.lat))
    ident = str(ULID())
    body = report_fact(tx, command, found, tx.counter.head + 1)
    if command.reporter is not None:
        body = body.model_copy(update={"reporter": _sealed(tx, ident, command.reporter)})
    tx.append([Draft(body, ident, body.area, found.at)])
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
    lon, lat = _located(tx.services, command.location)
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
        due=due("dispatch", at, emergency=kind.emergency),
    )


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
    number = row.doc["number"]
    return {"id": row.id, "number": number, "grid": row.grid, "seq": row.seq, "status": row.status}


def _located(services: Services, location: Location) -> tuple[float, float]:
    """The point in EPSG:4326. Raises OutsideCity, CoordinatesSwapped."""
    lons, lats = to_wgs84([location.lon], [location.lat], location.datum)
    lon, lat = float(lons[0]), float(lats[0])  # not rounded: 5 mm put a street corner into another grid
    bounds = services.reference.bounds() or EARTH
    if _inside(bounds, lon, lat):
        return lon, lat
    if _inside(bounds, lat, lon):
        raise CoordinatesSwapped(lon=lon, lat=lat, pointer="/location")
    west, south, east, north = (f"{value:.3f}" for value in bounds)
    raise OutsideCity(lon=lon, lat=lat, west=west, south=south, east=east, north=north, pointer="/location")


def _inside(bounds: tuple[float, float, float, float], lon: float, lat: float) -> bool:
    west, south, east, north = bounds
    return west - MARGIN_DEG <= lon <= east + MARGIN_DEG and south - MARGIN_DEG <= lat <= north + MARGIN_DEG


Decision = Callable[[Transaction, Incident], list[Draft]]


def _act(services: Services, call: Call, ident: str, verb: str, decision: Decision) -> Answer:
    def decide(tx: Transaction) -> Answer:
        tx.append(decision(tx, tx.incident(ident)))
        return tx.incident_answer(ident)

    return perform(services, call, verb, decide, Needs(incidents=(ident,)))


def _emergency(tx: Transaction, incident: Incident) -> bool:
    known = tx.services.reference.classes().get(incident.class_code)
    return known is None or known.emergency


def accept(services: Services, call: Call, ident: str) -> Answer:
    """受理"""
    return _act(services, call, ident, "accept", lambda tx, i: workflow.accept(i, tx.occurred_at()))


def reject(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """不予受理"""
    return _act(services, call, ident, "reject", lambda tx, i: workflow.reject(i, reason, tx.occurred_at()))


def amend(services: Services, call: Call, ident: str, command: AmendCommand) -> Answer:
    """更正: class, title, severity, text or address."""

    def decision(tx: Transaction, incident: Incident) -> list[Draft]:
        values: dict[str, Any] = command.model_dump(exclude_none=True, exclude={"occurred_at"})
        if command.class_code:
            known = tx.services.reference.incident_class(command.class_code)
            values.setdefault("title", known.name)
        return workflow.amend(incident, e.IncidentAmended(**values), tx.occurred_at())

    return _act(services, call, ident, "amend", decision)


def relocate(services: Services, call: Call, ident: str, location: Location, address: str | None) -> Answer:
    """改址: the grid is found anew; the ways of its units keep to the incident's area."""

    def decision(tx: Transaction, incident: Incident) -> list[Draft]:
        tx.lock(Needs(assignments=incident.assignments))
        lon, lat = _located(tx.services, location)
        where = places.describe_point(tx.conn, lon, lat)
        moved = e.IncidentRelocated(
            lon=lon, lat=lat, address=address, area=where.area or "", grid=where.grid or "", place=where.place
        )
        return workflow.relocate(incident, moved, tx.occurred_at())

    return _act(services, call, ident, "relocate", decision)


def note(services: Services, call: Call, ident: str, text: str) -> Answer:
    """备注"""
    return _act(services, call, ident, "note", lambda tx, i: workflow.note(i, text, tx.occurred_at()))


def reply(services: Services, call: Call, ident: str, text: str) -> Answer:
    """回复"""
    return _act(services, call, ident, "reply", lambda tx, i: workflow.reply(i, text, tx.occurred_at()))


def handle(services: Services, call: Call, ident: str, text: str | None) -> Answer:
    """处置完毕"""

    def decision(tx: Transaction, i: Incident) -> list[Draft]:
        return workflow.handle(i, text, tx.occurred_at(), emergency=_emergency(tx, i))

    return _act(services, call, ident, "handle", decision)


def verify(services: Services, call: Call, ident: str, text: str | None) -> Answer:
    """核查"""
    return _act(services, call, ident, "verify", lambda tx, i: workflow.verify(i, text, tx.occurred_at()))


def close(services: Services, call: Call, ident: str) -> Answer:
    """办结"""
    return _act(services, call, ident, "close", lambda tx, i: workflow.close(i, tx.occurred_at()))


def reopen(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """重开; an incident that has left the board comes back whole, to whom its ground belongs now."""

    def decision(tx: Transaction, i: Incident) -> list[Draft]:
        tx.lock(Needs(assignments=i.assignments))
        restored = dump(i) if i.shelved else None
        again = workflow.reopen(i, reason, restored, tx.occurred_at(), emergency=_emergency(tx, i))
        return [*again, *grid_owners.reassigned(tx, i)]

    return _act(services, call, ident, "reopen", decision)
