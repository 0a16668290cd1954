"""One incident from the call to the closed loop, as a duty officer and the units sent live it.

Officers differ (`demo.rates.skill`): how long they take, and how often they send what is advised first.
Whoever sends something else says why.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from demo.caller import Call
from demo.client import ApiRefusal, Client
from demo.driver import Fleet, Point
from demo.rates import skill
from demo.responder import Response, activate

_TRIES = 8
_REPLIES = (
    "现场已处置完毕，秩序恢复",
    "已到场处理，未造成人员伤亡",
    "已清理现场并告知当事人",
    "已移交属地继续跟进",
)
_OTHER_REASON = "熟悉现场情况，改派更合适的力量"
_TAKEN = frozenset({"unit_busy", "unit_off_duty", "unit_in_drill", "unit_held", "offer_unknown"})
"""Refusals after which an officer looks again: the world has moved on."""
_ACTIVATES = 0.3
"""The share of incidents that call for a plan for which the leader begins a response."""
_RAISED = 0.2
"""The share of responses that are raised by a level."""
_RATED = (3, 3, 3, 2, 1)
_ANSWERS_ASKED = 0.6
"""The share of callers who say how content they are."""


@dataclass(frozen=True)
class Sent:
    """An assignment the officer made: its id, the unit, and how long it should take."""

    id: str
    unit: str
    eta_s: float


class Room:
    """What all officers of the room share: the line to the server, the fleet, the pace of time."""

    def __init__(self, client: Client, fleet: Fleet, speed: float, kinds: dict[str, str]) -> None:
        self.client, self.fleet, self.speed, self.kinds = client, fleet, speed, kinds

    async def wait(self, seconds: float) -> None:
        """Let simulated seconds pass."""
        await asyncio.sleep(seconds / self.speed)

    async def way(self, incident: str, assignment: str, unit: str, target: Point) -> list[Point]:
        """The line the server drew for an assignment; straight if it has none."""
        card = await self.client.get(f"/incidents/{incident}")
        lines = {str(a["id"]): a["geometry"]["coordinates"] for a in card["assignments"]}
        return [(p[0], p[1]) for p in lines.get(assignment, ())] or [self.fleet.where(unit), target]


class Officer:
    """Answers one call. Every POST has a key made of the run, the call and the step."""

    def __init__(self, room: Room, call: Call, name: str, tallies: Counter[str]) -> None:
        self._room, self._call, self._name, self._tallies = room, call, name, tallies
        self._rng = random.Random(call.seed)
        self._skill = skill(self._rng)
        self._incident = ""
        self._driven: dict[str, list[Point]] = {}

    async def answer(self) -> None:
        """The whole loop; a refusal that cannot be helped ends it and is counted."""
        try:
            await self._loop()
        except ApiRefusal as refusal:
            self._tallies[refusal.code] += 1

    async def _loop(self) -> None:
        body = {**self._call.body, "source_id": self._name}
        self._incident = str((await self._room.client.post("/incidents", body, f"{self._name}-report"))["id"])
        self._tallies["reported"] += 1
        handling = self._skill.handling.at(self._rng.gauss())
        await self._room.wait(handling / 2)
        if self._call.refused:
            await self._act("reject", {"reason": "经核实为误报"})
            self._tallies["rejected"] += 1
            return
        await self._act("accept")
        await self._room.wait(handling / 2)
        sent = await self._dispatch()
        response = await self._respond()
        if response:
            sent = await self._bound()
        answering = [response.run(self._worse(response.level))] if response else []
        await asyncio.gather(*(self._bring(one) for one in sent), *answering)
        if sent:
            await self._pause(60, 240)
        await self._finish(await self._left(sent) if response else sent)

    async def _respond(self) -> Response | None:
        """启动: now and then, where the incident calls for a plan."""
        draw = random.Random(f"{self._call.seed}-response")
        if self._call.body["severity"] == 4 or draw.random() >= _ACTIVATES:
            return None
        return await activate(self._room, self._incident, self._name, self._call.seed, self._tallies)

    def _worse(self, level: int) -> tuple[int, ...]:
        """The level to which it is raised, now and then."""
        draw = random.Random(f"{self._call.seed}-worse")
        return (level - 1,) if level > 1 and draw.random() < _RAISED else ()

    async def _bound(self) -> list[Sent]:
        """Whoever is bound to the incident now, sent by hand or with the plan."""
        return await self._sent({})

    async def _left(self, sent: Sequence[Sent]) -> list[Sent]:
        """Whoever is bound still: the end of the response released whom it had sent."""
        still = await self._bound()
        for one in sent:
            if one.id not in {left.id for left in still}:
                self._go_home(one)
        return still

    async def _finish(self, sent: Sequence[Sent]) -> None:
        """处置 → 回复 → 归队 → 核查 → 办结, and home again."""
        reply = self._rng.choice(_REPLIES)
        await self._act("handle", {"text": reply})
        await self._pause(5, 20)
        await self._act("reply", {"text": reply})
        for one in sent:
            await self._step(one, "release")
            self._go_home(one)
        await self._pause(10, 40)
        await self._act("verify")
        await self._pause(2, 10)
        await self._act("close")
        self._tallies["closed"] += 1
        if self._rng.random() < _ANSWERS_ASKED:
            await self._pause(60, 300)
            await self._act("rate", {"rating": self._rng.choice(_RATED)})
            self._tallies["rated"] += 1

    async def _dispatch(self) -> list[Sent]:
        """Send the best units there are; another officer may take them first. Empty if none came free."""
        for attempt in range(_TRIES):
            order = await self._choose()
            if order["units"]:
                try:
                    given = await self._act("dispatch", order, str(attempt))
                except ApiRefusal as refusal:
                    if refusal.code not in _TAKEN:
                        raise
                    self._tallies[refusal.code] += 1
                    continue
                self._tallies["dispatches"] += len(order["units"])
                return await self._sent(given)
            await self._pause(20, 60)
        return []

    async def _choose(self) -> dict[str, Any]:
        """The first set of the run card, or the second with a reason; without a set, whoever fits."""
        advice = await self._room.client.get(f"/incidents/{self._incident}/advice", k=60)
        sets = [one for one in advice.get("sets", ()) if one["units"]]
        if not sets:
            return {"units": self._fitting(advice)}
        first = len(sets) < 2 or self._rng.random() < self._skill.first_choice
        units = [str(unit["unit"]) for unit in sets[0 if first else 1]["units"]]
        reason = {} if first else {"override_reason": _OTHER_REASON}
        return {"units": units, "offer": advice["offer"], **reason}

    def _fitting(self, advice: dict[str, Any]) -> list[str]:
        """The fastest of each fitting kind in turn, the kinds in the call's order; others where none fits."""
        names = [str(u["unit"]) for u in advice["units"]]
        ranks = Counter[str]()
        turns: list[tuple[int, int, str]] = []
        for name in names:
            kind = self._room.kinds.get(name)
            if kind in self._call.kinds:
                turns.append((ranks[kind], self._call.kinds.index(kind), name))
                ranks[kind] += 1
        return ([name for *_, name in sorted(turns)] or names)[: self._call.units]

    async def _sent(self, given: dict[str, Any]) -> list[Sent]:
        made = given.get("assignments")
        if made is None:
            card = await self._room.client.get(f"/incidents/{self._incident}")
            made = [a for a in card["assignments"] if not a.get("ended_at")]
        return [Sent(str(a["id"]), str(a["unit"]), float(a.get("eta_s") or 120.0)) for a in made]

    async def _bring(self, one: Sent) -> None:
        """签收 → 出动 → the road → 到场."""
        await self._pause(3, 10)
        await self._step(one, "ack")
        await self._pause(5, 20)
        await self._step(one, "enroute")
        place = self._call.body["location"]
        way = await self._room.way(self._incident, one.id, one.unit, (place["lon"], place["lat"]))
        self._driven[one.id] = way
        await self._room.fleet.drive(one.unit, way, max(one.eta_s, 5.0) * self._rng.uniform(0.9, 1.25))
        await self._step(one, "arrive")
        self._tallies["arrivals"] += 1

    def _go_home(self, one: Sent) -> None:
        """Back the way it came; a new order on the road simply replaces the drive."""
        self._room.fleet.start(one.unit, self._driven[one.id][::-1], max(one.eta_s, 30.0) * 1.3)

    async def _act(self, verb: str, body: dict[str, Any] | None = None, again: str = "") -> dict[str, Any]:
        path = f"/incidents/{self._incident}/{verb}"
        given: dict[str, Any] = await self._room.client.post(path, body or {}, f"{self._name}-{verb}{again}")
        return given

    async def _step(self, one: Sent, verb: str) -> None:
        await self._room.client.post(f"/assignments/{one.id}/{verb}", {}, f"{self._name}-{one.unit}-{verb}")

    async def _pause(self, least: float, most: float) -> None:
        await self._room.wait(self._rng.uniform(least, most))
