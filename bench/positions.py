"""positions: 5,000 units tell every 5 s where they are, two walls look on; what it costs and how late it is.

Fixes come as a gateway sends them: one batch a second, each with a share of the units, on their way through
the city at what their kind drives. The walls are readers of the stream as walls are. The floor of the
processor's time is to read the same bodies and write the same frames, and nothing else; that of the latency
is one message of a frame's size through Redis.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import redis
from websockets.sync.client import ClientConnection, connect

import core.events as e
from actions.unit_of_work import Call
from actions.units import register
from bench.city import City
from bench.cpu import cpu_ms
from bench.crowd import STREAM
from bench.figures import Row, percentile, row, tails
from bench.instance import Target
from core.fixes import DEGREE_M
from core.permissions import SYSTEM
from instance.services import services

NAME = "positions"
UNITS, EVERY_S, SECONDS, WALLS = 5000, 5.0, 60.0, 2
SPEED_MS = 9.0
WARM_S = 5.0
TICK_S = 1.0
_REGISTERED_AT_ONCE = 1000
_CHANNEL = "zhihui:bench:positions"
_AWAY_DEG = 0.01
"""From its home a unit goes no farther."""


@dataclass
class Mover:
    """A unit that goes about its home."""

    unit: str
    home: tuple[float, float]
    lon: float
    lat: float
    heading: float

    def step(self, seconds: float, dice: random.Random) -> None:
        if max(abs(self.lon - self.home[0]), abs(self.lat - self.home[1])) > _AWAY_DEG:
            self.heading = math.atan2(self.home[0] - self.lon, self.home[1] - self.lat)
        self.heading += dice.gauss(0, 0.2)
        way = SPEED_MS * seconds / DEGREE_M
        self.lon += math.sin(self.heading) * way / math.cos(math.radians(self.lat))
        self.lat += math.cos(self.heading) * way

    def fix(self) -> dict[str, Any]:
        heading = round(math.degrees(self.heading) % 360, 1)
        return {
            "unit": self.unit, "lon": round(self.lon, 6), "lat": round(self.lat, 6),
            "at": datetime.now(UTC).isoformat(), "speed": round(SPEED_MS * 3.6, 1), "heading": heading,
        }  # fmt: skip


@dataclass
class Wall:
    """What one reader of the stream saw of fixes from `since_ms` on: frames with positions, bytes, and how
    old each position was, ms."""

    since_ms: float = math.inf

    frames: int = 0
    size: int = 0
    late_ms: list[float] = field(default_factory=list)
    largest: int = 0

    def read(self, socket: ClientConnection, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                message = socket.recv(timeout=0.5, decode=False)
            except TimeoutError:
                continue
            now_ms = time.time() * 1000
            if message.startswith(b'{"positions"'):
                self._add(message, now_ms)

    def _add(self, message: bytes, now_ms: float) -> None:
        late = [now_ms - row[3] for row in orjson.loads(message)["positions"] if row[3] >= self.since_ms]
        if late:
            self.frames, self.size = self.frames + 1, self.size + len(message)
            self.largest = max(self.largest, len(message))
            self.late_ms += late


@dataclass
class Sent:
    """What was sent: bodies, how long each PUT took (ms), and what the server said of it."""

    bodies: list[bytes] = field(default_factory=list)
    put_ms: list[float] = field(default_factory=list)
    accepted: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Run:
    sent: Sent
    walls: list[Wall]
    seconds: float
    cpu_ms_s: float
    idle_ms_s: float
    floor_ms_s: float
    floor_late: list[float]


def bench(
    target: Target, units: int = UNITS, every_s: float = EVERY_S, seconds: float = SECONDS
) -> list[Row]:
    """Two rows: the processor's time, and the latency. Needs an instance of its own: it reads its CPU."""
    run = _run(target, units, every_s, seconds)
    shape = {"units": units, "every_s": every_s, "walls": len(run.walls), "seconds": round(run.seconds, 1)}
    return [_cpu_row(run, shape), _late_row(run, shape)]


def _run(target: Target, units: int, every_s: float, seconds: float) -> Run:
    dice = random.Random("positions")
    with ExitStack() as stack:
        city = stack.enter_context(City(target))
        movers = _movers(target, city, units, dice)
        web = target.web_pid
        assert web is not None
        walls = [Wall() for _ in range(WALLS)]
        stack.enter_context(_reading(target, city.head, walls))
        idle = _spent(web, WARM_S / 2)
        _drive(city, movers, every_s, WARM_S, dice)
        for wall in walls:
            wall.since_ms = time.time() * 1000
        before, start = cpu_ms(web), time.monotonic()
        sent = _drive(city, movers, every_s, seconds, dice)
        spent = time.monotonic() - start
        cpu = (cpu_ms(web) - before) / spent
    frame = max((wall.largest for wall in walls), default=0)
    with redis.Redis.from_url(target.own_settings.redis_url) as client:
        floor_late = _plain(client, frame)
    return Run(sent, walls, spent, cpu, idle, _read_and_write(sent.bodies) / spent, floor_late)


