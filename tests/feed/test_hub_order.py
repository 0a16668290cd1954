"""Walls are served before the many."""

from __future__ import annotations

import asyncio

from actions.services import Services
from core.permissions import Scope
from feed.stream import pump
from tests.feed.audience import doing, hub_of, until
from tests.parts import head, report


def test_whoever_is_first_hears_of_a_fact_before_those_who_came_earlier(
    city: Services, redis_url: str
) -> None:
    order: list[tuple[str, int]] = []

    async def run() -> None:
        async with hub_of(city, redis_url) as hub:

            def client(name: str, wall: str = "") -> asyncio.Task[None]:
                async def take(_message: bytes, seq: int | None) -> None:
                    if seq is not None:
                        order.append((name, seq))

                return asyncio.create_task(pump(hub, Scope(), hub.seq, take, wall=wall))

            clients = [client("desk"), client("reader"), client("wall", "main")]
            start = hub.seq
            await asyncio.sleep(0)
            for _ in range(3):
                await doing(report, city)
                await until(lambda: hub.seq == head(city))
            await until(lambda: len(order) == 3 * (hub.seq - start))
            for task in clients:
                task.cancel()
        for at in range(0, len(order), 3):
            assert [name for name, _ in order[at : at + 3]] == ["wall", "desk", "reader"]

    asyncio.run(run())
