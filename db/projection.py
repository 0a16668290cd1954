"""Guard tables: what the fold says of each entity, kept for constraints, spatial queries and reports.

A verb locks the rows it needs as a small board, decides, folds its own events into that board with the same
`apply` as every screen, and writes back what was touched: so a guard row cannot say anything but the fold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geoalchemy2 import WKTElement
from sqlalchemy import Connection, Table, select, update
from sqlalchemy.dialects.postgresql import insert

from core.board import Board, Change
from core.errors import UnitBusy
from core.model import Assignment, Entity, Incident, Unit
from core.serial import as_document, assignment_of, incident_of, unit_of
from db.tables import assignment, incident, unit


def lock(
    conn: Connection,
    board: Board,
    *,
    incidents: Iterable[str] = (),
    assignments: Iterable[str] = (),
    units: Iterable[str] = (),
) -> None:
    """Lock rows in one order (incidents, assignments, units; ids ascending) and put them on the board."""
    for ident, doc in _locked(conn, incident, board.realm, incidents):
        board.incidents[ident] = incident_of(doc)
    for ident, doc in _locked(conn, assignment, board.realm, assignments):
        board.links[ident] = assignment_of(doc)
    for ident, doc in _locked(conn, unit, board.realm, units):
        board.units[ident] = unit_of(doc)


def _locked(conn: Connection, table: Table, realm: str, ids: Iterable[str]) -> list[tuple[str, Any]]:
    wanted = sorted(set(ids))
    if not wanted:
        return []
    query = select(table.c.id, table.c.doc).where(table.c.realm == realm, table.c.id.in_(wanted))
    return [(row.id, row.doc) for row in conn.execute(query.order_by(table.c.id).with_for_update())]


def _point(lon: float, lat: float) -> WKTElement:
    return WKTElement(f"POINT({lon} {lat})", srid=4326)


def _incident_row(i: Incident) -> dict[str, Any]:
    return {
        "status": i.status,
        "severity": i.severity,
        "class": i.class_code,
        "area": i.area,
        "grid": i.grid,
        "geom": _point(i.lon, i.lat),
        "channel": i.channel,
        "source_id": i.source_id,
        "reported_at": i.reported_at,
        "closed_at": i.closed_at,
        "shelved": i.shelved,
    }


def _unit_row(u: Unit) -> dict[str, Any]:
    return {
        "kind": u.kind,
        "area": u.area,
        "status": u.status,
        "assignment": u.assignment,
        "home": _point(u.lon, u.lat),
    }


def _assignment_row(a: Assignment) -> dict[str, Any]:
    return {
        "incident": a.incident,
        "unit": a.unit,
        "status": a.status,
        "started_at": a.started_at,
        "ended_at": a.ended_at,
    }


def _row(realm: str, entity: Entity) -> dict[str, Any]:
    if isinstance(entity, Incident):
        values = _incident_row(entity)
    elif isinstance(entity, Unit):
        values = _unit_row(entity)
    else:
        values = _assignment_row(entity)
    return {"realm": realm, "id": entity.id, "seq": entity.version, "doc": as_document(entity), **values}


_TABLES: dict[type[Entity], Table] = {Incident: incident, Unit: unit, Assignment: assignment}


def write(conn: Connection, realm: str, changes: Iterable[Change]) -> None:
    """Write the entities that these changes touched, as they are after the last of them."""
    first_old: dict[tuple[str, str], Entity | None] = {}
    last_new: dict[tuple[str, str], Entity | None] = {}
    for change in changes:
        for key, (old, new) in change.touched.items():
            first_old.setdefault(key, old)
            last_new[key] = new
    for table_of in (Incident, Assignment, Unit):
        fresh = [n for k, n in last_new.items() if isinstance(n, table_of) and first_old[k] is None]
        known = [n for k, n in last_new.items() if isinstance(n, table_of) and first_old[k] is not None]
        _insert(conn, _TABLES[table_of], realm, fresh)
        _update(conn, _TABLES[table_of], realm, known)


def _insert(conn: Connection, table: Table, realm: str, entities: list[Any]) -> None:
    if not entities:
        return
    rows = [_row(realm, entity) for entity in entities]
    if table is assignment:
        _bind_units(conn, realm, rows, entities)
    else:
        conn.execute(insert(table), rows)


def _bind_units(conn: Connection, realm: str, rows: list[dict[str, Any]], entities: list[Assignment]) -> None:
    """The database's own guard against double booking: the unique index on a unit's active assignment."""
    statement = insert(assignment).values(rows).on_conflict_do_nothing().returning(assignment.c.id)
    bound = set(conn.scalars(statement))
    for entity in entities:
        if entity.id not in bound:
            raise _busy(conn, realm, entity)


def _busy(conn: Connection, realm: str, wanted: Assignment) -> UnitBusy:
    holder = conn.execute(
        select(assignment.c.id, assignment.c.incident, incident.c.doc["number"].astext.label("number"))
        .join(incident, (incident.c.realm == realm) & (incident.c.id == assignment.c.incident))
        .where(assignment.c.realm == realm, assignment.c.unit == wanted.unit, assignment.c.ended_at.is_(None))
    ).first()
    return UnitBusy(
        unit=wanted.unit,
        unit_name=wanted.unit_name,
        incident=holder.incident if holder else "",
        number=holder.number if holder else "",
        assignment=holder.id if holder else "",
    )


def _update(conn: Connection, table: Table, realm: str, entities: list[Any]) -> None:
    for entity in entities:
        values = _row(realm, entity)
        where = (table.c.realm == values.pop("realm")) & (table.c.id == values.pop("id"))
        conn.execute(update(table).where(where).values(values))


def numbers(conn: Connection, realm: str, ids: Iterable[str]) -> dict[str, str]:
    """Incident id → its number, for sentences that name a holder."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    query = select(incident.c.id, incident.c.doc["number"].astext).where(
        incident.c.realm == realm, incident.c.id.in_(wanted)
    )
    return {row[0]: row[1] for row in conn.execute(query)}
