"""A network cable between a screen and the server, that can be cut: what is sent meanwhile is simply lost to
sight, and nobody is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

PIECE = 65536


class Cable:
    """Forwards TCP from a port of its own; `cut` holds every byte back until `mend`."""

    def __init__(self, host: str, port: int) -> None:
        self._far = (host, port)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._run(),), daemon=True)
        self.port = 0

    def cut(self) -> None:
        self._loop.call_soon_threadsafe(self._whole.clear)

    def mend(self) -> None:
        self._loop.call_soon_threadsafe(self._whole.set)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._whole, self._over = asyncio.Event(), asyncio.Event()
        self._whole.set()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._far)
        await asyncio.gather(
            self._pump(reader, far_writer), self._pump(far_reader, writer), return_exceptions=True
        )

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while piece := await source.read(PIECE):
                await self._whole.wait()
                sink.write(piece)
                await sink.drain()
        finally:
            sink.close()


@contextmanager
def cable(url: str) -> Iterator[Cable]:
    """Between a screen and the server at `url`."""
    far = urlsplit(url)
    assert far.hostname is not None
    assert far.port is not None
    made = Cable(far.hostname, far.port)
    made.start()
    try:
        yield made
    finally:
        made.stop()
