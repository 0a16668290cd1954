"""Units that drive about: every unit of a city reports its place twice a second, each going its own way."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bench.city import City
from bench.instance import Target

FIXES_PER_SECOND, STEP_DEG = 2.0, 0.00008


@contextmanager
def moving(target: Target) -> Iterator[None]:
    """All units drive about, each its own way, until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=_drive, args=(target, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _drive(target: Target, stop: threading.Event) -> None:
    dice = random.Random(2)
    with City(target) as city:
        units = city.get("/api/v1/units")["items"]
        places = {str(unit["id"]): _start(unit["home"], dice) for unit in units}
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            due += 1 / FIXES_PER_SECOND
            places = {unit: _step(*place, dice) for unit, place in places.items()}
            city.put("/units/positions", [_fix(unit, *place) for unit, place in places.items()])


def _start(home: list[float], dice: random.Random) -> tuple[float, float, float]:
    """Longitude, latitude, and the way it drives in radians from north."""
    return home[0], home[1], dice.uniform(0, math.tau)


def _step(lon: float, lat: float, way: float, dice: random.Random) -> tuple[float, float, float]:
    way += dice.gauss(0, 0.2)
    return lon + math.sin(way) * STEP_DEG, lat + math.cos(way) * STEP_DEG, way


def _fix(unit: str, lon: float, lat: float, way: float) -> dict[str, Any]:
    heading = math.degrees(way) % 360
    at = datetime.now(UTC).isoformat()
    return {"unit": unit, "lon": lon, "lat": lat, "at": at, "speed": 12.0, "heading": heading}
