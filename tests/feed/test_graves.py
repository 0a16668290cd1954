"""What is grave in live breaks into the streams of drills, and into no others; within what a scope sees."""

from __future__ import annotations

import asyncio
from typing import Any

from actions import drills, incidents
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import Scope
from feed.stream import pump
from tests.cast import IN_A, OFFICER, TOWN_B
from tests.drilling import started
from tests.feed.audience import Client, doing, hub_of, until, watching
from tests.parts import report, report_command


class Bound(Client):
    """Somebody who may not enter live."""

    def start(self) -> Client:
        self._task = asyncio.create_task(pump(self.hub, self.scope, self.after, self._take, hears_live=False))
        return self


def titles(client: Client) -> list[list[Any]]:
    """What was told of live, each time."""
    return [[one["id"] for one in told] for told in client.of_kind("live")]


def test_a_grave_incident_of_live_breaks_into_a_drill_for_who_may_see_it(
    city: Services, redis_url: str
) -> None:
    realm = drills.realm_of(started(city))

    async def run() -> None:
        async with hub_of(city, redis_url) as live, hub_of(city, redis_url, realm) as drill:
            drill.stand_beside(live)
            wide, other, bound = Client(drill), Client(drill, TOWN_B), Bound(drill)
            async with watching(wide, other, bound):
                await until(lambda: titles(wide) == [[]] == titles(other))
                await doing(report, city, IN_A, severity=3)
                grave = await doing(report, city, IN_A, severity=1)
                await until(lambda: titles(wide) == [[], [grave]])
                (told,) = wide.of_kind("live")[-1]
                assert (told["kind"], told["level"], told["incident"]) == ("incident", 1, grave)
                await doing(incidents.reject, city, Call(OFFICER), grave, "误报")
                await until(lambda: titles(wide)[-1] == [])
            assert titles(other) == [[]]
            assert titles(bound) == []

    asyncio.run(run())


def test_live_itself_and_a_drill_hear_nothing_grave_of_a_drill(city: Services, redis_url: str) -> None:
    ident = started(city)
    realm = drills.realm_of(ident)

    async def run() -> None:
        async with hub_of(city, redis_url) as live, hub_of(city, redis_url, realm) as drill:
            drill.stand_beside(live)
            there, here = Client(live), Client(drill)
            async with watching(there, here):
                await doing(incidents.report, city, Call(OFFICER, realm), report_command(IN_A, severity=1))
                await until(lambda: any(layer == "incidents" for layer, _ in here.screen.features))
            assert titles(there) == []
            assert titles(here) == [[]]
            assert live.graves(Scope()) == b'{"live":[]}'

    asyncio.run(run())
