"""A living city through the public API: calls come in, officers answer, units drive, loops are closed.

`rate`, `minutes` and all waits are simulated time; `speed` is how many simulated seconds pass a second.
Calls come for `minutes`; what has begun is then finished, for at most `settle_min` more.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import httpx
from shapely.geometry import shape

from core.errors import InvalidInput
from demo import loudspeakers, readings
from demo.caller import MORNING, Call, Caller, Spot
from demo.client import ApiRefusal, Client, Denied
from demo.driver import Fleet
from demo.officer import Officer, Room

_POSITIONS_EVERY_S = 1.0
_QUARTERS, _ROADS_A_QUARTER, _COMMUNITIES_MOST = 40, 400, 2000


@dataclass(frozen=True)
class Simulation:
    """What to simulate: calls a minute, for how many minutes, from which seed, how fast, in which realm."""

    rate: float = 6.0
    minutes: float = 10.0
    seed: int = 1
    speed: float = 1.0
    realm: str = "live"
    settle_min: float = 15.0
    first: tuple[Call, ...] = ()
    """Calls that come at once, before those that are drawn."""
    start: datetime = MORNING
    """Local time at which the calls begin: the hour and the weekday say how many of which class there are."""

    def __post_init__(self) -> None:
        """Raises InvalidInput naming the figure that cannot be."""
        for name, least in (("rate", 1e-6), ("minutes", 0.0), ("speed", 1e-6), ("settle_min", 0.0)):
            if not least <= getattr(self, name) < 1e6:
                raise InvalidInput(pointer=name, detail=f"{getattr(self, name)}")


@dataclass
class Summary:
    """What happened. `refused` counts refusals by code; `open` are incidents begun and not finished."""

    calls: int = 0
    reported: int = 0
    rejected: int = 0
    dispatches: int = 0
    arrivals: int = 0
    closed: int = 0
    rated: int = 0
    responses: int = 0
    tasks: int = 0
    reports: int = 0
    open: int = 0
    positions: int = 0
    positions_lost: int = 0
    retries: int = 0
    seconds: float = 0.0
    stopped: bool = False
    refused: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the command line."""
        return asdict(self)


def run(base_url: str, token: str, simulation: Simulation) -> Summary:
    """Simulate until done or Ctrl-C; both end with the summary. Raises Denied for a token that may not."""
    return asyncio.run(_until_signal(base_url, token, simulation))


async def _until_signal(base_url: str, token: str, simulation: Simulation) -> Summary:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(number, stop.set)
    return await simulate(base_url, token, simulation, stop)


async def simulate(
    base_url: str, token: str, simulation: Simulation, stop: asyncio.Event | None = None
) -> Summary:
    """Simulate until done or `stop` is set. Raises Denied."""
    stop = stop or asyncio.Event()
    started = time.monotonic()
    async with httpx.AsyncClient(base_url=base_url, timeout=15.0) as http:
        client = Client(http, token, simulation.realm)
        summary = Summary()
        work = asyncio.create_task(_city(client, simulation, summary))
        halt = asyncio.create_task(stop.wait())
        await asyncio.wait({work, halt}, return_when=asyncio.FIRST_COMPLETED)
        summary.stopped = not work.done()
        await _cancelled(work, halt)
        summary.retries, summary.seconds = client.retries, round(time.monotonic() - started, 2)
        summary.open = summary.reported - summary.closed - summary.rejected
        return summary


async def _cancelled(work: asyncio.Task[None], halt: asyncio.Task[Any]) -> None:
    """End both tasks; an error of the work comes out here."""
    halt.cancel()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def _city(client: Client, simulation: Simulation, summary: Summary) -> None:
    classes = (await client.get("/classes"))["items"]
    tallies: Counter[str] = Counter()
    async with _open_room(client, simulation.speed, simulation.seed, summary) as room:
        homes = [room.fleet.where(unit) for unit in room.kinds]
        spots = await _spots(client, simulation.seed) or [Spot("辖区", (home,)) for home in homes]
        if not spots:
            raise ValueError("no roads and no units: nothing to simulate")
        caller = Caller(
            simulation.seed, simulation.rate, classes, spots, simulation.start, max(simulation.minutes, 1.0)
        )
        try:
            await _answer_calls(caller, room, simulation, summary, tallies)
        finally:
            _sum_up(summary, tallies)


