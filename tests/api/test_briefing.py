"""Reports and losses over the API: drafted, sent once for each key, printed, refused in words."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from docx import Document

from actions import plans
from actions.plans import ApproveCommand
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from tests.actions.test_linkage import SECOND, sound
from tests.api.conftest import Server, is_problem, reported
from tests.cast import TOWN_A
from tests.core.test_plans import plan


@pytest.fixture(scope="module")
def response(server: Server) -> dict[str, Any]:
    """An incident, and the response that runs for it."""
    given = plans.draft(server.services, Call(SYSTEM), plan(**sound()))
    plans.approve(server.services, Call(SECOND), "ponding", ApproveCommand(version=given["version"]))
    incident = reported(server)
    answer = server.post("/plans/ponding/activate", {"incident": incident, "level": 2})
    assert answer.status_code == 200, answer.text
    return {"incident": incident, "linkage": answer.json()["linkage"]}


def test_a_draft_is_sent_once_numbered_and_printed(server: Server, response: dict[str, Any]) -> None:
    path = f"/linkages/{response['linkage']}/reports"
    drafted = server.get(f"{path}/draft").json()
    assert (drafted["stage"], drafted["sections"][0]["code"]) == ("first", "what")
    assert "一、基本情况" in drafted["text"]
    assert "{" not in drafted["text"]
    body = {"stage": "first", "text": drafted["text"], "covers": drafted["covers"], "to": ["@"]}
    for _ in range(2):
        sent = server.post(path, body, idempotency_key="report-1")
        assert (sent.status_code, sent.json()["number"]) == (201, 1)
    is_problem(server.post(path, body), 409, "report_out_of_turn")
    told = server.get(path).json()
    assert [one["number"] for one in told["items"]] == [1]
    assert told["due"]["stage"] == "follow"
    paper = server.get(f"{path}/1.pdf")
    assert paper.content.startswith(b"%PDF")
    words = [one.text for one in Document(BytesIO(server.get(f"{path}/1.docx").content)).paragraphs]
    assert "一、基本情况" in words
    is_problem(server.get(f"{path}/9.pdf"), 404, "not_found")
    is_problem(server.get(f"{path}/draft", stage="later"), 422, "invalid_input")


def test_a_draft_is_in_the_askers_language(server: Server, response: dict[str, Any]) -> None:
    drafted = server.get(f"/linkages/{response['linkage']}/reports/draft", lang="en", stage="first").json()
    assert "1. What happened" in drafted["text"]


def test_losses_are_added_up_and_refused_with_the_field(server: Server, response: dict[str, Any]) -> None:
    path = f"/incidents/{response['incident']}/losses"
    sent = server.post(path, {"area": TOWN_A, "figures": {"injured": 2, "loss": 1.5}}, server.town)
    assert sent.status_code == 201, sent.text
    assert server.get(path).json()["total"] == {"injured": 2, "loss": 1.5}
    refused = is_problem(
        server.post(path, {"area": TOWN_A, "figures": {"injured": 1.5}}), 422, "invalid_input"
    )
    assert "injured" in str(refused)
    is_problem(server.post(path, {"area": TOWN_A, "figures": {"injured": 1}}), 409, "losses_reduced")
    is_problem(server.post(path, {"area": "990102001", "figures": {}}), 409, "area_unknown")
    is_problem(server.post(path, {"area": TOWN_A, "figures": {}}, server.viewer), 403, "forbidden")
