"""Mistakes that need a story: busy units, closed incidents, stale versions, keys used twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from actions.assignments import advance
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from tests.api.conftest import Server, a_report, is_problem, reported
from tests.cast import IN_B
from tests.parts import send


@pytest.fixture
def bound(server: Server) -> Iterator[str]:
    """An incident that F1 is bound to, until the test is over."""
    ident = reported(server)
    (assignment,) = send(server.services, ident, "F1")
    yield ident
    advance(server.services, Call(SYSTEM), assignment, "release")


def refused(server: Server, path: str, body: Any, status: int, code: str, **headers: str) -> dict[str, Any]:
    before = (server.head, server.answers_kept())
    told = is_problem(server.post(path, body, **headers), status, code)
    assert (server.head, server.answers_kept()) == before
    return told


def test_units_unknown_busy_and_off_duty_are_refused_by_name(server: Server, bound: str) -> None:
    path = f"/incidents/{reported(server)}/dispatch"
    assert refused(server, path, {"units": ["NONE"]}, 422, "unit_unknown")["params"] == {"unit": "NONE"}
    busy = refused(server, path, {"units": ["P1", "F1"]}, 409, "unit_busy", idempotency_key="bad")
    holder = server.board.incidents[bound]
    assert (busy["params"]["incident"], busy["params"]["number"]) == (bound, holder.number)
    assert holder.number in busy["detail"]
    assert "消防一队" in busy["detail"]
    off = refused(server, path, {"units": ["OFF"]}, 409, "unit_off_duty")
    assert "轮休队" in off["detail"]


AFTER = ["note", "attach", "reopen", "rate", "archive", "sensitive"]


def test_a_closed_incident_is_not_dispatched(server: Server) -> None:
    ident = reported(server)
    for verb, body in (
        ("accept", {}),
        ("handle", {}),
        ("reply", {"text": "好"}),
        ("verify", {}),
        ("close", {}),
    ):
        assert server.post(f"/incidents/{ident}/{verb}", body).status_code == 200
    told = refused(server, f"/incidents/{ident}/dispatch", {"units": ["P1"]}, 409, "move_not_allowed")
    assert (told["params"]["status"], told["params"]["allowed"]) == ("closed", AFTER)


def test_closing_says_what_is_missing(server: Server) -> None:
    ident = reported(server)
    for verb in ("accept", "handle"):
        server.post(f"/incidents/{ident}/{verb}")
    server.post(f"/incidents/{ident}/reply", {"text": "已处理"})
    refused(server, f"/incidents/{ident}/close", {}, 409, "verification_missing")
    other = reported(server)
    for verb in ("accept", "handle", "verify"):
        server.post(f"/incidents/{other}/{verb}")
    refused(server, f"/incidents/{other}/close", {}, 409, "reply_missing")


def test_a_stale_etag_gets_412_and_the_newer_state(server: Server) -> None:
    first = server.post("/incidents", a_report())
    path = f"/incidents/{first.json()['id']}"
    etag = first.headers["etag"]
    noted = server.post(f"{path}/note", {"text": "又来电"}, if_match=etag)
    assert noted.status_code == 200
    told = refused(server, f"{path}/accept", {}, 412, "stale_version", if_match=etag)
    newer = server.get(path)
    assert f'"{told["params"]["current"]}"' == noted.headers["etag"] == newer.headers["etag"]
    assert told["params"]["newer"]["properties"] == newer.json()["properties"]
    assert server.post(f"{path}/accept", if_match=newer.headers["etag"]).status_code == 200


def test_a_key_gives_its_answer_again_and_refuses_another_body_path_or_realm(server: Server) -> None:
    key = {"idempotency_key": f"key-{server.head}"}
    first = server.post("/incidents", a_report(), **key)
    seq = server.head
    again = server.post("/incidents", a_report(), **key)
    assert (again.status_code, again.json(), again.headers["etag"]) == (
        201, first.json(), first.headers["etag"],
    )  # fmt: skip
    assert server.head == seq
    refused(server, "/incidents", a_report(severity=1), 422, "idempotency_key_reused", **key)
    ident = first.json()["id"]
    refused(server, f"/incidents/{ident}/accept", {}, 422, "idempotency_key_reused", **key)


def test_the_same_source_twice_is_the_same_incident(server: Server) -> None:
    source = f"S-{server.head}"
    first = server.post("/incidents", a_report(source_id=source))
    seq = server.head
    again = server.post(
        "/incidents", a_report(source_id=source, text="同一件", location={"lon": IN_B[0], "lat": IN_B[1]})
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert server.head == seq


def test_ten_megabytes_in_chunks_of_unknown_length_are_refused_too(server: Server) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 50_000

    seq = server.head
    with server.client() as client:
        is_problem(client.post("/incidents", content=chunks()), 413, "body_too_large")
    assert server.head == seq


def test_a_token_may_only_what_it_lists_and_see_only_its_area(server: Server) -> None:
    viewer = server.post("/incidents", a_report(), token=server.viewer)
    is_problem(viewer, 403, "forbidden")
    there = reported(server, location={"lon": IN_B[0], "lat": IN_B[1]})
    is_problem(server.get(f"/incidents/{there}", token=server.town), 404, "not_found")
    is_problem(server.post(f"/incidents/{there}/accept", token=server.town), 404, "not_found")
    here = reported(server)
    is_problem(server.post(f"/incidents/{here}/dispatch", {"units": ["F2"]}, token=server.town), 422,
               "unit_unknown")  # fmt: skip
    listed = {f["id"] for f in server.get("/incidents", token=server.town).json()["features"]}
    assert here in listed
    assert there not in listed
    drill = server.token(realm="drill:1")
    is_problem(server.get("/state", token=drill, realm="live"), 403, "forbidden")


@pytest.mark.parametrize(
    "header", [{}, {"authorization": "Bearer zhapi_forged"}, {"authorization": "Basic eA=="}]
)
def test_nobody_gets_nothing(server: Server, header: dict[str, str]) -> None:
    with httpx.Client(base_url=server.url + "/api/v1", headers=header) as client:
        for path in ("/state", "/events?follow=1", "/stream", "/incidents", "/units", "/layers/grids/items"):
            is_problem(client.get(path), 401, "unauthorized")
        is_problem(client.post("/incidents", json=a_report()), 401, "unauthorized")
