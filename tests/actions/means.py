"""A city that has what a plan asks for: rescue crews, water in two stores, shelters, roads and a broadcast
point around the middle of town A; and a plan that asks for all of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson
import shapely
from sqlalchemy import text

from actions import linkage, linkage_reading, plans, units
from actions.linkage_commands import ActivateCommand, Gap
from actions.plans import ApproveCommand
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import SYSTEM, Principal
from db import places_write
from tests.cast import AREA_A, AREA_B, IN_A, IN_B, LEADER, unit_body
from tests.core.test_plans import plan
from tests.parts import renewed, stores_with

SECOND = Principal("u8", "sun", "leader", seat="desk-8")
WATER = "1010101"
NEAR, FURTHER = (IN_A[0] + 0.005, IN_A[1]), (IN_A[0] - 0.008, IN_A[1])

NEEDS = {
    "pump": [{"kind": "item", "what": WATER, "number": 120}],
    "save": [{"kind": "unit", "what": "rescue", "number": 2}, {"kind": "item", "what": WATER, "number": 30}],
}
PARTS: dict[str, Any] = {
    "shelters": [{"code": "roof", "phase": "drain", "radius_m": 3000, "persons": 500, "from_level": 2}],
    "cordons": [{"code": "ring", "phase": "drain", "radius_m": 300, "reason": "内涝封控"}],
    "broadcasts": [
        {"code": "say", "phase": "drain", "points": "village", "radius_m": 2000, "text": "请转移到高处。",
         "text_en": "Move to higher ground."}
    ],
}  # fmt: skip

_PLACE = text(
    "INSERT INTO place (kind, code, name, area, geom, props, version) VALUES (:kind, :code, :name, :area, "
    "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), CAST(:props AS jsonb), 1)"
)


def put_place(
    city: Services, kind: str, code: str, at: tuple[float, float], area: str = AREA_A, **props: Any
) -> None:
    row = {"kind": kind, "code": code, "name": code, "area": area, "lon": at[0], "lat": at[1]}
    with city.engine.begin() as conn:
        conn.execute(_PLACE, {**row, "props": orjson.dumps(props).decode()})


def crew(city: Services, code: str, at: tuple[float, float], **changed: Any) -> None:
    values = {"unit_kind": "fire", "skills": ("rescue",), "lon": at[0], "lat": at[1], **changed}
    units.register(city, Call(SYSTEM), [(code, AREA_A, unit_body(code, area=AREA_A, **values))])


def furnish(city: Services, water: tuple[float, ...] = (100.0, 100.0)) -> list[str]:
    """Crews R1, R2 (near) and R3; shelters B1 (300 places, near) and B2 (400); the ids of the lots."""
    for code, at in (("R1", NEAR), ("R2", FURTHER), ("R3", IN_B)):
        crew(city, code, at)
    put_place(city, "shelters", "B1", NEAR, capacity=300, **{"class": "III"})
    put_place(city, "shelters", "B2", FURTHER, capacity=400, **{"class": "III"})
    put_place(city, "shelters", "FAR", (IN_B[0] + 0.5, IN_B[1]), AREA_B, capacity=9000, **{"class": "I"})
    put_place(city, "broadcasts", "GB1", NEAR, level="村", reach_m=500)
    lay(city)
    return stores_with(city, *water)


def lay(city: Services) -> None:
    """A road through the middle of town A in short parts, east and west of it."""
    ends = [(IN_A[0] - 0.01 + 0.002 * n, IN_A[1]) for n in range(13)]
    values = {"class": "primary", "oneway": False, "speed_kmh": 36.0, "props": {}}
    rows = [
        {**values, "name": f"东门路{n}", "geom": shapely.LineString(part)}
        for n, part in enumerate(pairwise(ends))
    ]
    with city.engine.begin() as conn:
        places_write.replace_roads(conn, rows)
    renewed(city, "roads")


def in_force(city: Services, code: str = "ponding", **changed: Any) -> None:
    tasks = [one.model_dump(mode="json") | {"needs": NEEDS.get(one.code, [])} for one in plan().tasks]
    given = plans.draft(city, Call(LEADER), plan(**{"tasks": tasks, **PARTS, "code": code, **changed}))
    assert given["faults"] == []
    plans.approve(city, Call(SECOND), code, ApproveCommand(version=given["version"]))


def seen(city: Services, incident: str, level: int = 2, by: Principal = LEADER) -> dict[str, Any]:
    return linkage_reading.preview(city, by, "live", incident, "ponding", level)


def click(
    city: Services, incident: str, level: int = 2, accept: Any = (), by: Principal = LEADER
) -> dict[str, Any]:
    gaps = tuple(Gap.model_validate(one) for one in accept)
    command = ActivateCommand(incident=incident, level=level, accept_shortfalls=gaps)
    return linkage.activate(city, Call(by), "ponding", command)
