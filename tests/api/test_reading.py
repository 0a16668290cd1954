"""Reading over HTTP: the log, the state of any time, cards, advice."""

from __future__ import annotations

import json

import httpx

from actions.queries import read_incident
from core.permissions import SYSTEM, Scope
from db.log import to_event
from feed.history import board_at
from feed.patches import digest_of
from tests.api.conftest import Server, a_report, now, reported
from tests.parts import facts, fold
from tests.screen import Screen


def test_ndjson_gives_the_log_and_goes_on_as_it_grows(server: Server) -> None:
    reported(server)
    whole = [json.loads(line) for line in server.get("/events", limit=10_000).text.splitlines()]
    assert [row["seq"] for row in whole] == list(range(1, server.head + 1))
    assert [row["hash"] for row in whole] == [w["hash"] for w in facts(server.services)]
    after = server.head
    with server.client() as client, client.stream("GET", f"/events?follow=1&after={after - 2}") as answer:
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        lines = answer.iter_lines()
        assert [json.loads(next(lines))["seq"] for _ in range(2)] == [after - 1, after]
        ident = reported(server)
        row = json.loads(next(lines))
    assert (row["seq"], row["kind"], row["subject"]) == (after + 1, "IncidentReported", ident)
    assert to_event({**row, "body": json.dumps(row["body"])}).seq == after + 1


def test_a_page_of_events_is_as_long_as_asked(server: Server) -> None:
    rows = server.get("/events", after=1, limit=3).text.splitlines()
    assert [json.loads(row)["seq"] for row in rows] == [2, 3, 4]


def test_the_state_of_any_position_or_time_is_the_fold_up_to_it(server: Server) -> None:
    ident = reported(server)
    times = {w["seq"]: w["recorded_at"] for w in facts(server.services)}
    for seq in sorted({1, server.head // 2, server.head - 1, server.head}):
        answer = server.get("/state", at=seq)
        with server.services.engine.connect() as conn:
            expected = digest_of(board_at(conn, "live", seq), Scope()).hex()
        screen = Screen()
        screen.apply(answer.json())
        assert (answer.headers["x-seq"], answer.json()["hash"], screen.hash()) == (
            str(seq),
            expected,
            expected,
        )
        assert server.get("/state/hash", at=seq).json() == {"seq": seq, "hash": expected}
    last = max(times)
    assert server.get("/state/hash", at=times[last].isoformat()).json()["seq"] == last
    assert server.get("/state/hash", at="1999-01-01T00:00:00Z").json() == {"seq": 0, "hash": "0" * 16}
    assert ident in server.get("/state").text


def test_an_incidents_life_over_http_is_what_the_log_says(server: Server) -> None:
    ident = reported(server, source_id=f"life-{server.head}")
    sent = server.post(f"/incidents/{ident}/dispatch", {"units": ["M1"]}).json()
    (assignment,) = sent["assignments"]
    for verb in ("ack", "enroute", "arrive"):
        answer = server.post(f"/assignments/{assignment['id']}/{verb}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{answer.json()["seq"]}"'
    assert answer.json()["incident"]["status"] == "on_scene"
    assert server.post(f"/assignments/{assignment['id']}/release", {"reason": "处置完毕"}).status_code == 200
    card = server.get(f"/incidents/{ident}").json()
    assert card["properties"]["status"] == "on_scene"
    lines = [line["kind"] for line in server.get(f"/incidents/{ident}/timeline").json()["items"]]
    assert lines == [
        "IncidentReported", "IncidentAccepted", "UnitDispatched", "AssignmentAcknowledged",
        "AssignmentEnroute", "AssignmentArrived", "AssignmentReleased",
    ]  # fmt: skip
    board = fold(server.services)
    assert read_incident(server.services, SYSTEM, "live", ident) == board.incidents[ident]


def test_advice_puts_available_units_with_their_age_of_position(server: Server) -> None:
    ident = reported(server)
    with server.client() as client:
        client.put("/units/positions", json=[{"unit": "P1", "lon": 118.1101, "lat": 24.4901, "at": now()}])
    given = server.get(f"/incidents/{ident}/advice", k=3).json()["units"]
    assert len(given) <= 3
    assert "OFF" not in [unit["unit"] for unit in given]
    assert [u["eta_s"] for u in given] == sorted(u["eta_s"] for u in given)


def test_healthz_answers_anybody(server: Server) -> None:
    answer = httpx.get(server.url + "/healthz")
    assert answer.status_code == 200
    assert a_report()["class"] not in answer.text
