"""Sensors of the demo city: calm values that tremble, some sensors silent, now and then one that climbs."""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.client import ApiRefusal, Client, Denied

_CALM_SHARE, _TREMBLE = 0.45, 0.12
"""Of the limit: where a calm value lies, and how far it strays."""
_SILENT = 23
"""One sensor of so many says nothing."""
_EVERY_S = 60.0
_LEAST_S = 0.5
_CLIMBS_A_MINUTE, _CLIMB_ROUNDS = 0.02, 4
_BEYOND = 1.1


def is_silent(code: str) -> bool:
    return zlib.crc32(code.encode()) % _SILENT == 0


def calm(sensor: Mapping[str, Any], draw: random.Random) -> float:
    """A value well on the good side of the sensor's limit."""
    limit = sensor.get("limit") or 10.0
    return round(limit * (_CALM_SHARE + draw.uniform(-_TREMBLE, _TREMBLE)), 2)


@dataclass
class Readings:
    """What the sensors say, minute by minute; `climbing`: sensor → rounds left beyond its limit."""

    sensors: Sequence[Mapping[str, Any]]
    draw: random.Random
    climbing: dict[str, int] = field(default_factory=dict)

    def minute(self) -> list[dict[str, Any]]:
        """One reading of each sensor that speaks."""
        speaking = [one for one in self.sensors if not is_silent(str(one["code"]))]
        if speaking and self.draw.random() < _CLIMBS_A_MINUTE:
            self.climbing[str(self.draw.choice(speaking)["code"])] = _CLIMB_ROUNDS
        told = [{"sensor": one["code"], "value": self._value(one)} for one in speaking]
        self.climbing = {code: left - 1 for code, left in self.climbing.items() if left > 1}
        return told

    def _value(self, sensor: Mapping[str, Any]) -> float:
        if str(sensor["code"]) in self.climbing and sensor.get("limit"):
            return round(float(sensor["limit"]) * _BEYOND, 2)
        return calm(sensor, self.draw)


async def tell(client: Client, seed: int, speed: float) -> None:
    """Read every sensor once a simulated minute, until cancelled; a token that may not says nothing."""
    try:
        sensors = (await client.get("/sensors"))["items"]
    except (ApiRefusal, Denied, LookupError):
        return
    readings = Readings(sensors, random.Random(f"sensors-{seed}"))
    while sensors:
        await client.put_once("/sensors/readings", readings.minute())
        await asyncio.sleep(max(_EVERY_S / speed, _LEAST_S))
