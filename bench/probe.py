"""The product's application with marks on it: what a bench's own instance serves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

import app
from bench.marks import Marks, Message, Send

MARKS_PATH = "/bench/marks"
Receive = Callable[[], Awaitable[Message]]


class Probe:
    """Outermost: notes when requests come in and patches go out, and tells what it noted."""

    def __init__(self, served: Any, marks: Marks) -> None:
        self._served, self._marks = served, marks

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            send = self._marks.sender(send, wall=b"zhihui_wall=" in _header(scope, b"cookie"))
        elif scope["type"] == "http":
            if scope["path"] == MARKS_PATH:
                await _tell(send, self._marks)
                return
            self._marks.receive()
        await self._served(scope, receive, send)


def _header(scope: Message, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")


async def _tell(send: Send, marks: Marks) -> None:
    body = orjson.dumps(marks.as_json(), option=orjson.OPT_NON_STR_KEYS)
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve() -> Probe:
    """The factory for uvicorn."""
    marks = Marks()
    marks.attach()
    return Probe(app.serve(), marks)
