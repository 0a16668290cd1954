"""Officers at work: many at once, each on a connection of its own, each verb timed.

One connection speaks just enough HTTP/1.1 for our answers: a client of the usual kind would cost this machine
more than what is measured.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from bench.figures import tails

SHOWN = 5


@dataclass
class Told:
    """What came of all verbs: ms by verb and phase, what was refused, how far officers fell behind, and for
    how long they worked."""

    times: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    closed: int = 0
    backlog: int = 0
    worked_s: float = 0.0

    def of(self, *, phase: str | None = None, verb: str | None = None) -> list[float]:
        return [
            ms
            for (at, name), found in self.times.items()
            if phase in (None, at) and verb in (None, name)
            for ms in found
        ]

    def by_verb(self) -> dict[str, Any]:
        verbs = dict.fromkeys(name for _, name in self.times)
        return {verb: {"n": len(found := self.of(verb=verb)), **tails(found)} for verb in verbs}


class Line:
    """One officer's connection, opened again where the server has ended it: a key makes asking twice safe."""

    def __init__(self, url: str, token: str, told: Told) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._token, self._told = token, told
        self._keys = itertools.count()
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    def close(self) -> None:
        self._writer.close()

    async def post(self, verb: str, path: str, body: Any, phase: str) -> dict[str, Any] | None:
        """The answer of a verb; None, and a word among the errors, when it was refused."""
        sent = orjson.dumps(body)
        head = (
            f"POST /api/v1{path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Idempotency-Key: {self._token[-8:]}-{next(self._keys)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        began = time.perf_counter()
        try:
            status, answer = await self._ask(head.encode() + sent)
        except (asyncio.IncompleteReadError, ConnectionError):  # idle, and ended by the server meanwhile
            await self.open()
            status, answer = await self._ask(head.encode() + sent)
        self._told.times.setdefault((phase, verb), []).append((time.perf_counter() - began) * 1e3)
        if status < 400:
            found: dict[str, Any] = orjson.loads(answer)
            return found
        self._told.errors.append(f"{verb}: {status} {answer[:300].decode(errors='replace')}")
        return None

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        return int(head.split(b" ", 2)[1]), await self._reader.readexactly(length)


@dataclass(frozen=True, slots=True)
class Report:
    """What comes in at `at` seconds after the start: `whole` = worked through to its end."""

    at: float
    phase: str
    whole: bool
    body: dict[str, Any]
    emergency: bool


class Shift:
    """Officers who take what comes in, first come first served, and the units they may send."""

    def __init__(self, url: str, tokens: Sequence[str], units: Sequence[str]) -> None:
        self.told = Told()
        self._lines = [Line(url, token, self.told) for token in tokens]
        self._units = list(units)
        self._desk: asyncio.Queue[Report | None]

    async def work(self, reports: Sequence[Report]) -> None:
        """Until everything that came in has been worked through."""
        self._desk = asyncio.Queue()
        for line in self._lines:
            await line.open()
        officers = [asyncio.create_task(self._officer(line)) for line in self._lines]
        began = time.perf_counter()
        for report in reports:
            await asyncio.sleep(max(0.0, began + report.at - time.perf_counter()))
            self._desk.put_nowait(report)
            self.told.backlog = max(self.told.backlog, self._desk.qsize())
        for _ in officers:
            self._desk.put_nowait(None)
        await asyncio.gather(*officers)
        self.told.worked_s += time.perf_counter() - began

    async def _officer(self, line: Line) -> None:
        while (report := await self._desk.get()) is not None:
            answer = await line.post("report", "/incidents", report.body, report.phase)
            if answer and report.whole:
                await self._case(line, report, answer)
        line.close()

    async def _case(self, line: Line, report: Report, known: dict[str, Any]) -> None:
        """受理 → 派遣 or 转办 → 处置 → 回复 → 核查 → 办结."""
        at, phase = f"/incidents/{known['id']}", report.phase
        steps: list[tuple[str, dict[str, Any]]] = [
            ("handle", {"text": "已处置"}), ("reply", {"text": "已答复"}), ("verify", {}), ("close", {}),
        ]  # fmt: skip
        if await line.post("accept", f"{at}/accept", {}, phase) is None:
            return
        unit = self._units.pop() if report.emergency and self._units else None
        if unit:
            await self._send(line, at, unit, phase)
        else:
            town = {"to": f"@{known['grid'][:9]}", "reason": "属地办理"}
            await line.post("transfer", f"{at}/transfer", town, phase)
        for verb, body in steps:
            if await line.post(verb, f"{at}/{verb}", body, phase) is None:
                return
        self.told.closed += 1

    async def _send(self, line: Line, at: str, unit: str, phase: str) -> None:
        """派遣, 到场, 归队: the unit is free again afterwards."""
        sent = await line.post("dispatch", f"{at}/dispatch", {"units": [unit]}, phase)
        if sent:
            assignment = f"/assignments/{sent['assignments'][0]['id']}"
            await line.post("arrive", f"{assignment}/arrive", {}, phase)
            await line.post("release", f"{assignment}/release", {}, phase)
            self._units.append(unit)