@asynccontextmanager
async def _open_room(client: Client, speed: float, seed: int, summary: Summary) -> AsyncIterator[Room]:
    """A room with all the realm's units where they are now, that tells the server where they drive."""
    units = (await client.get("/units"))["items"]
    places = {str(u["id"]): _point(u) for u in units}
    fleet = Fleet(places, speed, asyncio.get_running_loop().time)
    telling = asyncio.create_task(_tell_positions(client, fleet, summary, max(speed, 1.0)))
    sensing = asyncio.create_task(readings.tell(client, seed, speed))
    speaking = asyncio.create_task(loudspeakers.report(client, seed, speed))
    try:
        yield Room(client, fleet, speed, {str(u["id"]): str(u["kind"]) for u in units})
    finally:
        telling.cancel()
        sensing.cancel()
        speaking.cancel()


def _point(unit: dict[str, Any]) -> tuple[float, float]:
    """Where a unit is, or is based."""
    position = unit.get("position") or {}
    if "lon" in position:
        return float(position["lon"]), float(position["lat"])
    lon, lat = unit["home"]
    return float(lon), float(lat)


async def _spots(client: Client, seed: int) -> list[Spot]:
    """Named roads in some of the communities, drawn by how many live there: each community weighs the same.
    None if the server has no such layers."""
    try:
        asked = await client.get("/layers/grids/items", tier=2, limit=_COMMUNITIES_MOST)
        homes = [one for one in asked["features"] if one["properties"].get("population")]
        people = [float(one["properties"]["population"]) for one in homes]
        rng = random.Random(f"quarters-{seed}")
        drawn = rng.choices(homes, people, k=_QUARTERS) if homes else []
        times = Counter(str(one["id"]) for one in drawn)
        quarters = {str(one["id"]): one for one in drawn}
        return [spot for ident, one in quarters.items() for spot in await _roads(client, one, times[ident])]
    except (ApiRefusal, LookupError):
        return []


async def _roads(client: Client, community: dict[str, Any], times: int) -> list[Spot]:
    """The named roads of a community's box, which together are called from as often as it was drawn."""
    bbox = ",".join(f"{edge:.6f}" for edge in shape(community["geometry"]).bounds)
    asked = await client.get("/layers/roads/items", bbox=bbox, limit=_ROADS_A_QUARTER)
    spots = [spot_of(road) for road in asked["features"] if is_named_line(road)]
    return [replace(spot, weight=times / len(spots)) for spot in spots]


def is_named_line(road: dict[str, Any]) -> bool:
    """Whether a road's feature may be a Spot."""
    return bool(road["properties"].get("name")) and road["geometry"]["type"] == "LineString"


def spot_of(road: dict[str, Any]) -> Spot:
    """A road's feature as a place where something may happen."""
    line = tuple((p[0], p[1]) for p in road["geometry"]["coordinates"])
    return Spot(str(road["properties"]["name"]), line)


async def _tell_positions(client: Client, fleet: Fleet, summary: Summary, pace: float) -> None:
    while True:
        rows = fleet.report()
        if rows:
            if await client.put_once("/units/positions", rows, pace=pace):
                summary.positions += len(rows)
            else:
                summary.positions_lost += len(rows)
        await asyncio.sleep(_POSITIONS_EVERY_S)


async def _answer_calls(
    caller: Caller, room: Room, simulation: Simulation, summary: Summary, tallies: Counter[str]
) -> None:
    """One task a call. Raises Denied as soon as one of them meets it."""
    longest_s = (simulation.minutes + simulation.settle_min) * 60.0 / simulation.speed
    # What has not settled by then stays open: `open` says how many.
    with contextlib.suppress(TimeoutError):
        try:
            async with asyncio.timeout(longest_s), asyncio.TaskGroup() as answering:
                await _take_calls(caller, room, simulation, summary, tallies, answering)
        except* Denied as denied:
            raise denied.exceptions[0] from None


async def _take_calls(
    caller: Caller,
    room: Room,
    simulation: Simulation,
    summary: Summary,
    tallies: Counter[str],
    answering: asyncio.TaskGroup,
) -> None:
    run_id = f"sim-{simulation.seed}-{time.time_ns():x}"
    left = simulation.minutes * 60.0

    def answer(call: Call) -> None:
        summary.calls += 1
        answering.create_task(Officer(room, call, f"{run_id}-{call.number}", tallies).answer())

    for call in simulation.first:
        answer(call)
    while (call := caller.draw()).after_s <= left:
        left -= call.after_s
        await asyncio.sleep(call.after_s / simulation.speed)
        answer(call)


def _sum_up(summary: Summary, tallies: Counter[str]) -> None:
    counted = (
        "reported",
        "rejected",
        "dispatches",
        "arrivals",
        "closed",
        "rated",
        "responses",
        "tasks",
        "reports",
    )
    for name in counted:
        setattr(summary, name, tallies.pop(name, 0))
    summary.refused = dict(tallies)
