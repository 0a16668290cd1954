"""Open incidents get the owner that the boundaries of now give them; they keep the grid they happened in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, select

import core.events_grids as g
from actions import grid_versions, timer_rows
from actions.unit_of_work import Transaction
from core import casework
from core.envelope import Draft
from core.model import ENDED, Incident
from db import grids as db
from db import places, places_write
from db.grids import Version
from db.tables import incident as incident_table
from db.waking import GRIDS
from geo.locating import locate

AT_ONCE = 500
"""Incidents that one transaction reassigns: it holds the realm's counter meanwhile."""


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due of the grids: facts of versions that took effect, and incidents to be looked at once
    they are locked."""

    facts: tuple[Draft, ...] = ()
    incidents: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()

    def reassignments(self, tx: Transaction) -> list[Draft]:
        """For the locked incidents whose ground is another's now."""
        found = (tx.board.incidents.get(ident) for ident in self.incidents)
        return [draft for one in found if one and one.status not in ENDED for draft in reassigned(tx, one)]


def fall_due(tx: Transaction, rows: Iterable[Row[Any]]) -> Due:
    """Let versions whose day has come take effect, and find the incidents that they give to others."""
    due = [row.body for row in rows if row.kind == GRIDS]
    if not due:
        return Due()
    places_write.next_version(tx.conn, db.KIND)  # imports of grids wait until this is done
    known = [db.version(tx.conn, number) for number in {int(body["version"]) for body in due}]
    ordered = sorted((one for one in known if one), key=lambda one: (one.holds_from, one.version))
    facts = [fact for one in ordered for fact in _took_effect(tx, one)]
    number, after = ordered[-1].version, min(body.get("after", "") for body in due)
    moved = _moved(tx.conn, tx.call.realm, after)
    chosen = moved[:AT_ONCE]
    if len(moved) > AT_ONCE:
        timer_rows.set_grids(tx.conn, tx.call.realm, tx.now, number, after=chosen[-1]["id"])
    links = tuple(link for doc in chosen for link in doc["assignments"])
    return Due(tuple(facts), tuple(doc["id"] for doc in chosen), links)


def _took_effect(tx: Transaction, known: Version) -> list[Draft]:
    """The fact of a version that was waiting; none when it holds already."""
    if known.applied_at or known.holds_from > tx.now:
        return []
    after = db.as_of(tx.conn, known.holds_from)
    grid_versions.take_effect(tx, known.version, grid_versions.check(after))
    counted = places_write.next_version(tx.conn, db.KIND)
    return [grid_versions.record(tx, known, counted)]


def _moved(conn: Connection, realm: str, after: str) -> list[dict[str, Any]]:
    """Open incidents that lie in another base grid than the one that answers for them, by id."""
    table = incident_table.c
    query = select(table.doc).where(
        table.realm == realm, table.status.not_in(sorted(ENDED)), table.id > after
    )
    docs: Sequence[dict[str, Any]] = conn.scalars(query.order_by(table.id)).all()
    base = places.read_base_grids(conn)
    if not docs or not base.codes:
        return []
    found = locate(np.array([[doc["lon"], doc["lat"]] for doc in docs]), base.geometries)
    held = ((doc, index) for doc, index in zip(docs, found, strict=True) if index >= 0)
    return [
        doc
        for doc, index in held
        if (doc["area"], doc.get("keeper") or doc["grid"]) != (base.areas[index], base.codes[index])
    ]


def reassigned(tx: Transaction, incident: Incident) -> list[Draft]:
    """What the boundaries of now say of an incident that they give to another; else nothing. One that lies
    outside all of them stays with its owner."""
    where = places.describe_point(tx.conn, incident.lon, incident.lat)
    same = (where.area, where.grid) == (incident.area, incident.keeper or incident.grid)
    if where.grid is None or same:
        return []
    area = where.area or where.grid
    body = g.IncidentReassigned(area=area, keeper=where.grid, place=where.place)
    return [Draft(body, incident.id, area, tx.now), *casework.follow(incident, area, where.grid, tx.now)]
