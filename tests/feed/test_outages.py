"""Whatever is lost on the way to a screen is repaired: messages, Redis, the connection, the process."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis
from sqlalchemy import Engine, text

from actions import incidents
from actions.services import Services
from actions.unit_of_work import Call
from core.envelope import BODIES, Body, Draft
from core.permissions import SYSTEM, Scope
from db import log
from feed import history
from feed import hub as hub_module
from feed.announce import Announcer
from feed.broker import Broker
from feed.hub import Backing, Hub
from feed.patches import digest_of
from tests.cast import IN_A, IN_B, OFFICER
from tests.feed.audience import Client, agrees, busy_minute, doing, hub_of, until, watching
from tests.parts import elsewhere, fold, head, report


class Mute:
    """An announcer whose messages are all lost."""

    def events(self, realm: str, wires: Any) -> None:
        """Lost."""

    def positions(self, realm: str, rows: Any) -> None:
        """Lost."""


def muted(city: Services) -> Services:
    return replace(city, announcer=Mute())  # type: ignore[arg-type]


def test_lost_messages_are_repaired_within_about_a_second(city: Services, redis_url: str) -> None:
    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            client = Client(hub)
            async with watching(client):
                await until(lambda: client.screen.seq == hub.seq)
                await busy_minute(muted(city), 1)
                await until(lambda: hub.seq == head(city), 2.5)
                await busy_minute(muted(city), 1)
                await doing(report, city)
                await until(lambda: hub.seq == head(city), 0.9)
                await until(lambda: agrees(client))

    asyncio.run(run())


def test_what_another_log_says_on_the_same_channel_is_not_folded(city: Services, redis_url: str) -> None:
    """Two databases may share a Redis: their numbers fit, their chains do not."""

    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            client = Client(hub)
            async with watching(client):
                with city.engine.connect() as conn:
                    (last,) = log.read(conn, "live", hub.seq - 1)
                foreign = {**last, "seq": hub.seq + 1, "prev_hash": "0" * 64, "hash": "1" * 64}
                city.announcer.events("live", [foreign])
                await busy_minute(city, 1)
                await until(lambda: hub.seq == head(city), 2.5)
                await until(lambda: agrees(client))
        assert fold(city).incidents.keys() == hub.board.incidents.keys()

    asyncio.run(run())


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Broker]:
    """A Redis that this test may kill."""
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.stop()


def hit(broker: Broker, number: signal.Signals) -> None:
    """A signal to the server, and never to a group of processes."""
    pid = broker.pid
    assert pid, "redis is not running"
    os.kill(pid, number)


def test_redis_that_hangs_is_told_and_followed_by_polling(city: Services, own_redis: Broker) -> None:
    city.announcer.close()
    there = replace(city, announcer=Announcer(own_redis.url, "test"))

    async def run() -> None:
        async with hub_of(there, own_redis.url) as hub:
            await busy_minute(there, 1)
            hit(own_redis, signal.SIGSTOP)
            try:
                await until(lambda: hub.degraded, 10)
                await busy_minute(there, 1)
                await until(lambda: hub.seq == head(there), 5)
            finally:
                hit(own_redis, signal.SIGCONT)
            await until(lambda: not hub.degraded, 10)
            await busy_minute(there, 1)
            await until(lambda: hub.seq == head(there), 3)

    asyncio.run(run())


def test_redis_killed_and_started_again_loses_and_repeats_nothing(city: Services, own_redis: Broker) -> None:
    city.announcer.close()
    told = Announcer(own_redis.url, "test")
    there = replace(city, announcer=told)

    async def run() -> None:
        async with hub_of(there, own_redis.url) as hub:
            client = Client(hub, after=hub.seq)
            client.screen.apply(orjson.loads(hub.state(Scope())))
            async with watching(client):
                await busy_minute(there, 1)
                for _ in range(2):
                    hit(own_redis, signal.SIGKILL)
                    await busy_minute(there, 1)
                    await until(lambda: hub.degraded)
                    await until(lambda: hub.seq == head(there), 3)
                    await asyncio.to_thread(own_redis.start)
                    await busy_minute(there, 1)
                    await until(lambda: not hub.degraded)
                    await until(lambda: hub.seq == head(there), 3)
                await until(lambda: client.screen.seq == hub.seq)
                assert agrees(client)
            seqs = [m["seq"] for m in client.messages if "seq" in m]
            assert seqs == list(range(client.after + 1, hub.seq + 1))

    asyncio.run(run())


def test_a_hub_starts_and_follows_without_any_redis(city: Services, tmp_path: Path) -> None:
    async def run() -> None:
        async with hub_of(city, f"unix://{tmp_path}/nobody.sock") as hub:
            assert hub.degraded
            await doing(report, city)
            await until(lambda: hub.seq == head(city), 2.5)

    asyncio.run(run())


def test_what_is_published_while_the_board_is_loaded_is_folded_once(
    engine: Engine, city: Services, redis_url: str
) -> None:
    """The load stands still until several messages have come."""

    async def run() -> None:
        redis = Redis.from_url(redis_url)
        executor = ThreadPoolExecutor(1)
        go = asyncio.Event()
        loop = asyncio.get_running_loop()
        hub = Hub("live", Backing(engine, redis, executor, city.positions, "test", "v1"))
        load = hub._read_board
        hub._read_board = lambda: _read_then_wait(load, loop, go)  # type: ignore[method-assign]
        starting = asyncio.create_task(hub.start())
        await until(lambda: hub._tail.subscribed)
        await busy_minute(city, 2)
        go.set()
        await starting
        await busy_minute(city, 1)
        await until(lambda: hub.seq == head(city), 3)
        seqs = [frame.seq for frame in hub._ring]
        assert seqs == list(range(seqs[0], hub.seq + 1))
        client = Client(hub, after=seqs[0] - 1)
        async with watching(client):
            await until(lambda: client.screen.seq == hub.seq, 3)
        assert hub.board.incidents == fold(city).incidents
        await hub.stop()
        await redis.aclose()
        executor.shutdown()

    asyncio.run(run())


def _read_then_wait(load: Any, loop: asyncio.AbstractEventLoop, go: asyncio.Event) -> Any:
    board = load()
    asyncio.run_coroutine_threadsafe(go.wait(), loop).result(20)
    return board


def test_after_an_outage_longer_than_the_ring_one_patch_brings_a_client_up_to_date(
    city: Services, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "RING", 8)

    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            first = Client(hub, after=hub.seq)
            first.screen.apply(orjson.loads(hub.state(Scope())))
            moved = await doing(report, city, IN_A)
            async with watching(first):
                await until(lambda: first.screen.seq == head(city))
            await busy_minute(city, 4)
            await doing(incidents.relocate, city, Call(OFFICER), moved, elsewhere(IN_B), None)
            await until(lambda: hub.seq == head(city))
            assert hub.frame(first.screen.seq + 1) is None
            again = Client(hub, after=first.screen.seq)
            again.screen = first.screen
            async with watching(again):
                await until(lambda: again.screen.seq == hub.seq)
            assert [m["seq"] for m in again.messages if "seq" in m] == [hub.seq]
            assert agrees(again)

    asyncio.run(run())


def test_a_client_that_missed_too_much_is_reset(
    city: Services, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "RING", 4)
    monkeypatch.setattr(hub_module, "CATCH_UP_MOST", 5)

    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            await busy_minute(city, 4)
            await until(lambda: hub.seq == head(city))
            client = Client(hub, after=1)
            async with watching(client):
                await until(lambda: client.ended)
            assert client.messages == [{"reset": hub.seq}]

    asyncio.run(run())


def test_a_client_from_the_future_is_reset(city: Services, redis_url: str) -> None:
    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            client = Client(hub, after=hub.seq + 1)
            async with watching(client):
                await until(lambda: client.ended)
            assert client.messages == [{"reset": hub.seq}]

    asyncio.run(run())


def test_a_client_that_another_process_told_more_is_not_reset(city: Services, redis_url: str) -> None:
    async def run() -> None:
        async with hub_of(city, redis_url) as behind:
            await busy_minute(muted(city), 1)
            client = Client(behind, after=head(city))
            assert behind.seq < client.after
            async with watching(client):
                await until(lambda: client.of_kind("heartbeat"), 5)
            assert client.of_kind("reset") == []

    asyncio.run(run())


def test_a_snapshot_of_an_older_fold_gives_way(city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nothing has happened since: else the whole log would be folded again at every look."""
    monkeypatch.setattr(history, "SNAPSHOT_EVERY", 1)
    with city.engine.begin() as conn:
        kept = history.keep_snapshot(conn, "live")
        conn.execute(text("UPDATE snapshot SET fold = 1, body = ''"))
        assert history.keep_snapshot(conn, "live") == kept
        assert history.keep_snapshot(conn, "live") is None
        assert history.board_at(conn, "live").seq == kept


