"""Departments, notices, the roster, handing over and what leaves the building, over HTTP."""

from __future__ import annotations

import httpx
import pytest

from actions.accounts import add_user
from core.permissions import SYSTEM
from tests.api.conftest import Server, is_problem, reported
from tests.parts import eventually


def test_departments_and_duties_are_told_with_their_sources(server: Server) -> None:
    departments = server.get("/departments").json()["items"]
    assert {"code", "name", "name_en", "source"} == set(departments[0])
    assert {duty["dept"] for duty in server.get("/duties").json()["items"]} <= {
        d["code"] for d in departments
    }


def test_a_notice_is_told_acknowledged_and_shelved(server: Server) -> None:
    ident = reported(server)
    mine = eventually(lambda: [n for n in server.get("/notices").json()["items"] if n["incident"] == ident])[
        0
    ]
    shelved = server.post(f"/notices/{mine['seq']}/shelve", {"reason": "等回话", "minutes": 10})
    assert shelved.status_code == 200
    listed = server.get("/notices", state="shelved").json()["items"]
    assert [n["shelved_reason"] for n in listed if n["seq"] == mine["seq"]] == ["等回话"]
    assert server.post(f"/notices/{mine['seq']}/unshelve").status_code == 200
    assert server.post("/notices/ack", {"notices": [mine["seq"]]}).json()["acknowledged"] == [mine["seq"]]
    is_problem(server.post("/notices/ack", {"notices": [mine["seq"]]}, server.viewer), 403, "forbidden")
    is_problem(server.post("/notices/ack", {"notices": [10**9]}), 404, "not_found")
    is_problem(server.post("/notices/x/unshelve"), 422, "invalid_input")
    is_problem(server.get("/notices", state="none"), 422, "invalid_input")


def test_the_alarm_load_is_told_against_the_limits(server: Server) -> None:
    told = server.get("/alarms/load", hours=2).json()
    assert told["limits"] == {"good": 6, "manageable": 12, "flood": 30}
    assert {"starts_at", "alarms", "seats", "per_seat", "band"} == set(told["items"][-1])
    is_problem(server.get("/alarms/load", hours=1000), 422, "invalid_input")


def test_only_persons_sign_and_the_sheet_is_a_pdf(server: Server) -> None:
    is_problem(server.post("/handovers", {"notes": "无"}), 403, "forbidden")
    person = add_user(server.services, SYSTEM, "sun", "officer")
    with httpx.Client(base_url=server.url, headers={"origin": server.url}, timeout=20) as seat:
        given = {"name": person.name, "password": person.password}
        assert seat.post("/login", data=given).status_code in (200, 303)
        handed = seat.post("/api/v1/handovers", json={"notes": "平安"}).json()
        is_problem(seat.post(f"/api/v1/handovers/{handed['id']}/take", json={}), 409, "same_person")
        sheet = seat.get(f"/api/v1/handovers/{handed['id']}/paper")
        assert sheet.headers["content-type"] == "application/pdf" and sheet.content.startswith(b"%PDF")
        counts = seat.get("/api/v1/handovers").json()["counts"]
        for kind in set(counts) - {"alarms"}:
            found = seat.get("/api/v1/handovers/unresolved", params={"kind": kind}).json()["items"]
            assert len(found) == counts[kind]
        assert seat.post(f"/api/v1/handovers/{handed['id']}/withdraw").status_code == 200


def test_the_roster_and_the_phone_book_are_read(server: Server) -> None:
    assert set(server.get("/roster").json()) == {"items", "gaps"}
    assert server.get("/roster/now", office="@990101").json()["people"] == []
    assert server.get("/roster/now", office="haiyang@").json()["code"] == "unknown_office"
    is_problem(server.get("/roster", since="gestern"), 422, "invalid_input")
    assert server.get("/contacts").json() == {"items": []}


def test_messages_and_channels_are_told_to_those_whom_they_concern(server: Server) -> None:
    assert server.get("/outbound", state="dead").status_code == 200
    is_problem(server.get("/outbound", state="lost"), 422, "invalid_input")
    is_problem(server.get("/outbound", server.viewer), 403, "forbidden")
    is_problem(server.post("/outbound/nothing/retry"), 404, "not_found")
    channels = server.get("/outbound/channels").json()["items"]
    assert {"sms", "wecom", "voice"} <= {one["code"] for one in channels}
    with server.client() as client:
        put = client.put("/outbound/channels/sms", json={"url": "https://example.cn"})
    is_problem(put, 403, "forbidden")


@pytest.mark.parametrize("path", ["/handovers/none/take", "/handovers/none/withdraw"])
def test_a_handover_that_is_not_there_is_not_signed(server: Server, path: str) -> None:
    is_problem(server.post(path, {}), 403, "forbidden")
