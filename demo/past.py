"""What the demo city has been through: two months of incidents, worked through, out of a file.

All of them ended more than a day ago, so that no screen shows them as new: they are there for reports and
for search.
"""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import shapely

from actions.imports import ImportReport
from actions.services import Services
from actions.whereabouts import describe_points
from core.classes import IncidentClass
from core.clock import SHELVE_AFTER, day_of
from core.duties import DutyList
from core.periods import midnight
from core.permissions import Principal
from db.places import PlaceOfPoint
from demo.caller import Call, Caller, Spot
from demo.city import City
from demo.feature import Feature
from demo.load import imported
from demo.write import write_layer

DAYS = 60
"""Two months, so that the last thirty days have what to be compared with."""
A_DAY, LEAST_A_DAY = 18, 1
"""How many a day in a city of scale 1, and in the smallest."""
_BY_WEEKDAY = (1.25, 1.1, 1.0, 1.0, 1.05, 0.8, 0.75)
_STORM, _STORM_DAY = 1.8, 11
"""Once the wind blew: so much more, so many days ago."""
_BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 7, 9, 9, 8, 7, 6, 7, 8, 8, 8, 9, 9, 9, 8, 7, 5, 3)
_RATED, _RATINGS = 0.6, (0.05, 0.15, 0.8)
"""What part of the reporters answered, and how: not content, fairly, content."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long each step takes: its median in minutes, and how far the tenth slowest are above it."""

    steps: tuple[tuple[str, float, float], ...]


EMERGENCY = Pace((
    ("accepted_at", 0.22, 1.6), ("dispatched_at", 0.2, 1.8), ("acknowledged_at", 0.6, 2.0),
    ("arrived_at", 2.7, 1.5), ("handled_at", 38.0, 2.5), ("replied_at", 6.0, 2.0), ("verified_at", 12.0, 2.5),
    ("closed_at", 10.0, 3.0),
))  # fmt: skip
ORDINARY = Pace((
    ("accepted_at", 8.0, 2.2), ("dispatched_at", 10.0, 2.0), ("acknowledged_at", 15.0, 3.0),
    ("arrived_at", 80.0, 2.6), ("handled_at", 620.0, 6.0), ("replied_at", 50.0, 3.0),
    ("verified_at", 240.0, 4.0), ("closed_at", 90.0, 4.0),
))  # fmt: skip
_TENTH_SLOWEST = 1.2816
"""Of a normal distribution the ninth decile, in standard deviations."""
_LEVELS = {True: (0, 5, 25, 30, 40), False: (52, 22, 13, 8, 5)}
"""Who answered for emergencies (True) and for others, of a hundred: grid, community, town, a department of
the county, one of the city."""


def live_through(services: Services, principal: Principal, city: City) -> ImportReport:
    """Import the two months before now. Raises Forbidden, DemoNotLoaded."""
    with tempfile.TemporaryDirectory(prefix="yunyu-") as folder:
        path = write_layer(tuple(make_past(services, city)), Path(folder) / "incidents.geojson")
        return imported(services, principal, "incidents", path)


def make_past(services: Services, city: City) -> Iterator[Feature]:
    """Rows of a file, by when they were reported; the same on each day for the same city."""
    draw, now = random.Random(f"past-{city.seed}"), services.now_in("live")
    classes, duties = services.reference.classes(), services.reference.duties()
    groups = [{"code": one.code, "group": one.class_group} for one in classes.values()]
    caller = Caller(city.seed, 1.0, groups, _spots(city))
    calls = [
        (caller.draw(), begun)
        for begun in _begun(day_of(now, services.zone), services.zone, city.scale, draw)
    ]
    points = [(call.body["location"]["lon"], call.body["location"]["lat"]) for call, _ in calls]
    with services.engine.connect() as conn:
        where = describe_points(conn, points)
    for (call, begun), point, place in zip(calls, points, where, strict=True):
        kind = classes[call.body["class"]]
        told = _worked_through(begun, EMERGENCY if kind.emergency else ORDINARY, draw)
        if place.area and told["closed_at"] < now - SHELVE_AFTER:
            props = {**_said(call), **_owner(kind, place, duties, draw), **_rated(told, now, draw)}
            yield Feature({**props, "occurred_at": begun, **told}, shapely.Point(point))


def _spots(city: City) -> list[Spot]:
    """The roads that have names."""
    named = [road for road in city.rows("roads") if road.props["name"]]
    return [
        Spot(road.props["name"], tuple(map(tuple, shapely.get_coordinates(road.geom).tolist())))
        for road in named
    ]


def _begun(today: date, zone: ZoneInfo, scale: float, draw: random.Random) -> Iterator[datetime]:
    """When something was reported, day by day until yesterday."""
    for ago in range(DAYS, 0, -1):
        day = today - timedelta(days=ago)
        much = max(A_DAY * scale, LEAST_A_DAY) * _BY_WEEKDAY[day.weekday()]
        number = round(much * draw.uniform(0.85, 1.15) * (_STORM if ago == _STORM_DAY else 1.0))
        hours = draw.choices(range(24), _BY_HOUR, k=number)
        first = midnight(day, zone)
        yield from sorted(first + timedelta(hours=hour, seconds=draw.randrange(3600)) for hour in hours)


def _worked_through(begun: datetime, pace: Pace, draw: random.Random) -> dict[str, datetime]:
    """Each step follows the one before."""
    told: dict[str, datetime] = {}
    at = begun
    for name, median, slowest in pace.steps:
        spread = math.log(slowest) / _TENTH_SLOWEST
        at += timedelta(seconds=round(60 * median * math.exp(draw.gauss(0.0, spread))))
        told[name] = at
    return told


def _said(call: Call) -> dict[str, object]:
    given = {name: call.body[name] for name in ("class", "severity", "text", "address", "channel")}
    return {**given, "source_id": f"示例{call.number:06}", "reply": "已处置并告知报告人。"}


def _owner(kind: IncidentClass, place: PlaceOfPoint, duties: DutyList, draw: random.Random) -> dict[str, str]:
    area = str(place.area)
    departments = duties.responsible(kind.code, area)
    dept = departments[0] if departments else ""
    own = [f"@{place.grid}", f"@{area}", f"@{area[:9]}", f"{dept}@{area[:6]}", f"{dept}@"]
    return {"owner": draw.choices(own, _LEVELS[kind.emergency])[0]}


def _rated(told: dict[str, datetime], now: datetime, draw: random.Random) -> dict[str, object]:
    at = told["closed_at"] + timedelta(minutes=draw.randrange(60, 2880))
    if draw.random() > _RATED or at > now:
        return {}
    return {"rating": draw.choices((1, 2, 3), _RATINGS)[0], "rated_at": at}
