"""What is announced is taken as it comes, also when two announcements overtook each other."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from redis.asyncio import Redis

from db.log import Wire
from feed.tail import Tail


def wire(seq: int) -> dict[str, Any]:
    return {"seq": seq, "prev_hash": str(seq - 1), "hash": str(seq)}


async def heard(redis_url: str, announced: list[int], known: list[int]) -> list[int]:
    """What a tail hands on of facts announced in this order, where the log tells those `known`."""
    found: list[int] = []
    wires: list[Any] = [wire(seq) for seq in known]
    redis = Redis.from_url(redis_url)

    async def load() -> tuple[int, str]:
        return 0, "0"

    def take(one: Wire) -> None:
        found.append(one["seq"])

    def read_after(seq: int) -> list[Wire]:
        return [one for one in wires if one["seq"] > seq] if told else []

    told = False
    with ThreadPoolExecutor(1) as executor:
        tail = Tail(redis, "overtaken", read_after, executor, take)
        await tail.start(load, patience_s=10)
        told = True
        for seq in announced:
            await redis.publish("overtaken", orjson.dumps({"seq": seq, "events": [wire(seq)]}))
        async with asyncio.timeout(10):
            while len(found) < len(set(announced) | set(known)):
                await asyncio.sleep(0.005)
        await tail.stop()
    await redis.aclose()
    return found


def test_announcements_that_overtook_each_other_are_taken_in_order(redis_url: str) -> None:
    assert asyncio.run(heard(redis_url, [3, 2, 1, 5, 4], [])) == [1, 2, 3, 4, 5]


def test_what_was_never_announced_is_read_from_the_log_once_something_later_was(redis_url: str) -> None:
    assert asyncio.run(heard(redis_url, [3], [1, 2, 3])) == [1, 2, 3]