def _movers(target: Target, city: City, units: int, dice: random.Random) -> list[Mover]:
    """So many units of the demo city: those it has, and more like them at the same homes."""
    known = city.get("/api/v1/units")["items"]
    more = [dict(known[n % len(known)], id=f"BENCH{n:05d}") for n in range(units - len(known))]
    with services(target.own_settings) as parts:
        for first in range(0, len(more), _REGISTERED_AT_ONCE):
            batch = more[first : first + _REGISTERED_AT_ONCE]
            register(parts, Call(SYSTEM), [(u["id"], u["area"], _known_as(u)) for u in batch])
    driving = [unit for unit in [*known, *more] if unit["status"] != "off_duty"][:units]
    return [_mover(unit, dice.uniform(0, 2 * math.pi)) for unit in driving]


def _mover(unit: dict[str, Any], heading: float) -> Mover:
    lon, lat = unit["home"]
    return Mover(str(unit["id"]), (lon, lat), lon, lat, heading)


def _known_as(unit: dict[str, Any]) -> e.UnitRegistered:
    lon, lat = unit["home"]
    return e.UnitRegistered(
        name=unit["id"], unit_kind="patrol", area=unit["area"], lon=lon, lat=lat, skills=(), crew=2,
        vehicle=None, on_duty=True,
    )  # fmt: skip


@contextmanager
def _reading(target: Target, after: int, walls: list[Wall]) -> Iterator[None]:
    ended, threads = threading.Event(), []
    headers = {"Authorization": f"Bearer {target.token}"}
    address = target.url.replace("http", "ws", 1) + STREAM + str(after)
    with ExitStack() as stack:
        for wall in walls:
            socket = stack.enter_context(
                connect(address, additional_headers=headers, compression=None, max_size=None)
            )
            threads.append(threading.Thread(target=wall.read, args=(socket, ended), daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()


def _drive(city: City, movers: list[Mover], every_s: float, seconds: float, dice: random.Random) -> Sent:
    """A share of the units each TICK_S, all of them each `every_s`."""
    sent, start = Sent(), time.monotonic()
    ticks = max(1, round(every_s / TICK_S))
    for tick in range(max(1, round(seconds / TICK_S))):
        time.sleep(max(0.0, start + tick * TICK_S - time.monotonic()))
        due = movers[tick % ticks :: ticks]
        for mover in due:
            mover.step(every_s, dice)
        _put(city, sent, [mover.fix() for mover in due])
    return sent


def _put(city: City, sent: Sent, fixes: list[dict[str, Any]]) -> None:
    begun = time.monotonic()
    answer = city.put("/units/positions", fixes)
    sent.put_ms.append((time.monotonic() - begun) * 1000)
    sent.bodies.append(orjson.dumps(fixes))
    sent.accepted += answer["accepted"]
    sent.dropped += sum(answer["dropped"].values())


def _spent(pid: int, seconds: float) -> float:
    """CPU ms a second while nothing happens."""
    before = cpu_ms(pid)
    time.sleep(seconds)
    return (cpu_ms(pid) - before) / seconds


def _read_and_write(bodies: list[bytes]) -> float:
    """CPU ms to read these bodies and to write the rows of each once a wall."""
    begun = time.process_time()
    for body in bodies:
        rows = [list(fix.values()) for fix in orjson.loads(body)]
        for _ in range(WALLS):
            orjson.dumps({"positions": rows})
    return (time.process_time() - begun) * 1000


def _plain(client: redis.Redis, size: int, times: int = 100) -> list[float]:
    """ms that a message of this size takes through Redis."""
    heard: Any = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    heard.subscribe(_CHANNEL)
    while heard.get_message(timeout=1.0) is not None:
        pass
    late = []
    for _ in range(times):
        begun = time.monotonic()
        client.publish(_CHANNEL, b"x" * size)
        while heard.get_message(timeout=1.0) is None:
            pass
        late.append((time.monotonic() - begun) * 1000)
    heard.close()
    return late


# --- the rows --------------------------------------------------------------------------------------------


def _cpu_row(run: Run, shape: dict[str, Any]) -> Row:
    sent = run.sent
    detail = {
        "what": "CPU of the web process; p50-p99: how long a PUT takes, ms; floor: bodies in, frames out",
        **shape,
        "fixes_per_s": round((sent.accepted + sent.dropped) / run.seconds),
        "accepted": sent.accepted,
        "dropped": sent.dropped,
        "idle_ms_per_s": round(run.idle_ms_s, 1),
    }
    return row(f"{NAME}:cpu", "CPU ms/s", run.cpu_ms_s, {"floor": run.floor_ms_s}, sent.put_ms, detail)


def _late_row(run: Run, shape: dict[str, Any]) -> Row:
    late = [ms for wall in run.walls for ms in wall.late_ms]
    detail = {
        "what": "p95 of fix taken → frame read by a wall, two frames a second at most; floor: a message of a"
        " frame's size through Redis",
        **shape,
        "frames_per_s": [round(wall.frames / run.seconds, 2) for wall in run.walls],
        "kb_per_s": [round(wall.size / run.seconds / 1000, 1) for wall in run.walls],
        "seen": [len(wall.late_ms) for wall in run.walls],
        "floor_ms": tails(run.floor_late),
    }
    floor: dict[str, float | None] = {"floor": percentile(run.floor_late, 0.95)}
    return row(f"{NAME}:latency", "ms", percentile(late, 0.95), floor, late, detail)
