"""One fixed cast of people, places and units, as plain builders, for every test.

The city is two towns side by side, a square each, 0.02° wide: 东门 (A, west) and 西门 (B, east). Each has one
community, which is one base grid. The border is the meridian 118.12.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

import core.events as e
import core.events_roads as r
import core.events_stock as s
from core.envelope import Body, Draft, Event
from core.permissions import API_VERBS, Principal

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""09:00 on a Monday in the city (Asia/Shanghai)."""

TOWN_A, TOWN_B = "990101001", "990101002"
AREA_A, AREA_B = TOWN_A + "001", TOWN_B + "001"
GRID_A, GRID_B = AREA_A + "001", AREA_B + "001"
AREAS = ("", AREA_A, AREA_B, "990102001001")
SCOPES = ("", "9901", "990101", TOWN_A, TOWN_B, AREA_A, AREA_B, "990102", "77")

BOUNDS = (118.10, 24.48, 118.14, 24.50)
IN_A, IN_B, AT_SEA = (118.11, 24.49), (118.13, 24.49), (119.5, 24.49)

OFFICER = Principal("u1", "wang", "officer", seat="desk-1")
SECOND_OFFICER = Principal("u2", "li", "officer", seat="desk-2")
LEADER = Principal("u3", "zhao", "leader", seat="desk-3")
OFFICER_A = Principal("u4", "chen", "officer", area=TOWN_A, seat="town-a")
VIEWER = Principal("u5", "lin", "viewer")
SYSTEM_A = Principal("t1", "importer", "api", kind="api", verbs=API_VERBS)

FIRE, LITTER = "21000", "51010"
"""An emergency and an ordinary class, as shipped in db/data/classes.csv."""

UNITS = {
    "F1": ("消防一队", "fire", AREA_A, (118.105, 24.485), True),
    "F2": ("消防二队", "fire", AREA_B, (118.135, 24.495), True),
    "P1": ("巡防一队", "patrol", AREA_A, (118.115, 24.495), True),
    "P2": ("巡防二队", "patrol", AREA_B, (118.125, 24.485), True),
    "M1": ("急救一组", "medical", AREA_A, (118.108, 24.492), True),
    "OFF": ("轮休队", "patrol", AREA_A, (118.109, 24.491), False),
}


def unit_body(code: str = "F1", **changed: object) -> e.UnitRegistered:
    name, kind, area, (lon, lat), on_duty = UNITS.get(code, (code, "patrol", AREA_A, IN_A, True))
    values = {"name": name, "unit_kind": kind, "area": area, "lon": lon, "lat": lat, "on_duty": on_duty}
    rest = {"skills": (), "crew": 5, "vehicle": None}
    return e.UnitRegistered.model_validate({**values, **rest, **changed})


def registrations(*codes: str) -> list[tuple[str, str, e.UnitRegistered]]:
    bodies = {code: unit_body(code) for code in codes or UNITS}
    return [(code, body.area, body) for code, body in bodies.items()]


def due(step: str = "dispatch", after_s: float = 60, at: datetime = START) -> e.Due:
    return e.Due(step=step, due_at=at + timedelta(seconds=after_s), total_s=after_s)


def reported(ident: str = "I1", area: str = AREA_A, **changed: object) -> e.IncidentReported:
    lon, lat = IN_B if area == AREA_B else IN_A
    values = {
        "number": f"20260302-{ident}", "class_code": FIRE, "title": "火情", "text": "楼道冒烟", "severity": 2,
        "lon": lon, "lat": lat, "address": "东门路1号", "area": area, "grid": area and area + "001",
        "place": "东门", "channel": "110", "source_id": None, "reporter": None, "due": due(),
    }  # fmt: skip
    return e.IncidentReported.model_validate({**values, **changed})


def dispatched(unit: str, assignment: str, **changed: object) -> e.UnitDispatched:
    values = {
        "assignment": assignment, "unit": unit, "unit_name": unit, "eta_s": 120.0, "distance_m": 900.0,
        "route": (IN_A, (118.112, 24.491)), "override_reason": None, "due": due("arrive", 300),
    }  # fmt: skip
    return e.UnitDispatched.model_validate({**values, **changed})


def road_closed(name: str = "东门路", **changed: object) -> r.RoadClosed:
    values = {
        "name": name,
        "road_class": "primary",
        "reason": "路面塌陷",
        "until": None,
        "line": (IN_A, IN_B),
    }
    return r.RoadClosed.model_validate({**values, **changed})


def received(store: str = "S1", **changed: object) -> s.LotReceived:
    values = {"store": store, "item": "1010101", "name": "瓶装饮用水", "unit": "箱", "expiry": None}
    return s.LotReceived.model_validate({**values, "minimum": 0.0, "quantity": 100.0, **changed})


def draft(body: Body, subject: str, area: str = AREA_A, at: datetime = START) -> Draft:
    return Draft(body, subject, area, at)


def event(seq: int, subject: str, body: Body, at: datetime | None = None, area: str = AREA_A) -> Event:
    """A fact as if it stood in the log; a second passes between two positions."""
    when = at or START + timedelta(seconds=seq)
    return Event("live", seq, body.VERSION, subject, area, when, when, "wang", "desk-1", None, body)


def story(*told: tuple[str, Body]) -> list[Event]:
    """Facts one after another: (subject, body) each."""
    return [event(seq, subject, body) for seq, (subject, body) in enumerate(told, start=1)]


_GRID = text(
    "INSERT INTO grid (code, tier, name, parent, geom, version) VALUES "
    "(:code, :tier, :name, :parent, ST_Multi(ST_MakeEnvelope(:w, :s, :e, :n, 4326)), 1)"
)


def build_city(conn: Connection) -> None:
    """The two towns, in the `grid` table."""
    west, south, east, north = BOUNDS
    middle = (west + east) / 2
    for town, name, w, e_ in ((TOWN_A, "东门", west, middle), (TOWN_B, "西门", middle, east)):
        tiers = ((1, town, None), (2, town + "001", town), (3, town + "001001", town + "001"))
        for tier, code, parent in tiers:
            box = {"w": w, "s": south, "e": e_, "n": north}
            conn.execute(
                _GRID, {"code": code, "tier": tier, "name": f"{name}{tier}", "parent": parent, **box}
            )


_STORE = text(
    "INSERT INTO place (kind, code, name, area, geom, version) VALUES "
    "('stores', :code, :name, :area, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 1)"
)


def build_stores(conn: Connection, codes: list[str]) -> None:
    """Stores (储备库) in town A and B by turns."""
    for n, code in enumerate(codes):
        area, (lon, lat) = ((AREA_A, IN_A), (AREA_B, IN_B))[n % 2]
        conn.execute(_STORE, {"code": code, "name": f"{code}库", "area": area, "lon": lon, "lat": lat})
