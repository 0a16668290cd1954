"""Guard tables: what the fold says of each entity, kept for constraints, spatial queries and reports.

A verb locks the rows it needs as a small board, decides, folds its own events into that board with the same
`apply` as every screen, and writes back what was touched: so a guard row cannot say anything but the fold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Select, Table, Text, any_, bindparam, func, select

from core.board import Board, Change
from core.cells import cell_of
from core.drill import Drill
from core.errors import UnitBusy
from core.linkage_model import Linkage, Task
from core.model import Assignment, Closure, Entity, Incident, Unit, first_due
from core.offices import keys, parse
from core.serial import (
    alert_of,
    assignment_of,
    closure_of,
    drill_of,
    dump,
    incident_of,
    linkage_of,
    task_of,
    unit_of,
    wall_of,
)
from core.waking import wakes_at
from core.wall_model import Wall
from core.warning_model import Alert
from db.batch import Batch, Rows, RowWriter
from db.stock import add_writes as add_lot_writes
from db.tables import assignment, incident, unit
from db.tables_drills import drill
from db.tables_kpi import kpi_touched
from db.tables_linkage import linkage, task
from db.tables_roads import closure
from db.tables_walls import wall_scene
from db.tables_warnings import warning

_REALM = bindparam("realm", type_=Text)


@dataclass(frozen=True, slots=True)
class Needs:
    """Rows a verb will change. With an assignment come its incident and its unit."""

    incidents: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


def _ids(name: str) -> Any:
    return bindparam(name, type_=ARRAY(Text))


def _and_pointed(name: str, column: str) -> Any:
    """The wanted ids, and those that the wanted assignments point to.

    One array, worked out before the rows are looked for: an OR with a subquery would read the whole table.
    """
    pointed = select(assignment.c[column]).where(
        assignment.c.realm == _REALM, assignment.c.id == any_(_ids("assignments"))
    )
    return func.array_cat(_ids(name), func.array(pointed.scalar_subquery()))


def _locking(table: Table, ids: Any) -> Select[Any]:
    query = select(table.c.id, table.c.doc).where(table.c.realm == _REALM, table.c.id == any_(ids))
    return query.order_by(table.c.id).with_for_update(of=table)


_LOCKS = (
    _locking(incident, _and_pointed("incidents", "incident")),
    _locking(assignment, _ids("assignments")),
    _locking(unit, _and_pointed("units", "unit")),
)
"""In this order always, ids ascending: two verbs can wait for one another, but not in a circle."""


def add_locks(batch: Batch, realm: str, needs: Needs) -> None:
    """Ask for the rows, locked; the last three results of the batch then go to `take_locked`."""
    params = {
        "realm": realm,
        "incidents": list(needs.incidents),
        "assignments": list(needs.assignments),
        "units": list(needs.units),
    }
    for statement in _LOCKS:
        batch.add(statement, params)


def take_locked(board: Board, results: list[Rows]) -> None:
    """Put locked rows on the board."""
    incidents, assignments, units = results[-3:]
    board.incidents.update((ident, incident_of(doc)) for ident, doc in incidents)
    board.links.update((ident, assignment_of(doc)) for ident, doc in assignments)
    board.units.update((ident, unit_of(doc)) for ident, doc in units)


def lock(conn: Connection, board: Board, needs: Needs) -> None:
    """Lock rows and put them on the board."""
    batch = Batch(conn)
    add_locks(batch, board.realm, needs)
    take_locked(board, batch.run())


def lock_closure(conn: Connection, board: Board, ident: str) -> None:
    """Lock one road's closure and put it on the board, if the road is closed.

    Not among Needs: few verbs want it, and each statement of `_LOCKS` is asked by every verb.
    """
    query = select(closure.c.doc).where(closure.c.realm == board.realm, closure.c.id == ident)
    doc = conn.scalar(query.where(closure.c.reopened_at.is_(None)).with_for_update())
    if doc is not None:
        board.closures[ident] = closure_of(doc)


def lock_linkage(conn: Connection, board: Board, ident: str) -> None:
    """Lock a response that runs, then its tasks, and put them on the board; after all rows of Needs."""
    running = linkage.c.realm == board.realm, linkage.c.id == ident, linkage.c.ended_at.is_(None)
    doc = conn.scalar(select(linkage.c.doc).where(*running).with_for_update())
    if doc is None:
        return
    board.linkages[ident] = linkage_of(doc)
    query = select(task.c.id, task.c.doc).where(task.c.realm == board.realm, task.c.linkage == ident)
    rows = conn.execute(query.order_by(task.c.id).with_for_update()).all()
    board.tasks.update((row.id, task_of(row.doc)) for row in rows)


def lock_alerts(conn: Connection, board: Board, which: ColumnElement[bool]) -> None:
    """Lock warnings that stand and put them on the board; after responses and their tasks."""
    standing = warning.c.realm == board.realm, warning.c.ended_at.is_(None), which
    query = select(warning.c.id, warning.c.doc).where(*standing).order_by(warning.c.id)
    rows = conn.execute(query.with_for_update()).all()
    board.alerts.update((row.id, alert_of(row.doc)) for row in rows)


def take_wall(conn: Connection, board: Board, ident: str) -> None:
    """Put a wall on the board, if it was ever directed. Under the realm's counter row, which alone guards it:
    a wall that was never directed has no row to lock."""
    query = select(wall_scene.c.doc).where(wall_scene.c.realm == board.realm, wall_scene.c.id == ident)
    if (doc := conn.scalar(query)) is not None:
        board.walls[ident] = wall_of(doc)


def take_walls(conn: Connection, board: Board) -> None:
    """The same for every wall of the realm."""
    query = select(wall_scene.c.id, wall_scene.c.doc).where(wall_scene.c.realm == board.realm)
    board.walls.update((row.id, wall_of(row.doc)) for row in conn.execute(query.order_by(wall_scene.c.id)))


def take_drill(conn: Connection, board: Board) -> None:
    """Put the drill whose realm this is on the board, if it is one's. Guarded as walls are."""
    doc = conn.scalar(select(drill.c.doc).where(drill.c.realm == board.realm))
    if doc is not None:
        board.drill = drill_of(doc)


