"""Broadcast points of the demo city: most speak within a minute of the order, a few cannot."""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from demo.client import ApiRefusal, Client, Denied

_BROKEN = 29
"""One point of so many cannot speak."""
_A_ROUND = 0.5
"""Of the points that have not answered, how many do in a round."""
_EVERY_S, _LEAST_S = 10.0, 1.0


def is_broken(code: str) -> bool:
    return zlib.crc32(f"point-{code}".encode()) % _BROKEN == 0


def answers(points: Sequence[Mapping[str, Any]], draw: random.Random) -> list[dict[str, str]]:
    """What the points that are still silent report in a round; of few all, so that it comes to an end."""
    waiting = [str(point["code"]) for point in points if point["state"] == "waiting"]
    speaking = [code for code in waiting if len(waiting) < 3 or draw.random() < _A_ROUND]
    return [{"code": code, "state": "failed" if is_broken(code) else "done"} for code in speaking]


async def report(client: Client, seed: int, speed: float) -> None:
    """Answer the orders of every warning that stands, until cancelled; a token that may not says nothing."""
    draw, rounds = random.Random(f"points-{seed}"), 0
    while True:
        rounds += 1
        try:
            await _round(client, draw, f"points-{seed}-{rounds}")
        except (ApiRefusal, Denied):
            return
        await asyncio.sleep(max(_EVERY_S / speed, _LEAST_S))


async def _round(client: Client, draw: random.Random, key: str) -> None:
    for one in (await client.get("/alerts"))["issued"]:
        said = one["properties"]
        if one["state"] != "standing" or said["done"] + said["failed"] == said["points"]:
            continue
        told = await client.get(f"/alerts/{one['id']}")
        if points := answers(told["terminals"], draw):
            body = {"alert": one["id"], "number": told["number"], "points": points}
            await client.post("/outbound/receipts", body, f"{key}-{one['id']}-{told['properties']['seq']}")
