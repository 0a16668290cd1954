"""Positions: the newest wins, two frames a second at most, and they arrive by whichever road is open."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from actions import positions as verbs
from actions.commands import PositionCommand
from actions.realms import set_clock
from actions.services import Services
from actions.unit_of_work import Call
from actions.units import register
from core.clock import RealmClock
from core.errors import Forbidden, InvalidInput
from core.fixes import Position, Sifted
from core.permissions import SYSTEM, Principal
from db import track
from feed.announce import Announcer
from feed.positions import Positions
from tests.cast import AREA_A, SYSTEM_A, TOWN_A, VIEWER, unit_body
from tests.feed.audience import Client, doing, hub_of, until, watching

NOW_MS = 1_772_413_200_123


def fix(unit: str, lon: float, age_s: float = 0, **more: Any) -> PositionCommand:
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    return PositionCommand(unit=unit, lon=lon, lat=24.49, at=at, **more)


def told(sifted: Sifted) -> tuple[int, dict[str, int]]:
    """How many were taken, and what was dropped."""
    return len(sifted.taken), dict(sifted.dropped)


def place(unit: str, at_ms: int, lon: float = 118.11) -> Position:
    return Position(unit, lon, 24.49, at_ms)


def test_the_newest_fix_wins_however_they_arrive() -> None:
    held = Positions()
    assert held.take("live", [place("F1", 10), place("F1", 30), place("F1", 20)]) == [
        place("F1", 10), place("F1", 30),
    ]  # fmt: skip
    assert held.take("live", [place("F1", 30), place("F1", 29)]) == []
    assert held.latest("live") == {"F1": place("F1", 30)}
    assert held.latest("drill:1") == {}


def test_the_trace_keeps_ten_metres_or_ten_seconds() -> None:
    held = Positions()
    metre = 1 / 111_320 / 0.91
    told = [place("F1", 0), place("F1", 2000, 118.11 + 5 * metre), place("F1", 4000, 118.11 + 11 * metre),
            place("F1", 13_000, 118.11 + 11 * metre), place("F1", 14_000, 118.11 + 11 * metre)]  # fmt: skip
    assert [p.at_ms for p in held.thin("live", told)] == [0, 4000, 14_000]
    assert [p.at_ms for p in held.thin("drill:1", told[:1])] == [0]


def test_a_trace_reads_back_to_the_millisecond(city: Services) -> None:
    rows = [["F1", 118.11, 24.49, NOW_MS + n, 12.5, None] for n in range(0, 100, 7)]
    yesterday = ["P1", 118.12, 24.49, NOW_MS - 86_000_000, None, 90.0]
    with city.engine.begin() as conn:
        track.write(conn, "live", [*rows, yesterday])
        assert track.latest(conn, "live") == [rows[-1], yesterday]
        assert track.latest(conn, "drill:1") == []
        assert track.forget(conn, "live", datetime.fromtimestamp(NOW_MS / 1000, UTC)) == 0


def test_partitions_are_made_by_many_at_once(city: Services) -> None:
    async def run() -> None:
        def write(n: int) -> None:
            with city.engine.begin() as conn:
                track.write(conn, "live", [["F1", 118.1, 24.5, NOW_MS + n + d * 86_400_000, None, None]
                                           for d in range(3)])  # fmt: skip

        await asyncio.gather(*[asyncio.to_thread(write, n) for n in range(6)])

    asyncio.run(run())
    with city.engine.connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM track")) == 18


def test_fixes_reach_clients_of_this_process_and_of_another(city: Services, redis_url: str) -> None:
    async def run() -> None:
        async with hub_of(city, redis_url) as here, hub_of(city, redis_url, positions=Positions()) as there:
            clients = [Client(here), Client(there), Client(there, TOWN_A)]
            async with watching(*clients):
                fixes = [fix("F1", 118.111, speed=30.0), fix("F2", 118.131), fix("UNKNOWN", 118.12)]
                taken = await doing(verbs.take, city, SYSTEM_A, "live", fixes)
                assert told(taken) == (2, {"unknown_unit": 1})
                await until(lambda: all(c.of_kind("positions") for c in clients), 3)
            seen = [{row[0]: row[1:3] for row in c.of_kind("positions")[0]} for c in clients]
            both = {"F1": [118.111, 24.49], "F2": [118.131, 24.49]}
            assert seen == [both, both, {"F1": [118.111, 24.49]}]
            late = Client(there)
            async with watching(late):
                await until(lambda: late.of_kind("positions"), 3)
            assert {row[0] for row in late.of_kind("positions")[0]} == {"F1", "F2"}

    asyncio.run(run())


def test_a_client_gets_two_frames_a_second_at_most(city: Services, redis_url: str) -> None:
    async def run() -> None:
        async with hub_of(city, redis_url) as hub:
            client = Client(hub)
            async with watching(client):
                for n in range(60):
                    await doing(verbs.take, city, SYSTEM_A, "live", [fix("F1", 118.11 + n * 1e-5)])
                    await asyncio.sleep(0.03)
                await until(lambda: client.of_kind("positions")[-1][0][1] == pytest.approx(118.11059), 3)
            at = [t for t, m in zip(client.times, client.messages, strict=True) if "positions" in m]
            assert len(at) >= 2
            assert min(b - a for a, b in itertools.pairwise(at)) > 0.4

    asyncio.run(run())


def test_with_redis_gone_positions_come_by_the_trace(city: Services, tmp_path: Path) -> None:
    nobody = f"unix://{tmp_path}/nobody.sock"
    alone = replace(city, announcer=Announcer(nobody, "test"))

    async def run() -> None:
        async with hub_of(alone, nobody, positions=Positions()) as there:
            client = Client(there)
            async with watching(client):
                await doing(verbs.take, alone, SYSTEM_A, "live", [fix("F1", 118.111)])
                assert await doing(alone.trace.flush, alone.engine) == 1
                await until(lambda: client.of_kind("positions"), 4)
            assert client.of_kind("positions")[0][0][:3] == ["F1", 118.111, 24.49]

    asyncio.run(run())


def test_a_hub_that_starts_knows_where_units_were(city: Services, redis_url: str) -> None:
    async def run() -> None:
        await doing(verbs.take, city, SYSTEM_A, "live", [fix("F1", 118.111)])
        await doing(city.trace.flush, city.engine)
        async with hub_of(city, redis_url, positions=Positions()) as hub:
            client = Client(hub)
            async with watching(client):
                await until(lambda: client.of_kind("positions"), 3)

    asyncio.run(run())


def test_one_bad_fix_costs_the_others_of_its_batch_nothing(city: Services) -> None:
    batch = [
        fix("F1", 118.11), fix("F2", 118.12, age_s=-3600), fix("P2", 0.0).model_copy(update={"lat": 0.0}),
        fix("M1", 24.49).model_copy(update={"lat": 89.0}), fix("NOBODY", 118.11), fix("OFF", 118.11),
    ]  # fmt: skip
    taken = verbs.take(city, SYSTEM_A, "live", batch)
    dropped = dict.fromkeys(("future", "null_island", "outside", "unknown_unit", "off_duty"), 1)
    assert told(taken) == (1, dropped)
    assert set(city.positions.latest("live")) == {"F1"}


def test_a_unit_is_followed_from_the_moment_it_comes_on_duty(city: Services) -> None:
    assert told(verbs.take(city, SYSTEM_A, "live", [fix("OFF", 118.11)])) == (0, {"off_duty": 1})
    register(city, Call(SYSTEM), [("OFF", AREA_A, unit_body("OFF", on_duty=True))])
    assert told(verbs.take(city, SYSTEM_A, "live", [fix("OFF", 118.11)])) == (1, {})


def test_a_kind_is_as_fast_as_its_city_says_and_a_simulation_by_its_pace(city: Services) -> None:
    with city.engine.begin() as conn:
        conn.execute(text("UPDATE position_limit SET top_kmh = 100 WHERE kind = 'fire'"))
    city.reference.forget()
    kilometre = 1 / 111.32 / 0.91
    for unit in ("F1", "P1"):  # 1.1 km in 30 s: 132 km/h, less what a fix may be wrong by
        verbs.take(city, SYSTEM_A, "live", [fix(unit, 118.11, age_s=30)])
    far = [fix("F1", 118.11 + 1.1 * kilometre), fix("P1", 118.11 + 1.1 * kilometre)]
    assert told(verbs.take(city, SYSTEM_A, "live", far)) == (1, {"jump": 1})
    assert told(verbs.take(city, SYSTEM_A, "live", far[:1], pace=10.0)) == (1, {})


def test_an_old_fix_leaves_no_trace(city: Services) -> None:
    verbs.take(city, SYSTEM_A, "live", [fix("F1", 118.11, age_s=90_000), fix("F2", 118.13, age_s=30)])
    assert city.trace.flush(city.engine) == 1


def test_who_may_not_say_where_units_are_is_refused(city: Services) -> None:
    unit = Principal("F1", "消防一队", "unit", kind="unit")
    assert told(verbs.take(city, unit, "live", [fix("F1", 118.11)])) == (1, {})
    for principal, unit_code in ((unit, "F2"), (VIEWER, "F1")):
        with pytest.raises(Forbidden):
            verbs.take(city, principal, "live", [fix(unit_code, 118.11)])
    with pytest.raises(InvalidInput):
        verbs.take(city, SYSTEM_A, "live", [fix("F1", 118.11)] * 5001)


def test_a_fix_without_a_time_stands_at_the_realms_own(city: Services) -> None:
    tomorrow = city.now() + timedelta(hours=20)
    set_clock(city, "live", RealmClock(city.now(), tomorrow))
    dated = fix("F1", 118.111)
    assert told(verbs.take(city, SYSTEM_A, "live", [dated.model_copy(update={"at": None})])) == (1, {})
    stood = city.positions.latest("live")["F1"].at_ms / 1000
    assert 0 <= stood - tomorrow.timestamp() < 30
    late = dated.model_copy(update={"at": tomorrow + timedelta(hours=1)})
    assert told(verbs.take(city, SYSTEM_A, "live", [late])) == (0, {"future": 1})