def _point(lon: float, lat: float) -> str:
    return f"SRID=4326;POINT({lon!r} {lat!r})"


def _incident_row(i: Incident) -> dict[str, Any]:
    return {
        "status": i.status,
        "severity": i.severity,
        "class": i.class_code,
        "area": i.area,
        "grid": i.grid,
        "geom": _point(i.lon, i.lat),
        "cell": cell_of(i.lon, i.lat),
        "channel": i.channel,
        "source_id": i.source_id,
        "reported_at": i.reported_at,
        "closed_at": i.closed_at,
        "shelved": i.shelved,
        "sensitive": i.sensitive,
        **_case(i),
    }


def _case(i: Incident) -> dict[str, Any]:
    """What queues and reports ask for."""
    owner, clock = parse(i.owner), first_due(i)
    waiting = tuple(w.office for w in i.whistles if w.answered_at is None)
    return {
        "number": i.number,
        "owner": i.owner,
        "dept": owner.dept,
        "level": owner.level,
        "handled_level": i.handled_level,
        "reach": sorted(keys(i.offices)),
        "whistled": sorted(keys(waiting)),
        "due_at": clock.due_at if clock else None,
        "clock": clock.state if clock else None,
        "accepted_at": i.accepted_at,
        "dispatched_at": i.dispatched_at,
        "acknowledged_at": i.acknowledged_at,
        "arrived_at": i.arrived_at,
        "handled_at": i.handled_at,
        "replied_at": i.replied_at,
        "verified_at": i.verified_at,
        "rated_at": i.rated_at,
        "rating": i.rating,
        "missed": i.missed,
        "supervised": any(s.answered_at is None for s in i.supervisions),
        "returns": i.returns,
        "reopened": i.reopened,
        "wakes_at": wakes_at(i),
    }


def _unit_row(u: Unit) -> dict[str, Any]:
    return {
        "kind": u.kind,
        "area": u.area,
        "status": u.status,
        "assignment": u.assignment,
        "home": _point(u.lon, u.lat),
        "hold": u.hold and u.hold.id,
        "held_for": u.hold and u.hold.incident,
        "held_until": u.hold and u.hold.until,
    }


def _assignment_row(a: Assignment) -> dict[str, Any]:
    return {
        "incident": a.incident,
        "unit": a.unit,
        "status": a.status,
        "started_at": a.started_at,
        "ended_at": a.ended_at,
    }


def _closure_row(c: Closure) -> dict[str, Any]:
    return {"area": c.area, "until": c.until, "reopened_at": c.reopened_at}


def _wall_row(w: Wall) -> dict[str, Any]:
    return {"area": w.area}


def _drill_row(d: Drill) -> dict[str, Any]:
    script = d.script
    return {
        "name": script.name,
        "status": d.status,
        "content": script.content,
        "form": script.form,
        "division": script.division,
        "plan": script.plan,
        "rehearsal": d.rehearsal,
        "started_at": d.started_at,
        "stopped_at": d.stopped_at,
    }


def _linkage_row(one: Linkage) -> dict[str, Any]:
    return {
        "incident": one.incident,
        "plan": one.plan,
        "level": one.level,
        "commander": one.commander,
        "area": one.area,
        "reach": sorted(keys(one.offices)),
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "sensitive": one.sensitive,
    }


def _task_row(t: Task) -> dict[str, Any]:
    return {
        "linkage": t.linkage,
        "owner": t.owner,
        "status": t.status,
        "due_at": t.clock.due_at if t.clock else None,
        "late": t.late,
        "ended_at": t.ended_at,
    }


