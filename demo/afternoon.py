"""A seeded afternoon in the demo city, for pictures: hours of ordinary work, then one grave fire.

The realm's clock is turned forward to noon and run fast while the calls of the hours are answered; then it
runs at its own pace again, so that what is on the way goes on moving while somebody looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import httpx
from shapely.geometry import shape

from actions.realms import set_clock
from actions.services import Services
from core.clock import RealmClock
from demo.caller import Call, Spot
from demo.client import Client
from demo.simulate import Simulation, is_named_line, simulate, spot_of

REALM = "live"
BEGINS = time(13, 5)
SPEED = 30.0
RATE_A_MIN, SETTLE_MIN = 6.0, 4.0
LONGEST_LOOK_MIN = 30.0
HEADLINE_UNITS = 5
UNDER_WAY_PATIENCE_S = 240.0


@dataclass(frozen=True)
class Place:
    """Where the afternoon is lived: the server, a token with all verbs, and the parts behind its verbs; how
    many minutes of it pass before the fire; how fast time runs while it burns."""

    url: str
    token: str
    services: Services
    seed: int = 1
    minutes: float = 70.0
    pace: float = 1.0


async def live_through(place: Place) -> None:
    """The ordinary hours, at SPEED; the clock then runs at the place's pace. Some incidents stay open."""
    start = _next(BEGINS, place.services)
    _turn(place.services, start, SPEED)
    ordinary = Simulation(RATE_A_MIN, place.minutes, place.seed, SPEED, REALM, SETTLE_MIN)
    await simulate(place.url, place.token, ordinary)
    _turn(place.services, place.services.now_in(REALM), place.pace)


def _next(at: time, services: Services) -> datetime:
    """The next time it is so late in the city, an hour from now at least: clocks only go forward."""
    now = services.now().astimezone(services.zone)
    today = datetime.combine(now.date(), at, services.zone)
    return today if today > now + timedelta(hours=1) else today + timedelta(days=1)


def _turn(services: Services, realm_time: datetime, rate: float) -> None:
    set_clock(services, REALM, RealmClock(services.now(), realm_time, rate))


@asynccontextmanager
async def headline(place: Place) -> AsyncIterator[str]:
    """A high-rise fire in the heart of the city: its id, once its units drive. Ordinary calls go on coming,
    and everything moves, while the block lasts."""
    async with httpx.AsyncClient(base_url=place.url, timeout=15.0) as http:
        client = Client(http, place.token, REALM)
        fire = _fire(await _heart(client))
        going_on = Simulation(RATE_A_MIN, LONGEST_LOOK_MIN, place.seed + 1, place.pace, REALM, 0.0, (fire,))
        stop = asyncio.Event()
        living = asyncio.create_task(simulate(place.url, place.token, going_on, stop))
        try:
            yield await asyncio.wait_for(_under_way(client, fire), UNDER_WAY_PATIENCE_S)
        finally:
            stop.set()
            await living


async def _heart(client: Client) -> Spot:
    """A named street in the first community: codes run from the heart of the city outwards."""
    community = (await client.get("/layers/grids/items", tier=2, limit=1))["features"][0]
    west, south, east, north = shape(community["geometry"]).bounds
    roads = await client.get("/layers/roads/items", bbox=f"{west},{south},{east},{north}", limit=500)
    spots = [spot_of(road) for road in roads["features"] if is_named_line(road)]
    return max(spots, key=lambda spot: (len(spot.points), spot.road))


def _fire(spot: Spot) -> Call:
    road, (lon, lat) = spot.road, spot.points[len(spot.points) // 2]
    body = {
        "class": "21100", "severity": 1, "channel": "119", "location": {"lon": lon, "lat": lat},
        "text": f"{road}高层住宅十二楼冒浓烟，有人在窗口呼救，楼内疏散中", "address": f"{road} 118 号",
        "reporter": {"name": "陈女士", "phone": "13800002207"},
    }  # fmt: skip
    return Call(0, 0.0, body, ("fire", "medical", "police"), HEADLINE_UNITS, refused=False, seed="headline")


async def _under_way(client: Client, fire: Call) -> str:
    """The fire's id once most of its units drive."""
    while True:
        board = (await client.get("/state"))["upsert"]
        burning = {
            i["id"] for i in board.get("incidents", []) if i["properties"]["text"] == fire.body["text"]
        }
        links = [link["properties"] for link in board.get("links", [])]
        driving = [link for link in links if link["incident"] in burning and link["status"] == "enroute"]
        if len(driving) >= fire.units - 1:
            return str(burning.pop())
        await asyncio.sleep(1.0)
