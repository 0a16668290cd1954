"""Many readers in processes of their own: of our stream, or of a plain Redis channel.

`python -m bench.crowd COUNT URL [TOKEN]` connects, says `ready`, reads until its standard input is closed,
then prints what it saw: {"seqs": [[seq, …] a reader], "at": [[monotonic ns, …] a reader]}.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from redis import Redis
from websockets.asyncio.client import connect

from db.local import bound_command
from settings import ROOT

A_PROCESS = 50
STREAM = "/api/v1/stream?realm=live&after="
CHANNEL = "zhihui:bench"
_SEQ = re.compile(rb'^\{"seq":(\d+)')


@dataclass
class Seen:
    """What one process saw: for each of its readers the patches' seqs and the times they came."""

    seqs: list[list[int]] = field(default_factory=list)
    at: list[list[int]] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        self.seqs += other.seqs
        self.at += other.at


class Crowd:
    """Running readers; `finish` ends them."""

    def __init__(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        self._processes = processes

    def finish(self) -> Seen:
        seen = Seen()
        for process in self._processes:
            said, _ = process.communicate("")
            seen.add(Seen(**json.loads(said)))
        return seen


@contextmanager
def crowd(readers: int, url: str, token: str = "", after: int = 0) -> Iterator[Crowd]:
    """`readers` of the stream at an http address (with a token), or of CHANNEL at a redis address."""
    with ExitStack() as stack:
        sizes = [min(A_PROCESS, readers - start) for start in range(0, readers, A_PROCESS)]
        processes = [stack.enter_context(_process(size, url, token, after)) for size in sizes]
        for process in processes:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError(f"readers of {url} did not connect")
        yield Crowd(processes)


@contextmanager
def _process(size: int, url: str, token: str, after: int) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-m", "bench.crowd", str(size), url, token, str(after)]
    command = bound_command(arguments, "KILL")
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, text=True, start_new_session=True, **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


# --- within a process ------------------------------------------------------------------------------------


async def _of_stream(url: str, token: str, after: str) -> AsyncIterator[bytes]:
    """The messages of our stream; first an empty one, when connected."""
    address = url.replace("http", "ws", 1) + STREAM + after
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(address, additional_headers=headers, compression=None, max_size=None) as socket:
        yield b""
        async for message in _messages(socket):
            yield message


async def _messages(socket: Any) -> AsyncIterator[bytes]:
    while True:
        yield await socket.recv(decode=False)


async def _of_redis(url: str) -> AsyncIterator[bytes]:
    """The messages of CHANNEL, by nothing but a socket; first an empty one, when subscribed."""
    where = Redis.from_url(url).get_connection_kwargs()
    if "path" in where:
        reader, writer = await asyncio.open_unix_connection(where["path"])
    else:
        reader, writer = await asyncio.open_connection(where["host"], where["port"])
    writer.write(f"SUBSCRIBE {CHANNEL}\r\n".encode())
    while True:
        words = [await _word(reader) for _ in range(int((await reader.readline())[1:]))]
        yield words[2] if words[0] == b"message" else b""


async def _word(reader: asyncio.StreamReader) -> bytes:
    """A bulk string or a number of Redis' protocol."""
    head = await reader.readline()
    if head[:1] != b"$":
        return head[1:-2]
    return (await reader.readexactly(int(head[1:]) + 2))[:-2]


async def _read(
    source: AsyncIterator[bytes], seqs: list[int], at: list[int], ready: asyncio.Semaphore
) -> None:
    async for message in source:
        now = time.monotonic_ns()
        if not message:
            ready.release()
        elif found := _SEQ.match(message):
            seqs.append(int(found[1]))
            at.append(now)


async def _run(size: int, url: str, token: str, after: str) -> Seen:
    seen = Seen([[] for _ in range(size)], [[] for _ in range(size)])
    ready = asyncio.Semaphore(0)
    tasks = []
    for seqs, at in zip(seen.seqs, seen.at, strict=True):
        source = _of_redis(url) if url.startswith(("redis", "unix")) else _of_stream(url, token, after)
        tasks.append(asyncio.create_task(_read(source, seqs, at, ready)))
        await ready.acquire()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if not isinstance(end, asyncio.CancelledError):
            print(f"a reader ended: {end!r}", file=sys.stderr)
    return seen


def main() -> None:
    size, url, token, after = sys.argv[1:]
    seen = asyncio.run(_run(int(size), url, token, after))
    json.dump({"seqs": seen.seqs, "at": seen.at}, sys.stdout)


if __name__ == "__main__":
    main()
