"""The feed through the real server: in order, without a gap, and closed with its credential."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from actions import accounts
from core.permissions import SYSTEM, Scope
from db.sessions import find_token
from feed.patches import digest_of
from tests.api.conftest import Server, now, reported
from tests.cast import IN_B, TOWN_A
from tests.parts import eventually, send
from tests.screen import Screen


@contextmanager
def stream(server: Server, token: str | None = None, **query: Any) -> Iterator[ClientConnection]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    headers = {"authorization": f"Bearer {token or server.api}"}
    with connect(f"{server.stream}?{asked}", additional_headers=headers, open_timeout=10) as socket:
        yield socket


def texts(socket: ClientConnection, within_s: float = 10) -> Iterator[str]:
    """What comes; TimeoutError when patience ends, whatever came before."""
    deadline = time.monotonic() + within_s
    while True:
        yield str(socket.recv(timeout=max(0.01, deadline - time.monotonic()), decode=True))


def messages(socket: ClientConnection, within_s: float = 10) -> Iterator[dict[str, Any]]:
    for text in texts(socket, within_s):
        yield json.loads(text)


def follow(socket: ClientConnection, screen: Screen, until_seq: int) -> list[dict[str, Any]]:
    """Draws patches until a position; all that came."""
    came = []
    for message in messages(socket):
        came.append(message)
        if "seq" in message:
            assert message["seq"] > screen.seq
            screen.apply(message)
        beat = message.get("heartbeat", {"head": -1})
        if max(screen.seq, beat["head"]) >= until_seq:
            return came
    raise AssertionError("unreachable")


def drawn(server: Server, token: str | None = None) -> tuple[Screen, dict[str, Any]]:
    """The state as a screen, and the answer."""
    answer = server.get("/state", token=token)
    screen = Screen()
    screen.apply(answer.json())
    assert answer.headers["x-seq"] == str(answer.json()["seq"])
    return screen, answer.json()


def test_patches_come_in_order_without_a_gap_and_end_as_the_state(server: Server) -> None:
    screen, state = drawn(server)
    with stream(server, after=state["seq"]) as socket:
        ident = reported(server)
        (assignment,) = send(server.services, ident, "P1")
        came = follow(socket, screen, server.head)
    seqs = [m["seq"] for m in came if "seq" in m]
    assert seqs == list(range(state["seq"] + 1, server.head + 1))
    fresh, after = drawn(server)
    assert (screen.features, screen.hash()) == (fresh.features, after["hash"])
    assert screen.features["incidents", ident]["properties"]["units"] == ["P1"]
    server.post(f"/assignments/{assignment}/release")


def test_a_stream_from_the_beginning_tells_everything(server: Server) -> None:
    reported(server)
    screen = Screen()
    with stream(server, after=0) as socket:
        follow(socket, screen, server.head)
    fresh, state = drawn(server)
    assert (screen.features, screen.hash()) == (fresh.features, state["hash"])


def test_a_heartbeat_proves_the_state(server: Server) -> None:
    with stream(server, after=server.head) as socket:
        beat = next(m["heartbeat"] for m in messages(socket) if "heartbeat" in m)
    answer = server.get("/state/hash").json()
    assert (beat["head"], beat["hash"]) == (answer["seq"], answer["hash"])
    assert beat["degraded"] is False


def test_a_position_of_the_future_is_answered_by_a_reset(server: Server) -> None:
    with stream(server, after=server.head + 1000) as socket:
        assert next(messages(socket)) == {"reset": server.head}
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4409


def test_a_narrow_scope_hears_of_its_own_area_alone(server: Server) -> None:
    screen, state = drawn(server, server.town)
    with stream(server, server.town, after=state["seq"]) as socket:
        there = reported(server, location={"lon": IN_B[0], "lat": IN_B[1]})
        here = reported(server)
        came = follow(socket, screen, server.head)
    assert there not in json.dumps(came)
    assert ("incidents", here) in screen.features
    fresh, after = drawn(server, server.town)
    assert (screen.features, screen.hash()) == (fresh.features, after["hash"])
    assert after["hash"] == digest_of(server.board, Scope(TOWN_A)).hex()


@pytest.mark.parametrize("credential", [None, "Bearer zhapi_forged", "Bearer ", "Basic eA=="])
def test_a_forged_or_missing_credential_gets_nothing(server: Server, credential: str | None) -> None:
    headers = {"authorization": credential} if credential else {}
    with pytest.raises(InvalidStatus) as refused, connect(server.stream, additional_headers=headers):
        pass
    assert refused.value.response.status_code == 403


def test_a_token_revoked_before_gets_nothing(server: Server) -> None:
    secret = server.token()
    revoke(server, secret)
    with pytest.raises(InvalidStatus), stream(server, secret, after=0):
        pass
    assert server.get("/state", token=secret).status_code == 401


def revoke(server: Server, secret: str) -> None:
    with server.services.engine.connect() as conn:
        principal = find_token(conn, secret)
    assert principal
    accounts.revoke_token(server.services, SYSTEM, principal.credential)


@pytest.mark.parametrize("kind", ["api", "wall"])
def test_a_revoked_tokens_stream_closes_at_once(server: Server, kind: str) -> None:
    secret = server.token(kind)
    with stream(server, secret, after=server.head) as socket:
        next(m for m in messages(socket) if "heartbeat" in m)
        began = time.monotonic()
        revoke(server, secret)
        assert next(m for m in messages(socket) if "bye" in m) == {"bye": "revoked"}
        assert time.monotonic() - began < 5  # not at a look at all streams, every 10 s
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4401


def test_a_revoked_tokens_ndjson_ends_at_once_and_says_no_more(server: Server) -> None:
    secret = server.token()
    lines: list[str] = []
    ended = threading.Event()

    def read() -> None:
        with server.client(secret) as client, client.stream("GET", "/events?follow=1") as answer:
            lines.extend(line for line in answer.iter_lines())
        ended.set()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    seq = server.head
    reported(server)
    revoke(server, secret)
    assert ended.wait(3), "still open"
    reported(server)
    assert all(json.loads(line)["seq"] <= seq + 1 for line in lines)


def test_sse_gives_the_same_patches_with_their_positions_as_ids(server: Server) -> None:
    seq = server.head
    first, second = reported(server), reported(server)
    found: list[tuple[int, dict[str, Any]]] = []
    with server.client() as client:
        headers = {"last-event-id": str(seq), "accept": "text/event-stream"}
        with client.stream("GET", "/stream", headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            ident = None
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    ident = int(line[4:])
                elif line.startswith("data: ") and ident is not None:
                    found.append((ident, json.loads(line[6:])))
                    ident = None
                if len(found) == 2:
                    break
    assert [seq_ for seq_, _ in found] == [patch["seq"] for _, patch in found] == [seq + 1, seq + 2]
    assert [patch["upsert"]["incidents"][0]["id"] for _, patch in found] == [first, second]


def test_a_wall_says_what_it_displays(server: Server) -> None:
    secret = server.token("wall")
    display = {"seq": 1, "hash": "0" * 16, "bounds": [1, 2, 3, 4], "size": [1920, 1080], "locked": False}
    with stream(server, secret, after=server.head) as socket:
        for said in ('{"display": ', "[]", json.dumps({"display": 5}), "x" * 5000):
            socket.send(said)
        socket.send(json.dumps({"display": display}))
        eventually(lambda: display in [w["display"] for w in server.get("/walls").json()["items"]])
    with stream(server, after=server.head) as socket:
        socket.send(json.dumps({"display": {**display, "seq": 99}}))
        next(m for m in messages(socket) if "heartbeat" in m)
    assert 99 not in [w["display"]["seq"] for w in server.get("/walls").json()["items"] if w["display"]]


def test_positions_put_are_positions_streamed(server: Server) -> None:
    with stream(server, after=server.head) as socket:
        fix = {"unit": "F2", "lon": 118.1333333, "lat": 24.4911111, "at": now(), "speed": 40, "heading": 90}
        with server.client() as client:
            answer = client.put("/units/positions", json=[fix])
        assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "dropped": {}})
        told = ([r for r in m.get("positions", ()) if r[0] == "F2"] for m in messages(socket))
        rows = next(filter(None, told))
    assert [row[:3] + row[4:] for row in rows] == [["F2", 118.133333, 24.491111, 40, 90]]
    unit = server.get("/units/F2").json()
    assert (unit["position"]["lon"], unit["status"]) == (118.133333, "available")
    assert unit["position"]["age_s"] < 10


def test_what_is_no_stream_is_no_socket(server: Server) -> None:
    headers = {"authorization": f"Bearer {server.api}"}
    for path in ("/api/v1/incidents", "/api/v1/stream?after=x", "/api/v1/stream?realm=nowhere",
                 "/api/v1/stream?realm=system", "/api/v1/stream?after=-1"):  # fmt: skip
        address = server.url.replace("http", "ws") + path
        with pytest.raises(InvalidStatus), connect(address, additional_headers=headers):
            pass
