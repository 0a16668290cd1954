"""load: a city's hard day. 60,000 incidents from report to close, by 200 officers through the API, with a
burst of 50 reports a second for a minute, deadlines falling due on the way.

The realm's clock runs faster, so that a day passes in `86,400 / speed` seconds and every clock crosses when
it would. A verb is timed from sending to its answer; the floor, in the same run, is one bare INSERT + COMMIT
in the same database. With `past`, so many ended incidents lie behind before anything is searched for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Event, Thread
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from actions.accounts import ALL_VERBS, add_token
from actions.realms import set_clock
from actions.services import Services
from bench import history
from bench.city import City
from bench.figures import Row, percentile, row, tails
from bench.floor import floor
from bench.instance import Target
from bench.memory import held_mb, spent_ms
from bench.rush import SHOWN, Report, Shift
from core.clock import RealmClock
from core.permissions import SYSTEM
from db import log
from db.tables import event
from instance.services import services

NAME = "load"
AIM_MS, SEARCH_AIM_MS = 150.0, 300.0
DAY_S = 86_400.0
LOOK_EVERY_S = 0.25
LOOKS_A_MEMORY = 40
SEED = 1
SEARCHES = 30
_CROSSINGS = ("DeadlineNeared", "DeadlineMissed")


@dataclass(frozen=True, slots=True)
class Size:
    """How hard the day is. In its middle it stands still for `burst_s` seconds, at the pace of real time, of
    `burst_rate` reports a second: what comes besides in a real minute is little."""

    incidents: int = 60_000
    officers: int = 200
    speed: float = 12.0
    burst_rate: float = 50.0
    burst_s: float = 60.0
    past: int = 0


def bench(target: Target, size: Size = Size()) -> list[Row]:
    """A row for all verbs, one for the reports of the burst, and one for searches with a past behind."""
    settings = target.own_settings
    with services(settings) as parts, City(target) as city:
        tokens = [
            add_token(parts, SYSTEM, "api", f"load-{n}", verbs=[ALL_VERBS]).secret
            for n in range(size.officers)
        ]
        free = [unit for unit in city.get("/api/v1/units")["items"] if unit["status"] == "available"]
        shift = Shift(target.url, tokens, [unit["id"] for unit in free])
        day = _day(parts, size, [tuple(unit["home"]) for unit in free])
        with floor(settings, "x" * 1000) as bare, _watching(target, bare.sample) as watched:
            for reports, speed in day:
                with _hurried(parts, speed):
                    asyncio.run(shift.work(reports))
        crossed, verbs = _crossed(parts), len(shift.told.of())
        rows = _rows(shift, size, bare.commits, {"crossings": crossed, **watched.as_detail(verbs)})
        if size.past:
            history.fill(parts.engine, size.past, parts.now() - timedelta(days=1))
        return [*rows, _searched(city, size, bare.commits)]


@contextmanager
def _hurried(parts: Services, speed: float) -> Iterator[None]:
    """The live realm's clock runs so much faster; afterwards as ever, from where it came to."""
    began = parts.now()
    with parts.engine.connect() as conn:
        at = log.read_clock(conn, "live").now(began)
    set_clock(parts, "live", RealmClock(began, at, speed))
    try:
        yield
    finally:
        over = parts.now()
        set_clock(parts, "live", RealmClock(over, at + (over - began) * speed))


def _day(
    parts: Services, size: Size, homes: Sequence[tuple[float, float]]
) -> list[tuple[list[Report], float]]:
    """What comes in, in order, and how fast time goes: before the burst, in it, after it."""
    dice = random.Random(SEED)
    kinds = list(parts.reference.classes().values())
    numbers = count()

    def reports(number: int, a_second: float, phase: str) -> list[Report]:
        return [report(n / a_second, phase) for n in range(number)]

    def report(at: float, phase: str) -> Report:
        kind, (lon, lat), number = dice.choice(kinds), dice.choice(homes), next(numbers)
        where = {"lon": lon + dice.gauss(0, 0.0005), "lat": lat + dice.gauss(0, 0.0005)}
        said = {"class": kind.code, "text": f"巡查发现第{number}号问题", "location": where, "severity": 3}
        body = {**said, "channel": "load", "source_id": str(number)}
        return Report(at, phase, phase == "day", body, kind.emergency)

    half, pace = size.incidents // 2, size.incidents * size.speed / DAY_S
    return [
        (reports(half, pace, "day"), size.speed),
        (reports(int(size.burst_rate * size.burst_s), size.burst_rate, "burst"), 1.0),
        (reports(size.incidents - half, pace, "day"), size.speed),
    ]


# --- what is watched meanwhile --------------------------------------------------------------------------


