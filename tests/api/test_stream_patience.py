"""A client that takes nothing is let go; one that waits for news is not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from api import stream
from core.permissions import Principal

WALL = Principal("w", "main", "wall", "", "main", "wall")


async def alive(_scope: dict[str, Any]) -> bool:
    return True


async def watched(send: stream.Send, seconds: float) -> bool:
    """Whether a connection that sends one message this way is ended within so many seconds."""
    outgoing, end = stream._Outgoing(send), asyncio.get_running_loop().create_future()
    sending = asyncio.create_task(outgoing({"type": "websocket.send", "text": "{}"}))
    feed: Any = type("Feed", (), {"still_valid": staticmethod(alive)})
    watching = asyncio.create_task(stream._watch({}, feed, stream._Connection(WALL, end, outgoing)))
    await asyncio.wait({end}, timeout=seconds)
    for task in (sending, watching):
        task.cancel()
    return end.cancelled()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_LOOK_S", 0.01)
    monkeypatch.setattr(stream, "_IDLE_CLOSE_S", 0.05)


def test_a_client_that_takes_nothing_is_let_go() -> None:
    async def never(_message: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    assert asyncio.run(watched(never, 5.0))


def test_a_client_that_has_taken_everything_may_wait_for_ever() -> None:
    async def at_once(_message: dict[str, Any]) -> None:
        pass

    assert not asyncio.run(watched(at_once, 0.3))
