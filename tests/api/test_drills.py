"""Drills over HTTP: opened, run and ended by controllers; its state reaches every screen of its realm."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Server, a_report, is_problem
from tests.cast import TOWN_A
from tests.drilling import inject, message, script_doc


def opened(server: Server, *injects: Any, **changed: Any) -> dict[str, Any]:
    given = server.post("/drills", {"script": script_doc(*injects, **changed)})
    assert given.status_code == 201, given.text
    told: dict[str, Any] = given.json()
    return told


def act(server: Server, ident: str, verb: str, **body: Any) -> dict[str, Any]:
    given = server.post(f"/drills/{ident}/{verb}", body)
    assert given.status_code == 200, given.text
    assert given.headers["etag"] == f'"{given.json()["seq"]}"'
    told: dict[str, Any] = given.json()
    return told


def test_a_drill_is_opened_started_paused_and_ended(server: Server) -> None:
    ident = opened(server)["drill"]
    assert act(server, ident, "start", rate=10)["rate"] == 10
    assert act(server, ident, "pause")["rate"] == 0
    assert act(server, ident, "rate", rate=2)["status"] == "paused"
    assert act(server, ident, "resume")["rate"] == 2
    assert act(server, ident, "jump", seconds=30)["status"] == "running"
    assert act(server, ident, "stop", aborted=True, reason="真实火警")["status"] == "stopped"
    seen = server.get(f"/drills/{ident}").json()
    assert (seen["status"], seen["aborted"], seen["why"]) == ("stopped", True, "真实火警")
    assert ident in {one["id"] for one in server.get("/drills").json()["items"]}
    assert {"typhoon"} <= {one["code"] for one in server.get("/drills").json()["scripts"]}


def test_its_realm_serves_its_board_and_who_may_not_run_it_reads_no_script(server: Server) -> None:
    told = opened(server, inject(1, message()), inject(2))
    act(server, told["drill"], "start")
    act(server, told["drill"], "inject", number=2)
    state = server.get("/state", token=server.viewer, realm=told["realm"]).json()
    (shown,) = state["upsert"]["drills"]
    assert (shown["id"], shown["properties"]["status"]) == (told["realm"], "running")
    assert [one["properties"]["text"] for one in state["upsert"]["incidents"]] == ["仓库冒烟（演练）"]
    assert {one["properties"]["status"] for one in state["upsert"]["units"]} == {"available", "off_duty"}
    assert "script" in server.get(f"/drills/{told['drill']}").json()
    seen = server.get(f"/drills/{told['drill']}", token=server.viewer)
    assert "情况" not in seen.text
    assert "情况" not in server.get("/events", token=server.viewer, realm=told["realm"]).text
    live = server.get("/state").json()
    assert live["upsert"]["drills"] == []


def test_players_act_in_a_drill_as_in_live(server: Server) -> None:
    told = opened(server)
    act(server, told["drill"], "start")
    with server.client() as client:
        given = client.post("/incidents", params={"realm": told["realm"]}, json=a_report())
        ident = given.json()["id"]
        sent = client.post(f"/incidents/{ident}/dispatch", params={"realm": told["realm"]},
                           json={"units": ["F2"]})  # fmt: skip
        assert sent.status_code == 200, sent.text
        assert client.get(f"/incidents/{ident}").status_code == 404, "live knows nothing of it"
        assert client.get("/units/F2").json()["incident"] != ident


def test_refusals_say_what_stands_in_the_way(server: Server) -> None:
    ident = opened(server, inject(1, target="nobody"))["drill"]
    told = is_problem(server.post(f"/drills/{ident}/pause"), 409, "drill_move_not_allowed")
    assert "待开始" in told["detail"]
    told = is_problem(server.post(f"/drills/{ident}/start"), 422, "script_faulty")
    assert told["params"]["faults"][0]["pointer"] == "/injects/0/target"
    is_problem(server.post(f"/drills/{ident}/rate", {"rate": 61}), 422, "invalid_input")
    is_problem(server.post(f"/drills/{ident}/fly"), 404, "not_found")
    is_problem(server.post(f"/drills/{ident}/stop", token=server.viewer), 403, "forbidden")
    is_problem(server.post("/drills", {"script_code": "nonesuch"}), 422, "script_unknown")
    is_problem(server.post("/drills", {}), 422, "invalid_input")
    is_problem(server.get("/drills/live"), 404, "not_found")
    is_problem(server.get("/drills/01jcw0000000000000000000aa"), 404, "not_found")
    is_problem(server.post("/drills/01jcw0000000000000000000aa/start"), 404, "realm_unknown")


def test_who_has_seen_an_older_state_is_told_the_newer(server: Server) -> None:
    ident = opened(server)["drill"]
    seen = act(server, ident, "start")["seq"]
    act(server, ident, "rate", rate=5)
    told = is_problem(server.post(f"/drills/{ident}/pause", if_match=f'"{seen}"'), 412, "stale_version")
    assert told["params"]["newer"]["properties"]["speed"] == 5


def test_the_same_key_opens_one_drill(server: Server) -> None:
    body = {"script": script_doc(division=TOWN_A)}
    first, again = (server.post("/drills", body, idempotency_key="drill-1").json() for _ in range(2))
    assert first == again


@pytest.mark.parametrize("realm", ["live", "system"])
def test_what_is_no_drill_cannot_be_run_as_one(server: Server, realm: str) -> None:
    is_problem(server.post(f"/drills/{realm}/start"), 404, "not_found")
