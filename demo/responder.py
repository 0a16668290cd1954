"""A response as the offices it calls live it: they acknowledge, work and report, and its commander ends it.

Offices differ (`demo.rates.responder`): how much of the time they are given they take. What may take days is
done within half an hour, so that a demonstration sees its end.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from demo.client import ApiRefusal, Denied
from demo.rates import responder

if TYPE_CHECKING:
    from demo.officer import Room

_LONGEST_S = 30 * 60.0
_OVER = frozenset({"done", "cancelled"})
_TO = ["@"]
"""Reports go to the city's command centre."""
_DONE = ("已按预案落实到位", "人员、装备已到位并展开处置", "已完成并持续值守", "已完成，无异常情况")
_WORSE = "险情扩大"
_END = "险情解除，现场恢复正常"
_TOWN = 9
"""Length of a town's division code."""
Task = Mapping[str, Any]


async def activate(room: Room, incident: str, name: str, seed: str, tallies: Counter[str]) -> Response | None:
    """启动 the gravest plan that an incident calls for, whatever the city lacks for it; None = it calls for
    none."""
    proposed = (await room.client.get(f"/incidents/{incident}/plans"))["items"]
    if not proposed:
        return None
    plan, level = proposed[0]["plan"], proposed[0]["level"]
    return await begin(room, incident, plan, level, name, seed, tallies)


async def begin(
    room: Room, incident: str, plan: str, level: int, name: str, seed: str, tallies: Counter[str]
) -> Response:
    """启动 this plan at this level."""
    preview = await room.client.get(f"/incidents/{incident}/plans/{plan}/preview", level=level)
    order = {"incident": incident, "level": level, "accept_shortfalls": _seen(preview)}
    given = await room.client.post(f"/plans/{plan}/activate", order, f"{name}-activate")
    tallies["responses"] += 1
    return Response(room, str(given["linkage"]), level, name, seed, tallies)


def _seen(preview: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{key: gap[key] for key in ("kind", "what", "missing")} for gap in preview["shortfalls"]]


class Response:
    """One that runs. Every POST has a key made of the run, the call and the step."""

    def __init__(
        self, room: Room, ident: str, level: int, name: str, seed: str, tallies: Counter[str]
    ) -> None:
        self._room, self.ident, self.level, self._name = room, ident, level, name
        self._seed, self._tallies = seed, tallies

    async def run(self, raised: Sequence[int] = ()) -> None:
        """To its end, by way of these graver levels. Raises ApiRefusal, Denied."""
        await self._work()
        for level in raised:
            await self._raise(level)
            await self._work()
        await self.end()

    async def _raise(self, level: int) -> None:
        """升级, whatever the city lacks for it."""
        preview = await self._room.client.get(f"/linkages/{self.ident}/preview", level=level)
        order = {"level": level, "reason": _WORSE, "accept_shortfalls": _seen(preview)}
        await self._post("level", order, f"level-{level}")

    async def end(self) -> None:
        """终止 and 终报, however much is still open."""
        card = await self._read()
        await self._tell_losses(card["properties"])
        await self._post("end", {"reason": _END}, "end")
        await self._report("final", None)

    async def _work(self) -> None:
        """Every task as soon as it is given, until none is open."""
        try:
            async with asyncio.TaskGroup() as offices:
                await self._give_out(offices)
        except* Denied as denied:
            raise denied.exceptions[0] from None

    async def _give_out(self, offices: asyncio.TaskGroup) -> None:
        begun: dict[str, asyncio.Task[None]] = {}
        while True:
            for one in (await self._read())["tasks"]:
                if one["status"] not in _OVER | {"waiting"} and one["id"] not in begun:
                    begun[one["id"]] = offices.create_task(self._do(one))
            working = [one for one in begun.values() if not one.done()]
            if not working:
                return
            await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)

    async def _do(self, task: Task) -> None:
        """签收 → 开始办理 → 完成, in this office's own time; a refusal is counted, and the task left."""
        rng = random.Random(f"{self._seed}-{task['code']}")
        skill = responder(random.Random(f"{self._seed}-{task['owner']}"))
        try:
            await self._wait(skill.acknowledging.at(rng.gauss()) * task["deadline"]["total_s"])
            await self._step(task, "ack")
            await self._wait(rng.uniform(10, 60))
            await self._step(task, "start")
            await self._wait(skill.working.at(rng.gauss()) * task["due_s"])
            if not (task["reports"] and await self._report(None, task)):
                await self._step(task, "done", text=rng.choice(_DONE))
            self._tallies["tasks"] += 1
        except ApiRefusal as refusal:
            self._tallies[refusal.code] += 1

    async def _report(self, stage: str | None, task: Task | None) -> bool:
        """The draft as it is, sent; false when another office has just sent the one that was due."""
        asked = {} if stage is None else {"stage": stage}
        drafted = await self._room.client.get(f"/linkages/{self.ident}/reports/draft", **asked)
        body = {name: drafted[name] for name in ("stage", "text", "covers")} | {"to": _TO}
        if task:
            body["task"] = task["id"]
        try:
            await self._post("reports", body, f"report-{task['code'] if task else stage}")
        except ApiRefusal as refusal:
            if refusal.code != "report_out_of_turn":
                raise
            return False
        self._tallies["reports"] += 1
        return True

    async def _tell_losses(self, linkage: Mapping[str, Any]) -> None:
        """灾情报送 of the town where it happened: small figures, no dead."""
        rng = random.Random(f"{self._seed}-losses")
        figures = {"affected": rng.randint(0, 300), "relocated": rng.randint(0, 80), "dead": 0}
        body = {"area": str(linkage["area"])[:_TOWN], "figures": figures}
        try:
            path = f"/incidents/{linkage['incident']}/losses"
            await self._room.client.post(path, body, f"{self._name}-losses")
        except ApiRefusal as refusal:
            self._tallies[refusal.code] += 1

    async def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = await self._room.client.get(f"/linkages/{self.ident}")
        return found

    async def _step(self, task: Task, verb: str, **body: str) -> None:
        await self._post(f"tasks/{task['id']}/{verb}", body, f"{task['code']}-{verb}")

    async def _post(self, path: str, body: Mapping[str, Any], step: str) -> None:
        await self._room.client.post(f"/linkages/{self.ident}/{path}", body, f"{self._name}-{step}")

    async def _wait(self, seconds: float) -> None:
        await self._room.wait(min(seconds, _LONGEST_S))
