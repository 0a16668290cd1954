"""A hidden wall (保密): its stream, and whatever else it asks for, tell it nothing but that it is hidden."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from actions.accounts import add_token
from core.fixes import BELIEVED_AT
from core.permissions import SYSTEM
from tests.api.conftest import Server, is_problem, reported
from tests.api.test_stream import drawn, messages, stream
from tests.parts import send
from tests.screen import Screen


class Wall(NamedTuple):
    name: str
    token: str


@pytest.fixture
def wall(server: Server) -> Iterator[Wall]:
    """A wall of the whole city."""
    name = f"w{secrets.token_hex(4)}"
    yield Wall(name, add_token(server.services, SYSTEM, "wall", name).secret)
    server.post(f"/walls/{name}/unblank")


def own(state: dict[str, Any]) -> dict[str, list[str]]:
    return {layer: [one["id"] for one in features] for layer, features in state["upsert"].items() if features}


def the_veil(said: dict[str, Any], name: str) -> None:
    assert (own(said), said["veiled"], said["panels"]) == ({"walls": [name]}, True, {"ticker": []})


def test_a_hidden_wall_hears_of_nothing_and_has_it_all_again_when_it_is_shown(
    server: Server, wall: Wall
) -> None:
    ident = reported(server)
    with stream(server, wall.token, after=server.head) as socket:
        server.post(f"/walls/{wall.name}/blank")
        came = messages(socket)
        the_veil(next(m["state"] for m in came if "state" in m), wall.name)
        meanwhile = reported(server, severity=1, text="涉密")
        (assignment,) = send(server.services, meanwhile, "M1")
        at = server.board.units["M1"]
        rows = [{"unit": "M1", "lon": at.lon, "lat": at.lat, "at": when} for when in _last_seconds()]
        with server.client() as client:
            moved = client.put("/units/positions", json=rows)
        assert moved.json()["accepted"] >= 1, moved.text
        server.post(f"/walls/{wall.name}/strip", {"text": "请稍候"})
        told = next(m for m in came if "seq" in m)
        assert (own(told), told["panels"].get("ticker", [])) == ({"walls": [wall.name]}, [])
        hidden = _until_beat(came, server.head)
        assert {key for one in hidden for key in one} <= {"heartbeat"}
        assert hidden[-1]["heartbeat"]["hash"] == server.get("/state/hash", token=wall.token).json()["hash"]
        server.post(f"/walls/{wall.name}/unblank")
        shown = next(m["state"] for m in came if "state" in m)
        next(m for m in came if "M1" in {row[0] for row in m.get("positions", [])})
    screen = Screen()
    screen.apply(shown)
    fresh, after = drawn(server, wall.token)
    assert (screen.features, screen.hash()) == (fresh.features, after["hash"])
    assert {ident, meanwhile} <= {one["id"] for one in shown["upsert"]["incidents"]}
    server.post(f"/assignments/{assignment}/release")


def _last_seconds() -> list[str]:
    """Several moments: fixes that agree are believed, wherever another test has left the unit."""
    now = datetime.now(UTC)
    return [(now - timedelta(seconds=ago)).isoformat() for ago in range(BELIEVED_AT, 0, -1)]


def _until_beat(came: Iterator[dict[str, Any]], head: int) -> list[dict[str, Any]]:
    """What comes until a heartbeat tells of a position."""
    found: list[dict[str, Any]] = []
    for message in came:
        found.append(message)
        if message.get("heartbeat", {"head": -1})["head"] >= head:
            break
    return found


def test_a_wall_that_comes_back_while_it_is_hidden_forgets_and_one_that_comes_back_later_is_given_all(
    server: Server, wall: Wall
) -> None:
    ident = reported(server)
    server.post(f"/walls/{wall.name}/blank")
    the_veil(server.get("/state", token=wall.token).json(), wall.name)
    with stream(server, wall.token, after=server.head - 3) as socket:
        the_veil(next(m["state"] for m in messages(socket) if "state" in m), wall.name)
    server.post(f"/walls/{wall.name}/unblank")
    with stream(server, wall.token, after=server.head, veiled=1) as socket:
        shown = next(m["state"] for m in messages(socket) if "state" in m)
    assert ident in {one["id"] for one in shown["upsert"]["incidents"]}


@pytest.mark.parametrize(
    ("path", "asked"),
    [("incidents", {}), ("events", {}), ("state", {"at": 1}), ("kpis", {"period": "days30"}), ("alerts", {})],
)
def test_a_hidden_wall_is_refused_whatever_belongs_to_its_picture(
    server: Server, wall: Wall, path: str, asked: dict[str, Any]
) -> None:
    server.post(f"/walls/{wall.name}/blank")
    is_problem(server.get(f"/{path}", token=wall.token, **asked), 403, "forbidden")
    server.post(f"/walls/{wall.name}/unblank")
    assert server.get(f"/{path}", token=wall.token, **asked).status_code == 200
