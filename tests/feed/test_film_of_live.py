"""A film of the real log: at every position it shows what a live wall showed then."""

from __future__ import annotations

import asyncio

import orjson
from sqlalchemy import select

from actions.services import Services
from core.permissions import Scope
from db.tables import snapshot
from feed import film
from feed.history import Stored
from feed.patches import digest_of
from tests.cast import TOWN_A
from tests.feed.audience import Client, busy_minute, hub_of, until, watching
from tests.parts import fold, head


class Wall(Client):
    """Notes the digest of what it draws, and that of the hub's heartbeat, at each position."""

    def __init__(self, *hub_and_area: object) -> None:
        super().__init__(*hub_and_area)  # type: ignore[arg-type]
        self.noted: dict[int, str] = {}

    async def _take(self, message: bytes, seq: int | None) -> None:
        await super()._take(message, seq)
        if seq is None:
            return
        self.noted[seq] = self.screen.hash()
        if seq == self.hub.seq:
            beat = orjson.loads(self.hub.heartbeat(self.scope))["heartbeat"]
            assert (beat["head"], beat["hash"]) == (seq, self.screen.hash())


def test_at_fifty_positions_the_film_has_the_digest_that_a_live_wall_recorded(
    city: Services, redis_url: str
) -> None:
    async def run() -> dict[str, dict[int, str]]:
        async with hub_of(city, redis_url) as hub:
            walls = Wall(hub), Wall(hub, TOWN_A)
            async with watching(*walls):
                await busy_minute(city, 9)
                await until(lambda: walls[0].screen.seq == head(city))
            return {wall.scope.area: wall.noted for wall in walls}

    noted = asyncio.run(run())
    assert len(noted[""]) >= 50
    assert len(noted[TOWN_A]) >= 20
    stills = film.Stills(every=7)
    with city.engine.begin() as conn:
        for area, digests in noted.items():
            for seq in sorted(digests, key=lambda at: at * 37 % 101):
                board = film.board_at(stills, Stored(conn, "live"), seq)
                assert digest_of(board, Scope(area)).hex() == digests[seq]


def test_a_long_way_leaves_snapshots_that_the_next_seek_begins_at(city: Services, redis_url: str) -> None:
    asyncio.run(busy_minute(city, 4))
    far = head(city)
    with city.engine.begin() as conn:
        film.board_at(film.Stills(snapshot_every=10), Stored(conn, "live"), far)
    with city.engine.begin() as conn:
        kept = list(conn.scalars(select(snapshot.c.seq).where(snapshot.c.realm == "live")))
        assert kept == list(range(10, far + 1, 10))
        board = film.board_at(film.Stills(every=1), Stored(conn, "live"), far)
    assert digest_of(board, Scope()) == digest_of(fold(city), Scope())
