"""Every plan that ships runs through: played by the simulator's offices on the real verbs from the mildest
level through all others, activated at each of them, until no task is open and nothing is bound any more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from actions.accounts import ALL_VERBS, add_token
from actions.services import Services
from app import create_app
from core.permissions import SYSTEM
from core.plans import LEVELS
from db.cluster import Cluster
from db.plans import shipped_plans
from db.tables import assignment, unit
from db.tables_linkage import linkage, task
from db.tables_roads import closure
from db.tables_stock import lot
from demo.client import Client
from demo.driver import Fleet
from demo.officer import Room
from demo.rates import responders
from demo.responder import begin
from feed.broker import Broker
from instance.services import services as services_for
from settings import Settings
from tests.conftest import Demo, own_database

AT_ONCE = 1e9
"""How fast time passes for the players: they wait for nothing but the server."""


@dataclass(frozen=True)
class Played:
    """The demo city's application in this process, and a token with all verbs."""

    services: Services
    application: Any
    token: str

    def play(self, scene: Callable[[Room], Awaitable[None]]) -> None:
        async def on_stage() -> None:
            transport = httpx.ASGITransport(app=self.application)
            async with httpx.AsyncClient(transport=transport, base_url="http://city", timeout=30) as http:
                client = Client(http, self.token, "live")
                await scene(Room(client, Fleet({}, 1.0, asyncio.get_running_loop().time), AT_ONCE, {}))

        asyncio.run(on_stage())


@pytest.fixture(scope="module")
def played(cluster: Cluster, broker: Broker, demo: Demo, tmp_path_factory: Any) -> Iterator[Played]:
    folder: Path = tmp_path_factory.mktemp("responses")
    with own_database(cluster, demo.url) as database_url:
        environment = {"ZHIHUI_DATABASE_URL": database_url, "ZHIHUI_REDIS_URL": broker.url}
        settings = Settings.from_env(folder, environment)
        settings.secret_file.write_text("00" * 32)
        with services_for(settings) as parts:
            token = add_token(parts, SYSTEM, "api", "players", verbs=[ALL_VERBS]).secret
            yield Played(parts, create_app(settings), token)


async def report(room: Room, services: Services, name: str) -> str:
    spot = services.reference.areas().spots[3]
    body = {
        "class": "21000", "severity": 1, "text": "预案推演", "channel": "110", "source_id": name,
        "location": {"lon": float(spot[0]), "lat": float(spot[1])},
    }  # fmt: skip
    return str((await room.client.post("/incidents", body, name))["id"])


def left(services: Services) -> dict[str, int]:
    """What is bound still, and what is not done."""
    bound = {
        "tasks": task.c.status.not_in(["done", "cancelled"]),
        "responses": linkage.c.ended_at.is_(None),
        "assignments": assignment.c.ended_at.is_(None),
        "units": unit.c.assignment.is_not(None),
        "roads": closure.c.reopened_at.is_(None),
        "lots": lot.c.reserved > 0,
    }
    with services.engine.connect() as conn:
        return {
            name: int(conn.scalar(select(func.count()).where(condition)) or 0)
            for name, condition in bound.items()
        }


@pytest.mark.parametrize("plan", [one.code for one in shipped_plans()])
def test_a_shipped_plan_runs_through_all_levels_and_leaves_nothing_open(played: Played, plan: str) -> None:
    tallies: Counter[str] = Counter()

    async def scene(room: Room) -> None:
        for level in LEVELS:
            name = f"{plan}-{level}"
            incident = await report(room, played.services, name)
            response = await begin(room, incident, plan, level, name, "1", tallies)
            await (response.run(LEVELS[1:]) if level == LEVELS[0] else response.end())

    played.play(scene)
    assert left(played.services) == dict.fromkeys(left(played.services), 0)
    [shipped] = [one for one in shipped_plans() if one.code == plan]
    assert (tallies["responses"], tallies["tasks"]) == (4, len(shipped.tasks))
    assert tallies["reports"] >= 1 + 4, "one at least by its task, and the final ones"
    assert set(tallies) == {"responses", "tasks", "reports"}, "nothing was refused"


def test_offices_are_of_shares_that_make_a_whole() -> None:
    assert sum(one.share for one in responders()) == pytest.approx(1.0)
    assert [one.acknowledging.median_s for one in responders()] == sorted(
        one.acknowledging.median_s for one in responders()
    )
