"""What a response would set moving, as a preview tells it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from actions.means_found import Found, Wanted
from actions.supplies import part_json
from actions.warning_targets import Ground, hazard, plan_targets
from core.masking import unless_few
from core.plans import Broadcast, Task
from core.warnings import Target


def as_json(found: Found) -> dict[str, Any]:
    """units, supplies, shelters, closures, broadcasts, shortfalls."""
    return {
        "units": [asdict(one) for one in found.going],
        "supplies": [part_json(part, store) for part, store in found.offer.parts] if found.offer else [],
        "shelters": [
            {"id": one.haven.id, "name": one.haven.name, "grade": one.haven.grade, "lon": one.haven.lon,
             "lat": one.haven.lat, "places": one.places, "free": one.haven.free,
             "distance_m": round(one.haven.metres)}
            for one in found.shelters
        ],
        "closures": [
            {"id": road.id, "name": road.name, "class": road.road_class, "reason": reason, "line": road.line,
             "distance_m": round(road.metres)}
            for road, _, reason in found.roads
        ],
        "shortfalls": [asdict(one) for one in found.missing],
    }  # fmt: skip


def shown(wanted: Wanted, found: Found) -> dict[str, Any]:
    """The same, with the broadcasts that would be made: to how many points and people."""
    broadcasts = wanted.parts.broadcasts
    zone, at = wanted.zone, wanted.incident
    where = hazard(at.lon, at.lat, zone.ring if zone else ())
    targets = plan_targets(Ground.of(wanted.services, wanted.conn), where, broadcasts) if broadcasts else []
    told = [_broadcast(one, target) for one, target in zip(broadcasts, targets, strict=True)]
    return {**as_json(found), "broadcasts": told}


def _broadcast(one: Broadcast, target: Target) -> dict[str, Any]:
    return {
        "code": one.code, "level": one.points, "text": one.text, "text_en": one.text_en,
        "area": target.area_desc, "points": sum(len(order.points) for order in target.orders),
        "silent": target.silent, "people": unless_few(target.people), "reach": unless_few(target.reach),
    }  # fmt: skip


def task_json(task: Task, owner: str) -> dict[str, Any]:
    return {
        "code": task.code, "phase": task.phase, "title": task.title, "title_en": task.title_en,
        "owner": owner, "ack_min": task.ack_min, "due_min": task.due_min, "after": task.after,
        "needs": [need.model_dump() for need in task.needs],
    }  # fmt: skip