def _alert_row(a: Alert) -> dict[str, Any]:
    return {
        "incident": a.incident,
        "linkage": a.linkage,
        "area": a.area,
        "reach": sorted(keys(a.offices)),
        "level": a.bulletin.level,
        "issued_at": a.issued_at,
        "expires_at": a.bulletin.expires,
        "ended_at": a.ended_at,
    }


def _row(realm: str, entity: Entity) -> dict[str, Any]:
    if isinstance(entity, Incident):
        values = _incident_row(entity)
    elif isinstance(entity, Unit):
        values = _unit_row(entity)
    elif isinstance(entity, Closure):
        values = _closure_row(entity)
    elif isinstance(entity, Wall):
        values = _wall_row(entity)
    elif isinstance(entity, Linkage):
        values = _linkage_row(entity)
    elif isinstance(entity, Task):
        values = _task_row(entity)
    elif isinstance(entity, Alert):
        values = _alert_row(entity)
    elif isinstance(entity, Drill):
        values = _drill_row(entity)
    else:
        values = _assignment_row(entity)
    return {"realm": realm, "id": entity.id, "seq": entity.version, "doc": dump(entity), **values}


_KEY = ("realm", "id")
_UPSERTS: tuple[tuple[type[Entity], RowWriter], ...] = (
    (Incident, RowWriter(incident, _KEY)),
    (Assignment, RowWriter(assignment, _KEY)),
    (Unit, RowWriter(unit, _KEY)),
    (Closure, RowWriter(closure, _KEY)),
    (Linkage, RowWriter(linkage, _KEY)),
    (Task, RowWriter(task, _KEY)),
    (Wall, RowWriter(wall_scene, _KEY)),
    (Alert, RowWriter(warning, _KEY)),
    (Drill, RowWriter(drill, _KEY)),
)
_TOUCHED = RowWriter(kpi_touched, ("realm", "moment"))


def add_writes(batch: Batch, realm: str, changes: Iterable[Change]) -> None:
    """Write the entities that these changes touched, as they are after the last of them.

    The unique index on a unit's active assignment is the database's own guard against double booking:
    it raises IntegrityError, which `busy_unit` names.
    """
    changes = list(changes)
    last: dict[tuple[str, str], Entity | None] = {}
    for change in changes:
        last.update((key, new) for key, (_, new) in change.touched.items())
    for kind, writer in _UPSERTS:
        rows = [_row(realm, entity) for entity in last.values() if isinstance(entity, kind)]
        if rows:
            writer.add(batch, rows)
    if touched := _touched(realm, changes):
        _TOUCHED.add(batch, touched)
    add_lot_writes(batch, realm, changes)


def _touched(realm: str, changes: Iterable[Change]) -> list[dict[str, Any]]:
    """When the incidents were reported of which the figures change (db/kpi_days.py)."""
    last = {
        one.reported_at: change.seq
        for change in changes
        for states in change.touched.values()
        for one in states
        if isinstance(one, Incident)
    }
    return [{"realm": realm, "moment": moment, "seq": last[moment]} for moment in sorted(last)]


def busy_unit(conn: Connection, realm: str, units: Iterable[str]) -> UnitBusy | None:
    """The refusal that names who holds one of these units; None when all are free."""
    held = assignment.c.doc["unit_name"].astext, incident.c.doc["number"].astext
    row = conn.execute(
        select(assignment.c.id, assignment.c.unit, assignment.c.incident, *held)
        .join(incident, (incident.c.realm == realm) & (incident.c.id == assignment.c.incident))
        .where(assignment.c.realm == realm, assignment.c.unit.in_(list(units)))
        .where(assignment.c.ended_at.is_(None))
        .order_by(assignment.c.unit)
    ).first()
    if row is None:
        return None
    return UnitBusy(unit=row[1], unit_name=row[3], incident=row[2], number=row[4], assignment=row[0])


def numbers(conn: Connection, realm: str, ids: Iterable[str]) -> dict[str, str]:
    """Incident id → its number, for sentences that name a holder."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    query = select(incident.c.id, incident.c.doc["number"].astext).where(
        incident.c.realm == realm, incident.c.id.in_(wanted)
    )
    return {row[0]: row[1] for row in conn.execute(query)}


def held_for(conn: Connection, realm: str, ident: str) -> list[str]:
    """The units that are held for an incident."""
    held = unit.c.held_until.is_not(None)
    return list(conn.scalars(select(unit.c.id).where(unit.c.realm == realm, held, unit.c.held_for == ident)))


def units_of_hold(conn: Connection, realm: str, hold: str) -> list[str]:
    held = unit.c.held_until.is_not(None)
    return list(conn.scalars(select(unit.c.id).where(unit.c.realm == realm, held, unit.c.hold == hold)))


def incident_of_assignment(conn: Connection, realm: str, ident: str) -> str:
    """ "" when there is no such assignment."""
    query = select(assignment.c.incident).where(assignment.c.realm == realm, assignment.c.id == ident)
    return conn.scalar(query) or ""
