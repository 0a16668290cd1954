"""A wall that visitors stand before: by no road does it learn of a sensitive incident."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from websockets.exceptions import ConnectionClosed

from actions import sensitivity
from actions.accounts import add_token
from actions.unit_of_work import Call
from actions.walls import set_wall
from core.permissions import SYSTEM, Scope
from feed.patches import digest_of
from tests.api.conftest import Server, is_problem, reported
from tests.api.test_stream import drawn, messages, stream
from tests.cast import IN_B, LEADER
from tests.parts import send


class Wall(NamedTuple):
    name: str
    token: str


@pytest.fixture
def wall(server: Server) -> Wall:
    """A wall of the whole city, hung where visitors pass."""
    name = f"w{secrets.token_hex(4)}"
    token = add_token(server.services, SYSTEM, "wall", name).secret
    set_wall(server.services, SYSTEM, name, {"visitors": True})
    return Wall(name, token)


@pytest.fixture
def hidden(server: Server) -> Iterator[str]:
    """A sensitive incident with a unit on its way."""
    ident = reported(server, severity=1, text="涉密警情")
    send(server.services, ident, "P2")
    sensitivity.mark(server.services, Call(LEADER), ident, "涉密")
    yield ident
    sensitivity.unmark(server.services, Call(LEADER), ident, "测试完毕")
    for link in [one for one in server.board.links.values() if one.incident == ident]:
        server.post(f"/assignments/{link.id}/release")


def number(server: Server, ident: str) -> str:
    return server.board.incidents[ident].number


def test_the_state_has_nothing_of_it_and_the_figures_leave_it_out(
    server: Server, wall: Wall, hidden: str
) -> None:
    state = server.get("/state", token=wall.token).json()
    everything = server.get("/state").json()
    said = json.dumps(state, ensure_ascii=False)
    assert hidden not in said
    assert number(server, hidden) not in said
    assert hidden in json.dumps(everything)
    assert state["panels"]["kpi"]["open"] == everything["panels"]["kpi"]["open"] - 1
    units = {one["id"]: one["properties"] for one in state["upsert"]["units"]}
    assert (units["P2"]["status"], units["P2"]["incident"]) == ("dispatched", None)
    told = server.get("/state/hash", token=wall.token).json()["hash"]
    assert told == state["hash"] == digest_of(server.board, Scope(visitors=wall.name)).hex()


@pytest.mark.parametrize(
    "path",
    [
        "/incidents/{id}", "/incidents/{id}/timeline", "/incidents/{id}/advice", "/incidents/{id}/plans",
        "/incidents", "/events", "/cases", "/heat?west=118.1&south=24.4&east=118.2&north=24.6",
        "/units", "/units/P2", "/search?q=涉密", "/orders", "/duty/notices", "/linkages/{id}", "/alerts",
    ],
)  # fmt: skip
def test_whatever_else_it_asks_for_is_refused_or_tells_nothing(
    server: Server, wall: Wall, hidden: str, path: str
) -> None:
    answer = server.get(path.format(id=hidden), token=wall.token)
    assert answer.status_code in (403, 404), (path, answer.text[:200])
    assert number(server, hidden) not in answer.text


def test_the_past_before_it_was_marked_is_not_told_either(server: Server, wall: Wall, hidden: str) -> None:
    before = server.head - 1
    assert hidden in server.get("/state", at=before).text
    for path in ("/state", "/state/hash"):
        is_problem(server.get(path, token=wall.token, at=before), 403, "forbidden")


def test_of_measures_it_gets_the_coverage_scenes_and_no_count_of_incidents_by_grid(
    server: Server, wall: Wall
) -> None:
    for name in ("posts_reach", "arrival_median"):
        assert server.get(f"/measures/{name}", token=wall.token, tier=1).status_code == 200
    is_problem(server.get("/measures/open_incidents", token=wall.token, tier=3), 403, "forbidden")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("kpis", {"period": "today"}),
        ("kpis", {"period": "days30", "by": "class"}),
        ("kpis", {"period": "days30", "class": "43000"}),
        ("measures/arrival_median", {"tier": 3}),
        ("measures/arrival_median", {"tier": 1, "class": "43000"}),
    ],
)
def test_figures_are_those_of_the_scenes_and_none_so_narrow_that_they_tell_of_one(
    server: Server, wall: Wall, name: str, asked: dict[str, Any]
) -> None:
    assert server.get("/kpis", token=wall.token, period="days30", by="day").status_code == 200
    is_problem(server.get(f"/{name}", token=wall.token, **asked), 403, "forbidden")


def test_marking_takes_it_off_a_wall_that_shows_it_and_its_lines(server: Server, wall: Wall) -> None:
    ident = reported(server, severity=2)
    seen = number(server, ident)
    screen, state = drawn(server, wall.token)
    assert seen in json.dumps(state["panels"]["ticker"])
    with stream(server, wall.token, after=state["seq"]) as socket:
        sensitivity.mark(server.services, Call(LEADER), ident, "涉密")
        for message in messages(socket):
            if "reset" in message:
                break
            if "seq" in message:
                screen.apply(message)
        with pytest.raises(ConnectionClosed):
            while True:
                socket.recv(timeout=5)
    fresh, after = drawn(server, wall.token)
    assert ("incidents", ident) not in screen.features
    assert (screen.features, screen.hash()) == (fresh.features, after["hash"])
    assert seen not in json.dumps(after)
    with stream(server, wall.token, after=state["seq"] - 1) as socket:  # who was away begins anew
        assert next(messages(socket)) == {"reset": server.head}


def test_where_a_unit_goes_for_it_is_not_told(server: Server, wall: Wall, hidden: str) -> None:
    rows: list[dict[str, Any]] = [{"unit": "P2", "lon": IN_B[0], "lat": IN_B[1], "at": _now(server)}]
    with stream(server, wall.token, after=server.head) as socket, stream(server, after=server.head) as desk:
        with server.client() as client:
            assert client.put("/units/positions", json=rows).status_code == 202
        assert next(m for m in messages(desk) if any(row[0] == "P2" for row in m.get("positions", [])))
        beats = 0
        for message in messages(socket):
            assert not any(row[0] == "P2" for row in message.get("positions", []))
            beats += "heartbeat" in message
            if beats == 2:
                break


def _now(server: Server) -> str:
    return server.services.now_in("live").isoformat()


def test_a_wall_that_becomes_one_for_visitors_forgets_at_once_and_begins_anew(
    server: Server, hidden: str
) -> None:
    name = f"w{secrets.token_hex(4)}"
    token = add_token(server.services, SYSTEM, "wall", name).secret
    server.post(f"/walls/{name}/scene", {"scene": "incident", "incident": hidden})
    assert hidden in server.get("/state", token=token).text
    with stream(server, token, after=server.head) as socket:
        next(messages(socket))
        set_wall(server.services, SYSTEM, name, {"visitors": True})
        last = list(_until_closed(socket))[-1]
        assert last == {"reset": 0, "forget": True}
    after = server.get("/state", token=token).json()
    assert hidden not in json.dumps(after)
    own = {one["id"]: one["properties"]["scene"] for one in after["upsert"]["walls"]}
    assert own == {name: {"kind": "overview"}}
    told = is_problem(
        server.post(f"/walls/{name}/scene", {"scene": "incident", "incident": hidden}), 409, "scene_sensitive"
    )
    assert name in told["detail"]


def _until_closed(socket: Any) -> Iterator[dict[str, Any]]:
    try:
        yield from messages(socket)
    except ConnectionClosed:
        return