@dataclass
class _Watched:
    """Memory in MB, from the first to the last look; processor time in ms, of all processes that lasted."""

    web: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)

    def as_detail(self, verbs: int) -> dict[str, Any]:
        names = {"web_mb": self.web, "postgres_mb": self.postgres}
        memory = {name: _ends(found) for name, found in names.items()}
        return {**memory, "cpu_ms_a_verb": {name: round(ms / verbs, 2) for name, ms in self.cpu.items()}}


def _ends(values: Sequence[float]) -> dict[str, float]:
    """At the start, after a third, two thirds, and at the end."""
    last = len(values) - 1
    places = {"start": 0, "third": last // 3, "two_thirds": 2 * last // 3, "end": last}
    return {name: round(values[place], 1) for name, place in places.items()}


@contextmanager
def _watching(target: Target, sample: Callable[[], None]) -> Iterator[_Watched]:
    """The floor is sampled and memory looked at, beside the work, until the block ends."""
    watched, over = _Watched(), Event()

    def weigh() -> None:
        watched.web.append(held_mb(target.pids["web"][0]))
        watched.postgres.append(held_mb(target.pids["postgres"]))

    def spent() -> dict[str, float]:
        pids = {"web": target.pids["web"][0], "postgres": target.pids["postgres"]}
        return {name: spent_ms(pid) for name, pid in pids.items()}

    def watch() -> None:
        looks = 0
        while not over.wait(LOOK_EVERY_S):
            sample()
            looks += 1
            if looks % LOOKS_A_MEMORY == 0:
                weigh()

    weigh()
    before = spent()
    thread = Thread(target=watch)
    thread.start()
    try:
        yield watched
    finally:
        over.set()
        thread.join()
        sample()
        weigh()
        watched.cpu = {name: ms - before[name] for name, ms in spent().items()}


def _crossed(parts: Services) -> int:
    query = select(func.count()).where(event.c.realm == "live", event.c.kind.in_(_CROSSINGS))
    with parts.engine.connect() as conn:
        return int(conn.scalar(query) or 0)


# --- rows -----------------------------------------------------------------------------------------------


def _rows(shift: Shift, size: Size, bare: Sequence[float], meanwhile: dict[str, Any]) -> list[Row]:
    told, base = shift.told, percentile(bare, 0.5)
    every, burst = told.of(), told.of(phase="burst")
    p99 = percentile(every, 0.99)
    detail = {
        "what": "a verb through the API, sent to answered, beside one bare INSERT + COMMIT",
        "aim": f"p99 <= {AIM_MS:.0f} ms, no errors, memory flat",
        "met": p99 <= AIM_MS and not told.errors,
        "errors": len(told.errors),
        "first_errors": told.errors[:SHOWN],
        "incidents": size.incidents,
        "closed": told.closed,
        "officers": size.officers,
        "verbs_a_second": round(len(every) / told.worked_s, 1),
        "waiting_most": told.backlog,
        "by_verb": told.by_verb(),
        "floor": tails(bare),
        **meanwhile,
    }
    rows = [row(f"{NAME}:verb", "ms", percentile(every, 0.5), {"floor": base}, every, detail)]
    if burst:
        what = f"reports, {size.burst_rate:g} a second for {size.burst_s:g} s"
        told_of_burst = {"what": what, "met": percentile(burst, 0.99) <= AIM_MS}
        rows.append(row(f"{NAME}:burst", "ms", percentile(burst, 0.5), {"floor": base}, burst, told_of_burst))
    return rows


def _searched(city: City, size: Size, bare: Sequence[float]) -> Row:
    """By area, class, time and state, one after the other."""
    page = "/api/v1/incidents"
    last = city.get(page)["features"][0]["properties"]
    until = datetime.fromisoformat(last["reported_at"])
    asked: dict[str, dict[str, str]] = {
        "newest": {},
        "open": {"status": "open"},
        "area": {"area": last["area"][:9]},
        "class": {"class": last["class"]},
        "month": {
            "since": (until - timedelta(days=400)).isoformat(),
            "until": (until - timedelta(days=370)).isoformat(),
        },
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(SEARCHES):
        for name, query in asked.items():
            began = perf_counter()
            city.get(page, query)
            times[name].append((perf_counter() - began) * 1e3)
    every = [ms for found in times.values() for ms in found]
    p99 = percentile(every, 0.99)
    detail = {
        "what": "searches and lists, one after the other, with so many ended incidents behind",
        "aim": f"p99 <= {SEARCH_AIM_MS:.0f} ms",
        "met": p99 <= SEARCH_AIM_MS,
        "past": size.past,
        "by_search": {name: tails(found) for name, found in times.items()},
    }
    return row(
        f"{NAME}:search", "ms", percentile(every, 0.5), {"floor": percentile(bare, 0.5)}, every, detail
    )
