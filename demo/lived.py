"""What pictures need besides an afternoon: a response (联动) that runs, and a drill that machines play."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx

from demo.afternoon import REALM, Place
from demo.client import Client

PLAN, LEVEL, COMMANDER, WALL = "highrise_fire", 2, "林志远", "main"
DRILL, RATE = "highrise_fire", 60.0
ACKNOWLEDGED, DONE = 9, 4
"""How many tasks of the response are acknowledged, and how many of them done."""
RADIUS_DEG = 0.0045
UNDER_WAY_MIN, PATIENCE_S = 42.0, 300.0


async def _nothing_more(_place: Place, _known: Mapping[str, str]) -> Mapping[str, str]:
    return {}


async def _response(place: Place, known: Mapping[str, str]) -> Mapping[str, str]:
    return {"linkage": await respond(place, known["incident"])}


async def _drill(place: Place, _known: Mapping[str, str]) -> Mapping[str, str]:
    return {"drill": await exercise(place)}


async def _drilled(place: Place, known: Mapping[str, str]) -> Mapping[str, str]:
    await finish(place, known["drill"])
    return {}


Stage = Callable[[Place, Mapping[str, str]], Awaitable[Mapping[str, str]]]
STAGES: Mapping[str, Stage] = {
    "afternoon": _nothing_more, "response": _response, "drill": _drill, "drilled": _drilled,
}  # fmt: skip
"""What is lived through before pictures of a stage, in this order; given and giving ids by name."""


@asynccontextmanager
async def _client(place: Place) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=place.url, timeout=30.0) as http:
        yield Client(http, place.token, REALM)


async def respond(place: Place, incident: str) -> str:
    """Activate the plan for this incident, draw its hazard area, set some departments to work, and put it on
    the wall: the linkage's id."""
    async with _client(place) as client:
        preview = await client.get(f"/incidents/{incident}/plans/{PLAN}/preview", level=LEVEL)
        wanted = {
            "incident": incident, "level": LEVEL, "commander": COMMANDER,
            "accept_shortfalls": preview["shortfalls"],
        }  # fmt: skip
        given = await client.post(f"/plans/{PLAN}/activate", wanted, "pictures-activate")
        linkage = str(given["linkage"])
        board = (await client.get("/state"))["upsert"]
        fire = next(one for one in board["incidents"] if one["id"] == incident)
        area = {"shape": "circle", "ring": _circle(*fire["geometry"]["coordinates"][:2])}
        await client.post(f"/linkages/{linkage}/zone", area, "pictures-zone")
        tasks = (await client.get(f"/linkages/{linkage}"))["tasks"]
        for number, task in enumerate(tasks[:ACKNOWLEDGED]):
            path = f"/linkages/{linkage}/tasks/{task['id']}"
            await client.post(f"{path}/ack", {}, f"pictures-ack-{number}")
            if number < DONE:
                await client.post(f"{path}/done", {"text": "已完成"}, f"pictures-done-{number}")
        shown = {"scene": "linkage", "linkage": linkage, "incident": incident}
        await client.post(f"/walls/{WALL}/scene", shown, "pictures-scene")
    return linkage


def _circle(lon: float, lat: float) -> list[list[float]]:
    """A closed ring of degrees about a place."""
    wide = RADIUS_DEG / math.cos(math.radians(lat))
    turns = [2 * math.pi * part / 24 for part in range(24)]
    ring = [[lon + wide * math.cos(turn), lat + RADIUS_DEG * math.sin(turn)] for turn in turns]
    return [*ring, ring[0]]


async def exercise(place: Place) -> str:
    """A shipped drill, played by machines and well under way: its id."""
    async with _client(place) as client:
        await client.post(f"/walls/{WALL}/scene", {"scene": "overview"}, "pictures-overview")
        drill = str((await client.post("/drills", {"script_code": DRILL}, "pictures-open"))["drill"])
        await client.post(f"/drills/{drill}/start", {"rate": RATE}, "pictures-start")
        await _until(client, drill, UNDER_WAY_MIN)
    return drill


async def finish(place: Place, drill: str) -> None:
    """Let the drill come to the end of its script, and end it."""
    async with _client(place) as client:
        minutes = (await client.get(f"/drills/{drill}"))["script"]["minutes"]
        await _until(client, drill, minutes)
        await client.post(f"/drills/{drill}/stop", {}, "pictures-stop")


async def _until(client: Client, drill: str, minutes: float) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while _minutes(await client.get(f"/drills/{drill}")) < minutes:
            await asyncio.sleep(1.0)


def _minutes(drill: dict[str, Any]) -> float:
    """How long it has run, on its own clock."""
    now, began = (datetime.fromisoformat(drill[name]) for name in ("now", "started_at"))
    return (now - began) / timedelta(minutes=1)
