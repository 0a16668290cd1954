"""Entities as GeoJSON features: what a screen gets to draw. Coordinates lon/lat, EPSG:4326."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, TypeGuard

from core.drill import Drill
from core.due import Deadline
from core.linkage_model import Linkage, Task, Zone
from core.masking import unless_few
from core.model import Assignment, Closure, CrewCheck, Entity, Incident, Unit, UnitHold, Whistle
from core.permissions import Scope, visible
from core.wall_model import Rotation, Wall
from core.warning_model import FAILED, HEARD, Alert
from core.workflow import next_step

Feature = dict[str, Any]


WHOLE_CITY = Scope()


def feature(entity: Entity, scope: Scope = WHOLE_CITY) -> Feature:
    """The feature of one entity as a scope may see it; `properties.seq` is its version."""
    if scope.visitors and isinstance(entity, Closure | Alert):
        entity = _unbound(entity)
    if lent(entity, scope):
        hold = entity.hold and replace(entity.hold, incident="", number="")
        entity = replace(entity, assignment=None, incident=None, hold=hold)
    if isinstance(entity, Incident):
        return _feature(entity.id, "Point", (entity.lon, entity.lat), _incident(entity))
    if isinstance(entity, Unit):
        return _feature(entity.id, "Point", (entity.lon, entity.lat), _unit(entity))
    if isinstance(entity, Wall):
        return {"type": "Feature", "id": entity.id, "geometry": None, "properties": _wall(entity)}
    if isinstance(entity, Drill):
        return {"type": "Feature", "id": entity.id, "geometry": None, "properties": _drill(entity)}
    if isinstance(entity, Closure):
        return _feature(entity.id, "LineString", entity.line, _closure(entity))
    if isinstance(entity, Linkage):
        return _feature(entity.id, "Point", (entity.lon, entity.lat), _linkage(entity))
    if isinstance(entity, Task):
        return _feature(entity.id, "Point", (entity.lon, entity.lat), _task(entity))
    if isinstance(entity, Alert):
        return _feature(entity.id, "MultiPolygon", [[ring] for ring in entity.bulletin.rings], _alert(entity))
    return _feature(entity.id, "LineString", entity.route, _link(entity))


def _unbound(entity: Closure | Alert) -> Closure | Alert:
    """Without the incident it was made for, which may be sensitive."""
    if isinstance(entity, Closure):
        return replace(entity, incident="")
    return replace(entity, incident="", linkage="")


def lent(entity: Entity, scope: Scope) -> TypeGuard[Unit]:
    """A unit that is away on an incident outside the scope: that it is away is told, not on what."""
    if not isinstance(entity, Unit) or entity.incident_area is None:
        return False
    of = entity.incident_area, entity.incident_offices
    return not visible(scope, *of, sensitive=entity.incident_sensitive)


def _feature(ident: str, kind: str, coordinates: Any, properties: dict[str, Any]) -> Feature:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "id": ident, "geometry": geometry, "properties": properties}


def _incident(i: Incident) -> dict[str, Any]:
    return {
        "seq": i.version,
        "number": i.number,
        "class": i.class_code,
        "title": i.title,
        "text": i.text,
        "severity": i.severity,
        "status": i.status,
        "status_since": i.status_since,
        "reported_at": i.reported_at,
        "area": i.area,
        "grid": i.grid,
        "keeper": i.keeper or i.grid,
        "place": i.place,
        "address": i.address,
        "channel": i.channel,
        "units": i.units,
        "hands": i.hands,
        "owner": i.owner,
        "helpers": i.helpers,
        "whistles": [_whistle(w) for w in i.whistles],
        "supervised": any(s.answered_at is None for s in i.supervisions),
        "request": i.request.kind if i.request else None,
        "photos": len(i.photos),
        "next": next_step(i),
        "linkage": i.linkage,
        "sensitive": i.sensitive,
        "proposed": [asdict(one) for one in i.proposed],
        "deadline": _deadline(i.deadline),
    }


def _whistle(w: Whistle) -> dict[str, Any]:
    return {"id": w.id, "office": w.office, "clock": _deadline(w.clock), "answered_at": w.answered_at}


def _deadline(d: Deadline | None) -> dict[str, Any] | None:
    if d is None:
        return None
    return {"step": d.step, "due_at": d.due_at, "total_s": d.total_s, "state": d.state, "near_at": d.near_at}


def _unit(u: Unit) -> dict[str, Any]:
    return {
        "seq": u.version,
        "name": u.name,
        "kind": u.kind,
        "area": u.area,
        "status": u.status,
        "since": u.since,
        "assignment": u.assignment,
        "incident": u.incident,
        "skills": u.skills,
        "crew": u.crew,
        "hold": _hold(u.hold),
        "drill": u.drill_name,
    }


def _hold(h: UnitHold | None) -> dict[str, Any] | None:
    if h is None:
        return None
    return {"id": h.id, "incident": h.incident, "number": h.number, "by": h.by, "until": h.until}


def _link(a: Assignment) -> dict[str, Any]:
    return {
        "seq": a.version,
        "unit": a.unit,
        "unit_name": a.unit_name,
        "incident": a.incident,
        "status": a.status,
        "eta_s": a.eta_s,
        "distance_m": a.distance_m,
        "dispatched_at": a.started_at,
        "check": _check(a.check),
        "area": a.area,
    }


def _check(c: CrewCheck | None) -> dict[str, Any] | None:
    return None if c is None else {"due_at": c.due_at, "grace_s": c.grace_s, "state": c.state}


def _closure(c: Closure) -> dict[str, Any]:
    return {
        "seq": c.version,
        "name": c.name,
        "class": c.road_class,
        "reason": c.reason,
        "by": c.by,
        "since": c.since,
        "until": c.until,
        "area": c.area,
        "incident": c.incident,
    }


def _linkage(one: Linkage) -> dict[str, Any]:
    return {
        "seq": one.version,
        "incident": one.incident,
        "number": one.number,
        "title": one.title,
        "plan": one.plan,
        "plan_name": one.plan_name,
        "plan_name_en": one.plan_name_en,
        "plan_version": one.plan_version,
        "level": one.level,
        "commander": one.commander,
        "commander_name": one.commander_name,
        "started_at": one.started_at,
        "area": one.area,
        "zone": _zone(one.zone),
        "means": asdict(one.means),
    }


def _zone(zone: Zone | None) -> dict[str, Any] | None:
    return None if zone is None else {"shape": zone.shape, "ring": zone.ring, "area_m2": zone.area_m2}


def _task(t: Task) -> dict[str, Any]:
    return {
        "seq": t.version,
        "linkage": t.linkage,
        "incident": t.incident,
        "code": t.code,
        "phase": t.phase,
        "title": t.title,
        "title_en": t.title_en,
        "owner": t.owner,
        "status": t.status,
        "status_since": t.status_since,
        "after": t.after,
        "reports": t.reports,
        "late": t.late,
        "deadline": _deadline(t.clock),
        "order": t.order,
        "due_s": t.due_s,
        "assigned_at": t.assigned_at,
        "acknowledged_at": t.acknowledged_at,
        "done_at": t.done_at,
        "area": t.area,
    }


def _wall(w: Wall) -> dict[str, Any]:
    return {
        "seq": w.version,
        "name": w.id,
        "area": w.area,
        "scene": w.scene.shown(),
        "since": w.since,
        "by": w.by,
        "until": w.until,
        "before": w.before and w.before.shown(),
        "pinned": w.pinned,
        "rotation": _rotation(w.rotation),
        "turning": w.turning,
        "locked_by": w.lock and w.lock.name,
        "locked_until": w.lock and w.lock.until,
        "blank": w.blank,
        "strip": w.strip,
        "strip_until": w.strip_until,
    }


def _drill(d: Drill) -> dict[str, Any]:
    """What everybody in its realm may know: nothing of what is still to come."""
    script, seats = d.script, {taken.seat: taken.name for taken in d.seats}
    return {
        "seq": d.version,
        "name": script.name,
        "name_en": script.name_en,
        "content": script.content,
        "form": script.form,
        "division": script.division,
        "plan": script.plan,
        "scenario": script.scenario,
        "minutes": script.minutes,
        "rehearsal": d.rehearsal,
        "status": d.status,
        "since": d.since,
        "by": d.by,
        "why": d.why,
        "rate": d.rate,
        "speed": d.speed,
        "opened_at": d.opened_at,
        "started_at": d.started_at,
        "stopped_at": d.stopped_at,
        "aborted": d.aborted,
        "asked": d.asked,
        "recalled": d.recalled,
        "seats": [
            {"code": s.code, "name": s.name, "role": s.role, "office": s.office, "simulated": s.simulated,
             "taken_by": seats.get(s.code, "")}
            for s in script.seats
        ],
    }  # fmt: skip


def _rotation(r: Rotation | None) -> dict[str, Any] | None:
    if r is None:
        return None
    return {
        "scenes": [scene.shown() for scene in r.scenes],
        "every_s": r.every_s,
        "at": r.at,
        "next_at": r.next_at,
        "stopped_for": r.stopped_for or None,
        "resumes_at": r.resumes_at,
    }


def _alert(a: Alert) -> dict[str, Any]:
    said = a.bulletin
    return {
        "seq": a.version,
        "msg_type": a.msg_type,
        "status": a.status,
        "event": said.event,
        "event_en": said.event_en,
        "headline": said.headline,
        "headline_en": said.headline_en,
        "text": said.text,
        "text_en": said.text_en,
        "category": said.category,
        "severity": said.severity,
        "urgency": said.urgency,
        "certainty": said.certainty,
        "level": said.level,
        "sent": said.sent,
        "expires": said.expires,
        "incident": a.incident,
        "linkage": a.linkage,
        "area": a.area,
        "area_desc": said.area_desc,
        "points": len(a.states),
        "done": a.count(HEARD),
        "failed": a.count(FAILED),
        "people": unless_few(a.people),
        "reach": unless_few(a.reach),
        "heard": unless_few(a.heard),
    }
