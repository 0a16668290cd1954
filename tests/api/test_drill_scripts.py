"""Scripts over HTTP: given as files, brought back, made from a plan; what is wrong is said."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.conftest import Server, is_problem
from tests.cast import IN_A
from tests.drilling import script_doc


def check(server: Server, content: bytes, **query: Any) -> httpx.Response:
    with server.client() as client:
        return client.post("/drills/scripts/check", content=content, params=query)


@pytest.mark.parametrize("form", ["json", "xlsx"])
def test_a_script_that_ships_is_given_as_a_file_and_comes_back_as_it_went(server: Server, form: str) -> None:
    given = server.get(f"/drills/scripts/typhoon.{form}")
    assert given.status_code == 200, given.text
    back = check(server, given.content).json()
    assert back["script"] == server.get("/drills/scripts/typhoon.json").json()
    assert {one["code"] for one in back["faults"]} <= {
        "office_unknown",
        "skill_unknown",
    }  # of this small city


def test_the_script_of_a_drill_is_given_as_a_file(server: Server) -> None:
    realm = server.post("/drills", {"script": script_doc()}).json()["realm"]
    assert server.get(f"/drills/scripts/{realm}.json").json()["name"] == "仓库火灾演练"
    assert server.get(f"/drills/scripts/{realm}.xlsx").content.startswith(b"PK")


def test_what_stands_in_the_way_of_a_script_is_said_in_the_askers_language(server: Server) -> None:
    body = httpx.Request("POST", "http://x", json=script_doc(plan="gone")).content
    (fault,) = check(server, body, lang="en").json()["faults"]
    assert (fault["pointer"], fault["code"]) == ("/plan", "plan_unknown")
    assert fault["detail"].startswith("No plan gone is in force")


def test_a_file_of_another_form_is_refused_with_the_line_of_each_fault(server: Server) -> None:
    text = server.get("/drills/scripts/hazchem.json").text
    answer = check(server, text.replace('"minutes": 120.0', '"minutes": 0', 1).encode())
    refused = is_problem(answer, 422, "script_misshapen")
    (fault,) = refused["params"]["faults"]
    assert fault["line"] == 1 + text[: text.index('"minutes"')].count("\n")
    assert fault["detail"] == "要大于 0。请改大。"
    is_problem(check(server, b"no script"), 422, "script_unreadable")


def test_a_script_is_made_from_a_plan_at_a_place(server: Server) -> None:
    asked = {"plan": "highrise_fire", "level": 3, "lon": IN_A[0], "lat": IN_A[1]}
    made = server.post("/drills/scripts/draft", asked).json()
    assert made["script"]["name"] == "《高层建筑火灾应急预案》演练"
    assert len(made["script"]["injects"]) > 15
    opened = server.post("/drills", {"script": made["script"]})
    assert opened.status_code == 201, opened.text
    is_problem(server.post("/drills/scripts/draft", {**asked, "lon": 10.0}), 422, "invalid_input")


def test_who_may_not_run_drills_gets_no_script(server: Server) -> None:
    is_problem(server.get("/drills/scripts/typhoon.json", token=server.viewer), 403, "forbidden")
