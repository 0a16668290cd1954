"""Many at once through one web process: nobody stands still, and who does not read is nobody's burden."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx

from tests.api.conftest import Server, reported
from tests.api.test_stream import drawn, follow, stream, texts
from tests.cast import FIRE

OFFICERS = 40
NOTES = 60


def test_forty_officers_race_for_one_unit_and_the_page_stays_answered(server: Server) -> None:
    idents = [reported(server) for _ in range(OFFICERS)]
    key = server.head

    def race(number: int) -> httpx.Response:
        path = f"/incidents/{idents[number]}/dispatch"
        return server.post(path, {"units": ["P2"]}, idempotency_key=f"race-{key}-{number}")

    began = time.monotonic()
    with ThreadPoolExecutor(OFFICERS) as pool:
        racing = [pool.submit(race, number) for number in range(OFFICERS)]
        assert server.get("/units").status_code == 200
        answers = [future.result(timeout=20) for future in racing]
    assert time.monotonic() - began < 15
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    (assignment,) = won[0].json()["assignments"]
    told = {(a.json()["code"], a.json()["params"]["assignment"]) for a in answers if a is not won[0]}
    assert told == {("unit_busy", assignment["id"])}
    server.post(f"/assignments/{assignment['id']}/release")


def deaf(server: Server) -> socket.socket:
    """A socket that says hello to the stream and then never reads."""
    address = httpx.URL(server.url)
    silent = socket.socket()
    silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    silent.connect((address.host, address.port))
    hello = [
        "GET /api/v1/stream?after=0 HTTP/1.1", f"Host: {address.host}", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Authorization: Bearer {server.api}", "", "",
    ]  # fmt: skip
    silent.sendall("\r\n".join(hello).encode())
    return silent


def test_readers_that_never_read_cost_the_others_nothing(server: Server) -> None:
    ident = reported(server, **{"class": FIRE, "text": "长" * 4000})
    silent = [deaf(server) for _ in range(5)]
    screen, state = drawn(server)
    slowest = 0.0
    with stream(server, after=state["seq"]) as reader:
        for number in range(NOTES):
            began = time.monotonic()
            assert server.post(f"/incidents/{ident}/note", {"text": f"{number}"}).status_code == 200
            follow(reader, screen, state["seq"] + number + 1)
            slowest = max(slowest, time.monotonic() - began)
    fresh, after = drawn(server)
    assert (screen.features, screen.hash()) == (fresh.features, after["hash"])
    assert slowest < 5  # a busy machine is slow; who waited for a deaf reader would wait for 10 s and more
    for sock in silent:
        sock.close()


def test_sixty_readers_all_hear_the_same(server: Server) -> None:
    after = server.head
    with ExitStack() as stack:
        sockets = [stack.enter_context(stream(server, after=after)) for _ in range(60)]
        ident = reported(server)
        heard = {next(text for text in texts(socket) if ident in text) for socket in sockets}
    assert len(heard) == 1