def test_a_hub_that_starts_from_a_snapshot_is_one_that_folded_everything(
    city: Services, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SNAPSHOT_EVERY", 10)

    async def run() -> None:
        await busy_minute(city, 4)
        with city.engine.begin() as conn:
            kept = history.keep_snapshot(conn, "live")
            assert kept == head(city)
            assert history.keep_snapshot(conn, "live") is None
        await busy_minute(city, 1)
        async with hub_of(city, redis_url) as hub:
            folded = fold(city)
            assert hub.board.incidents == folded.incidents
            assert list(hub.board.departures) == list(folded.departures)
            assert hub.board.counters.of("").kpi() == folded.counters.of("").kpi()
            with city.engine.connect() as conn:
                for seq in (1, kept - 1, kept, kept + 1, head(city)):
                    then = fold(city) if seq == head(city) else None
                    board = history.board_at(conn, "live", seq)
                    assert board.seq == seq
                    assert then is None or digest_of(board, Scope()) == digest_of(then, Scope())

    asyncio.run(run())


def test_a_hub_that_cannot_read_on_falls_silent_until_it_can(
    city: Services, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fact of a kind that only a newer version knows: no heartbeat may call the old picture true."""
    monkeypatch.setattr(hub_module, "BLIND_S", 1.5)

    class FromTomorrow(Body):
        """Registered by being declared, like every fact."""

    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            known = BODIES.pop("FromTomorrow")
            before = hub.seq
            await doing(_append, muted(city), FromTomorrow())
            await until(lambda: not hub.current, 6)
            assert hub.seq == before
            silent = hub.beat
            await until(lambda: hub._tail.blind_s > 1.5 + hub_module.HEARTBEAT_S, 6)
            assert hub.beat == silent
            BODIES["FromTomorrow"] = known
            await until(lambda: hub.current and hub.seq == head(city), 3)

    try:
        asyncio.run(run())
    finally:
        BODIES.pop("FromTomorrow", None)


def _append(city: Services, body: Body) -> None:
    with city.engine.begin() as conn:
        log.append(conn, "live", [Draft(body, "x", "", city.now())], SYSTEM, city.now())
