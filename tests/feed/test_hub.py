"""The hub on a real Redis and the real log: whatever is lost on the way is repaired, and nobody waits for a
slow reader."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from actions import accounts, notices
from actions.services import Services
from actions.unit_of_work import Call, Transaction, perform
from core.envelope import Draft
from core.errors import RealmUnknown
from core.events_grids import GridsTookEffect
from core.permissions import SYSTEM, Principal, Scope
from feed import hub as hub_module
from feed.hub import Backing, Hubs
from feed.patches import digest_of
from outbound.reader import Reader
from tests.cast import AREA_A, START, TOWN_A, TOWN_B
from tests.feed.audience import Client, agrees, busy_minute, hub_of, until, watching
from tests.outbound.desk import read, tell, transferred
from tests.parts import fold, head, report


def test_a_fact_reaches_every_client_in_order_within_a_blink(city: Services, redis_url: str) -> None:
    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            wide, town = Client(hub), Client(hub, TOWN_A)
            async with watching(wide, town):
                await busy_minute(city)
                await until(lambda: hub.seq == head(city), 2)
                await until(lambda: wide.screen.seq == hub.seq, 2)
                await until(lambda: agrees(wide) and agrees(town, TOWN_A), 2)
            assert hub.board.incidents == fold(city).incidents
            seqs = [m["seq"] for m in wide.messages if "seq" in m]
            assert seqs == list(range(seqs[0], hub.seq + 1))

    asyncio.run(run())


def test_a_reader_that_takes_nothing_costs_the_others_nothing(
    city: Services, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "RING", 16)

    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            stuck, quick = Client(hub, after=hub.seq), Client(hub, after=hub.seq)
            for client in (stuck, quick):
                client.screen.apply(orjson.loads(hub.state(Scope())))
            stuck.gate.clear()
            async with watching(stuck, quick):
                await busy_minute(city, 6)
                await until(lambda: quick.screen.seq == head(city), 3)
                assert (stuck.messages, len(hub._ring)) == ([], 16)
                stuck.gate.set()
                await until(lambda: stuck.screen.seq == hub.seq)
            assert agrees(stuck)
            assert agrees(quick)
            assert len([m for m in stuck.messages if "seq" in m]) <= 2

    asyncio.run(run())


def beats(client: Client) -> list[Any]:
    return client.of_kind("heartbeat")


def test_heartbeats_carry_the_digest_of_what_each_area_draws(city: Services, redis_url: str) -> None:
    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            clients = [Client(hub, area) for area in ("", TOWN_A, TOWN_B, AREA_A, "990102")]
            async with watching(*clients):
                await busy_minute(city, 2)
                await until(lambda: all(beats(c) and beats(c)[-1]["head"] == hub.seq for c in clients), 8)
            for client in clients:
                beat = beats(client)[-1]
                assert beat["hash"] == digest_of(fold(city), client.scope).hex() == client.screen.hash()
                assert (beat["version"], beat["degraded"], beat["imports"]) == ("v1", False, 0)

    asyncio.run(run())


def test_grids_that_take_effect_without_an_import_redraw_the_maps_that_are_open(
    city: Services, redis_url: str
) -> None:
    fact = GridsTookEffect(version=2, origin="repair", holds_from=START, changed=1, retired=0)

    def take_effect(tx: Transaction) -> dict[str, int]:
        tx.append([Draft(fact, "places:grids", "", tx.now)])
        return {}

    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            before = hub.imports
            await asyncio.to_thread(perform, city, Call(SYSTEM), "import", take_effect)
            await until(lambda: hub.imports == before + 1)
            assert hub.listening

    asyncio.run(run())


def test_the_digest_is_carried_along_for_areas_nobody_watches_any_more(
    city: Services, redis_url: str
) -> None:
    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            assert hub.digest(Scope(TOWN_A)) == digest_of(fold(city), Scope(TOWN_A)).hex()
            client = Client(hub, TOWN_A)
            async with watching(client):
                await busy_minute(city, 1)
                await until(lambda: hub.seq == head(city))
            await busy_minute(city, 1)
            await until(lambda: hub.seq == head(city))
            assert hub.digest(Scope(TOWN_A)) == digest_of(fold(city), Scope(TOWN_A)).hex()
            assert not hub._watching

    asyncio.run(run())


def test_hubs_are_made_once_for_each_realm_and_only_for_realms_there_are(
    city: Services, redis_url: str
) -> None:
    async def run() -> None:
        redis, executor = Redis.from_url(redis_url), ThreadPoolExecutor(2)
        hubs = Hubs(Backing(city.engine, redis, executor, city.positions, "test", "v1"))
        with pytest.raises(RealmUnknown):
            await hubs.of("nowhere")
        found = await asyncio.gather(*[hubs.of("live") for _ in range(5)], hubs.of("system"))
        assert len({id(hub) for hub in found}) == 2
        await hubs.stop()
        await redis.aclose()
        executor.shutdown()

    asyncio.run(run())


def test_an_offices_screens_and_no_others_hear_that_its_notices_have_changed(
    city: Services, redis_url: str
) -> None:
    accounts.add_user(city, SYSTEM, "wang", "officer")
    accounts.add_user(city, SYSTEM, "lin", "officer", TOWN_A)
    reader = Reader(city.engine, city.zone, city.now, city.announcer.notices)

    def hints(client: Client) -> list[int]:
        return [message["notices"] for message in client.messages if "notices" in message]

    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            wide, town, other = Client(hub), Client(hub, TOWN_A), Client(hub, TOWN_B)
            async with watching(wide, town, other):
                ident = await asyncio.to_thread(report, city)
                await asyncio.to_thread(read, reader)
                await until(lambda: hints(wide) == [1], 2)
                await asyncio.to_thread(tell, city, ident, transferred("@" + TOWN_A))
                await asyncio.to_thread(read, reader)
                await until(lambda: len(hints(town)) == 1, 2)
                lin = Principal("u9", "lin", "officer", TOWN_A)
                seen = (await asyncio.to_thread(notices.listed, city, lin, "live"))[0]["seq"]
                await asyncio.to_thread(notices.acknowledge, city, Call(lin), [seen])
                await asyncio.to_thread(read, reader)
                await until(lambda: len(hints(town)) == 2, 2)
                assert (len(hints(wide)), hints(other)) == (2, [])

    asyncio.run(run())
