"""Replay over HTTP: the span, the event list, any moment, and the patches that live sent."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest

from actions.accounts import add_token
from actions.walls import set_wall
from core.permissions import SYSTEM
from tests.api.conftest import Server, is_problem, reported
from tests.cast import IN_B
from tests.parts import facts, send
from tests.screen import Screen


@pytest.fixture
def told(server: Server) -> tuple[int, int]:
    """The positions between which something grave and something small happened in both towns."""
    before = server.head
    ident = reported(server, severity=1, text="仓库起火")
    (link,) = send(server.services, ident, "P1")
    reported(server, severity=4, location={"lon": IN_B[0], "lat": IN_B[1]})
    server.post(f"/assignments/{link}/release")
    return before, server.head


def ask(server: Server, path: str = "", token: str | None = None, **query: Any) -> dict[str, Any]:
    answer = server.get(f"/replay{path}", token, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def recorded(server: Server) -> dict[int, datetime]:
    return {w["seq"]: w["recorded_at"] for w in facts(server.services)}


def test_a_span_tells_its_ends_its_length_and_its_chapters(server: Server, told: tuple[int, int]) -> None:
    times = recorded(server)
    whole = ask(server)
    assert (whole["realm"], whole["to"]["seq"]) == ("live", server.head)
    assert datetime.fromisoformat(whole["to"]["at"]) == times[server.head]
    part = ask(server, **{"from": told[0], "to": times[told[1]].isoformat()})
    assert part["count"] == told[1] - told[0]
    (grave,) = part["chapters"]
    assert (grave["chapter"], grave["kind"], grave["args"]["severity"]) == (
        "incident", "IncidentReported", 1,
    )  # fmt: skip
    assert part["from"]["seq"] < grave["seq"] <= part["to"]["seq"]
    assert datetime.fromisoformat(grave["at"]) == times[grave["seq"]]


def test_a_span_wider_than_the_log_is_the_log(server: Server) -> None:
    wide = ask(server, **{"from": "1999-01-01T00:00:00Z", "to": "2999-01-01T00:00:00Z"})
    assert (wide["from"]["at"], wide["to"]["seq"]) == (
        ask(server, **{"from": 1})["from"]["at"],
        server.head,
    )


def test_the_event_list_is_what_the_ticker_told_page_by_page(server: Server, told: tuple[int, int]) -> None:
    lines, after = [], told[0]
    while after is not None:
        page = ask(server, "/lines", after=after, until=told[1], limit=2)
        lines += page["items"]
        after = page["next"]
    kinds = [line["kind"] for line in lines]
    assert kinds.count("IncidentReported") == 2
    assert "UnitDispatched" in kinds
    assert [line["seq"] for line in lines] == sorted({line["seq"] for line in lines})
    assert ask(server, "/lines", after=told[0])["items"][: len(lines)] == lines


def test_pages_of_frames_bring_a_screen_from_one_state_to_the_next(
    server: Server, told: tuple[int, int]
) -> None:
    screen, seq, seen = Screen(), told[0], []
    screen.apply(ask(server, "/state", seq=seq)["board"])
    assert screen.hash() == server.get("/state/hash", at=seq).json()["hash"]
    more = True
    while more:
        page = ask(server, "/frames", after=seq, until=told[1], limit=2)
        for frame in page["frames"]:
            screen.apply(frame)
            seen.append(frame["seq"])
            assert screen.hash() == server.get("/state/hash", at=frame["seq"]).json()["hash"]
        seq, more = page["seq"], page["more"]
    assert seq == told[1]
    assert seen == list(range(told[0] + 1, told[1] + 1)), "no fact of these is without a patch"


def test_the_state_at_a_time_is_that_of_the_last_fact_recorded_by_then(
    server: Server, told: tuple[int, int]
) -> None:
    times = recorded(server)
    between = times[told[1]] - timedelta(microseconds=1)
    state = ask(server, "/state", at=between.isoformat())
    assert state["seq"] == max(seq for seq, at in times.items() if at <= between)
    assert datetime.fromisoformat(state["moment"]) == between


def test_a_town_sees_its_own_past_alone(server: Server, told: tuple[int, int]) -> None:
    asked = {"after": told[0], "until": told[1]}
    every, own = ask(server, "/frames", **asked), ask(server, "/frames", server.town, **asked)
    assert own["seq"] == every["seq"]
    assert 0 < len(own["frames"]) < len(every["frames"])
    assert "西门" in json.dumps(every, ensure_ascii=False)
    assert "西门" not in json.dumps([own, ask(server, "/lines", server.town, **asked)], ensure_ascii=False)
    screen = Screen()
    screen.apply(ask(server, "/state", server.town, seq=told[1])["board"])
    assert screen.hash() == server.get("/state/hash", server.town, at=told[1]).json()["hash"]


def test_the_realms_that_may_be_replayed_are_told_live_first(server: Server) -> None:
    items = ask(server, "/realms")["items"]
    assert items[0]["realm"] == "live"
    assert "system" not in {one["realm"] for one in items}
    bound = add_token(server.services, SYSTEM, "api", "bound", realm="drill:x", verbs=["read"]).secret
    assert ask(server, "/realms", bound)["items"] == []


def test_grids_of_a_moment_without_other_versions_are_none(server: Server) -> None:
    found = ask(server, "/grids", at="2026-03-02T09:00:00+08:00")
    assert found == {"type": "FeatureCollection", "features": []}


def test_a_film_is_its_askers_alone(server: Server) -> None:
    is_problem(server.get("/replay/film/01unknown"), 404, "not_found")
    missing = is_problem(server.get("/replay/film/01unknown/mp4"), 404, "not_found")
    assert missing["params"] == {"kind": "film", "id": "01unknown"}
    wall = add_token(server.services, SYSTEM, "wall", f"r{secrets.token_hex(4)}").secret
    is_problem(server.post("/replay/film", {}, wall), 403, "forbidden")


def test_visitors_are_not_shown_the_past(server: Server) -> None:
    name = f"r{secrets.token_hex(4)}"
    token = add_token(server.services, SYSTEM, "wall", name).secret
    set_wall(server.services, SYSTEM, name, {"visitors": True})
    for path, query in (("", {}), ("/lines", {}), ("/state", {"seq": 1}), ("/frames", {})):
        is_problem(server.get(f"/replay{path}", token, **query), 403, "forbidden")


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("", {"from": "tomorrow"}, "from"),
        ("", {"to": "2026-03-02T09:00:00"}, "to"),
        ("", {"from": 5, "to": 2}, "from"),
        ("/state", {}, "at"),
        ("/state", {"seq": 10**9}, "at"),
        ("/frames", {"limit": 0}, "limit"),
        ("/frames", {"step": 0}, "step"),
        ("/frames", {"until": 10**9}, "until"),
        ("/lines", {"limit": 2001}, "limit"),
        ("/grids", {}, "at"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    server: Server, path: str, query: dict[str, Any], pointer: str
) -> None:
    problem = is_problem(server.get(f"/replay{path}", **query), 422, "invalid_input")
    assert problem["params"]["pointer"] == pointer


def test_a_realm_that_is_not_there_is_named_in_the_askers_language(server: Server) -> None:
    zh, en = (
        is_problem(server.get("/replay", realm="drill:none", lang=lang), 404, "realm_unknown")
        for lang in ("zh-CN", "en")
    )
    assert zh["detail"] != en["detail"]
