"""Drills in the database: the scripts that ship, what an inject can be done to, when its fact came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from core.drill import Drill
from core.drill_script import Fact, Script
from core.linkage_model import DONE
from core.serial import drill_of
from db.roads import Road, road_of, road_select
from db.tables import event, incident, unit
from db.tables_drills import drill, drill_beat
from db.tables_linkage import linkage, task
from db.tables_places import road

_DEGREE_M = 50_000.0
"""Fewer metres than a degree has anywhere below 60° of latitude; only bounds the search of the index."""
_SCRIPTS = Path(__file__).parent / "data" / "drills"


@cache
def shipped_scripts() -> Mapping[str, Script]:
    """The scripts that come with the product, by their codes: their files' names."""
    return {
        path.stem: Script.model_validate_json(path.read_bytes()) for path in sorted(_SCRIPTS.glob("*.json"))
    }


def read_drill(conn: Connection, realm: str) -> Drill | None:
    """The drill whose realm it is."""
    doc = conn.scalar(select(drill.c.doc).where(drill.c.realm == realm))
    return None if doc is None else drill_of(doc)


def halted(conn: Connection, realm: str) -> Drill | None:
    """The drill of a realm while it is paused or over."""
    query = select(drill.c.doc).where(drill.c.realm == realm, drill.c.status.in_(("paused", "stopped")))
    doc = conn.scalar(query)
    return None if doc is None else drill_of(doc)


def list_drills(conn: Connection) -> list[Drill]:
    """Every drill there is, the newest first: their ids tell when they were set up."""
    return [drill_of(doc) for doc in conn.scalars(select(drill.c.doc).order_by(drill.c.id.desc()))]


def names(conn: Connection) -> dict[str, str]:
    """What each drill is called, by its realm."""
    return {row.realm: row.name for row in conn.execute(select(drill.c.realm, drill.c.name))}


def alike(conn: Connection, of: Drill, most: int) -> list[Drill]:
    """What put the same to the test before, the newest first: drills that have ended, and no rehearsals, of
    the plan, or without one of the class of incidents that they are about."""
    script, hazard = of.script, func.coalesce(drill.c.doc["script"]["hazard"].astext, "")
    same = [drill.c.plan == script.plan] if script.plan else [drill.c.plan == "", hazard == script.hazard]
    ended = drill.c.status == "stopped", drill.c.rehearsal.is_(False), drill.c.id < of.id
    query = select(drill.c.doc).where(*ended, *same).order_by(drill.c.id.desc()).limit(most)
    return [drill_of(doc) for doc in conn.scalars(query)]


# --- running ----------------------------------------------------------------------------------------------


def running(conn: Connection) -> list[str]:
    """The realms of drills that run."""
    return list(
        conn.scalars(select(drill.c.realm).where(drill.c.status == "running").order_by(drill.c.realm))
    )


def beat(conn: Connection, real: datetime) -> None:
    """Somebody sees to every drill that runs at this real time."""
    those = select(drill.c.realm, literal(real, drill_beat.c.at.type)).where(drill.c.status == "running")
    given = insert(drill_beat).from_select(["realm", "at"], those)
    conn.execute(given.on_conflict_do_update(index_elements=["realm"], set_={"at": real}))


def last_beat(conn: Connection, realm: str) -> datetime | None:
    return conn.scalar(select(drill_beat.c.at).where(drill_beat.c.realm == realm))


# --- real crews -------------------------------------------------------------------------------------------


def lock_drill(conn: Connection, realm: str) -> Drill | None:
    """As it stands, and it is not ended before this transaction is over."""
    doc = conn.scalar(select(drill.c.doc).where(drill.c.realm == realm).with_for_update(read=True))
    return None if doc is None else drill_of(doc)


def _lent(*which: ColumnElement[bool]) -> Select[Any]:
    query = select(unit.c.id, unit.c.doc["name"].astext.label("name"), unit.c.area)
    return query.where(unit.c.realm == "live", unit.c.status == "in_drill", *which).order_by(unit.c.id)


def crews(conn: Connection, realm: str) -> list[RowMapping]:
    """The real units that take part in a drill: id, name, area."""
    of = unit.c.doc["drill"].astext == realm
    return list(conn.execute(_lent(of)).mappings())


def ended_with_crews(conn: Connection) -> list[str]:
    """The realms of drills that are over and still have real units."""
    of = select(unit.c.doc["drill"].astext).where(unit.c.realm == "live", unit.c.status == "in_drill")
    query = select(drill.c.realm).where(drill.c.status == "stopped", drill.c.realm.in_(of))
    return list(conn.scalars(query.order_by(drill.c.realm)))


# --- when facts came about ----------------------------------------------------------------------------------


def happened(conn: Connection, realm: str, ident: str, fact: Fact) -> datetime | None:
    """When a fact about an incident first came about; None: not yet."""
    at: datetime | None = conn.scalar(_WHEN[fact](realm, ident))
    return at


def _of_incident(column: ColumnElement[Any]) -> Callable[[str, str], Select[Any]]:
    return lambda realm, ident: select(column).where(incident.c.realm == realm, incident.c.id == ident)


def _activated(realm: str, ident: str) -> Select[Any]:
    return select(func.min(linkage.c.started_at)).where(linkage.c.realm == realm, linkage.c.incident == ident)


def _task_done(realm: str, ident: str) -> Select[Any]:
    done_at = task.c.doc["done_at"].astext.cast(incident.c.reported_at.type)
    joined = (linkage.c.realm == task.c.realm) & (linkage.c.id == task.c.linkage)
    query = select(func.min(done_at)).join_from(task, linkage, joined)
    return query.where(task.c.realm == realm, linkage.c.incident == ident, task.c.status == DONE)


def _report_sent(realm: str, ident: str) -> Select[Any]:
    """报送 of its response, or 初报, 续报, 终报 on its own card."""
    body = cast(event.c.body, JSONB)
    filed = (event.c.kind == "ReportFiled") & (body["incident"].astext == ident)
    told = (event.c.kind == "SituationReported") & (event.c.subject == ident)
    return select(func.min(event.c.occurred_at)).where(event.c.realm == realm, filed | told)


_WHEN: Mapping[Fact, Callable[[str, str], Select[Any]]] = {
    "incident_closed": _of_incident(incident.c.closed_at),
    "unit_arrived": _of_incident(incident.c.arrived_at),
    "plan_activated": _activated,
    "task_done": _task_done,
    "report_sent": _report_sent,
}


# --- what injects are done to -------------------------------------------------------------------------------


def roads_near(conn: Connection, lon: float, lat: float, within_m: float) -> list[Road]:
    """The roads within so many metres of a point, by id, locked as who closes one locks it."""
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    near = func.ST_DWithin(func.geography(road.c.geom), func.geography(point), within_m)
    box = func.ST_Expand(point, within_m / _DEGREE_M)
    query = road_select().where(road.c.geom.op("&&")(box), near).order_by(road.c.id)
    return [road_of(row) for row in conn.execute(query.with_for_update())]


def nearest_free(conn: Connection, realm: str, skill: str, lon: float, lat: float) -> str | None:
    """The unit of a skill that is free and nearest at home to a point."""
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    able = unit.c.doc["skills"].contains(func.to_jsonb(cast(skill, Text)))
    query = select(unit.c.id).where(unit.c.realm == realm, unit.c.status.in_(("available", "reserved")), able)
    return conn.scalar(query.order_by(func.ST_DistanceSphere(unit.c.home, point), unit.c.id).limit(1))
