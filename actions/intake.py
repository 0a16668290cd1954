"""What the officer is offered at intake: class, level and place out of what was said, and likely duplicates.

Proposals only; the officer confirms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from actions.queries import check_read, read_incident
from actions.search import Hit, mentioned
from actions.services import Services
from core.classes import IncidentClass
from core.errors import InvalidInput
from core.intake_alike import Likeness, Told, compare, rule_for
from core.intake_words import classes_of, level_of
from core.model import Incident
from core.permissions import Principal, Scope, visible
from core.serial import incident_of
from db import intake as db
from db.places import describe_point

LONGEST = 4000
_PLACES = 5
_WIDE_DEG = 0.05
"""About 5 km."""
_METRES_A_DEGREE = 111_320.0
Spot = tuple[float, float]


def propose(
    services: Services, principal: Principal, realm: str, text: str, at: Spot | None = None
) -> dict[str, Any]:
    """{classes: [{code, name, score, why}], severity: {level, why} or None, places: […], here: …}.

    `places` are named in the text, the nearest to `at` (lon, lat) first where that is given; `here` is the
    grid that `at` lies in. Raises Forbidden, InvalidInput.
    """
    check_read(principal, realm)
    if not 0 < len(text.strip()) <= LONGEST:
        raise InvalidInput(pointer="text", detail=f"1-{LONGEST}")
    known = services.reference.classes()
    with services.engine.connect() as conn:
        words = db.words(conn)
        places = _places(conn, principal, text, at)
        here = _here(conn, principal, at)
    classes = [one for one in classes_of(text, words) if one.code in known]
    level = level_of(text, words)
    return {
        "classes": [{**asdict(one), "name": known[one.code].name} for one in classes],
        "severity": asdict(level) if level else None,
        "places": places,
        "here": here,
    }


def _places(conn: Connection, principal: Principal, text: str, at: Spot | None) -> list[dict[str, Any]]:
    hits = [hit for hit in mentioned(conn, text, principal.area, 2 * _PLACES) if not _is_wide(hit)][:_PLACES]
    return sorted((_place(hit, at) for hit in hits), key=lambda place: place.get("distance_m", 0.0))


def _is_wide(hit: Hit) -> bool:
    """A district is no place to send anybody."""
    if hit.found.layer != "grids" or hit.found.bounds is None:
        return False
    west, south, east, north = hit.found.bounds
    return max(east - west, north - south) > _WIDE_DEG


def _place(hit: Hit, at: Spot | None) -> dict[str, Any]:
    found = hit.as_json()
    if at is None:
        return found
    return {**found, "distance_m": round(_metres(at, (found["lon"], found["lat"])))}


def _metres(one: Spot, other: Spot) -> float:
    """On a plane that touches the city: for an order, not for a measure."""
    east = (other[0] - one[0]) * math.cos(math.radians(one[1]))
    return _METRES_A_DEGREE * math.hypot(east, other[1] - one[1])


def _here(conn: Connection, principal: Principal, at: Spot | None) -> dict[str, Any] | None:
    if at is None:
        return None
    where = describe_point(conn, *at)
    if where.grid is None or not visible(Scope.of(principal), where.grid):
        return None
    return {"grid": where.grid, "area": where.area, "place": where.place}


def duplicates(services: Services, principal: Principal, realm: str, ident: str) -> list[dict[str, Any]]:
    """疑似重复: other incidents in scope that may tell of the same event, likeliest first, with reasons.

    Raises Forbidden, NotFound.
    """
    incident = read_incident(services, principal, realm, ident)
    with services.engine.connect() as conn:
        rule = rule_for(incident.class_code, db.nearness(conn))
        if rule is None:
            return []
        at = (incident.lon, incident.lat, incident.reported_at)
        near = db.near_incidents(conn, realm, Scope.of(principal), ident, at, rule)
    known = services.reference.classes()
    others = [(incident_of(doc), metres) for doc, metres in near]
    alike = compare(_told(incident, known), [(_told(one, known), metres) for one, metres in others], rule)
    return _answered(alike, [one for one, _ in others])


def _told(incident: Incident, known: dict[str, IncidentClass]) -> Told:
    kind = known.get(incident.class_code)
    said = f"{incident.title}{incident.text}{incident.address}"
    group = kind.class_group if kind else ""
    return Told(incident.id, incident.class_code, group, incident.reported_at, said)


def _answered(alike: Sequence[Likeness], others: Sequence[Incident]) -> list[dict[str, Any]]:
    by_id = {one.id: one for one in others}
    return [{**asdict(one), **_named(by_id[one.id])} for one in alike]


def _named(incident: Incident) -> dict[str, Any]:
    return {
        "number": incident.number, "title": incident.title, "text": incident.text, "status": incident.status,
        "class": incident.class_code, "address": incident.address, "channel": incident.channel,
        "reported_at": incident.reported_at.isoformat(), "lon": incident.lon, "lat": incident.lat,
    }  # fmt: skip
