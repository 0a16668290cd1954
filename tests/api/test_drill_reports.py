"""A drill's report and the year's ledger over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.api.conftest import Server, is_problem
from tests.cast import TOWN_A, TOWN_B
from tests.drilling import script_doc


def test_a_report_is_told_in_the_askers_language_and_printed(server: Server) -> None:
    ident = server.post("/drills", {"script": script_doc()}).json()["drill"]
    server.post(f"/drills/{ident}/start", {})
    hidden = server.get(f"/drills/{ident}/report", token=server.viewer)
    assert is_problem(hidden, 403, "forbidden"), "while it runs it tells what is expected of players"
    server.post(f"/drills/{ident}/inject", {"number": 1})
    server.post(f"/drills/{ident}/stop", {})
    told = server.get(f"/drills/{ident}/report", token=server.viewer, lang="en").json()
    (ack,) = told["indicators"]
    assert (ack["code"], ack["state"], ack["why"]) == ("ack1", "not_applicable", "cut")
    assert told["level"] is None
    assert "The drill began." in [one["text"] for one in told["course"]]
    pdf = server.get(f"/drills/{ident}/report.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert "%E6%BC%94%E7%BB%83-report.pdf" in pdf.headers["content-disposition"], "演练-report.pdf"
    assert pdf.content.startswith(b"%PDF")
    word = server.get(f"/drills/{ident}/report.docx", lang="en")
    assert word.headers["content-type"].endswith("wordprocessingml.document")
    assert word.content.startswith(b"PK")


def test_a_finding_of_ones_own_is_followed_over_http(server: Server) -> None:
    ident = server.post("/drills", {"script": script_doc()}).json()["drill"]
    own = {"title": "对讲机串频", "office": "@"}
    given = server.post(f"/drills/{ident}/findings", own)
    assert given.status_code == 201, given.text
    (found,) = server.get(f"/drills/{ident}/findings").json()["items"]
    assert (found["text"], found["state"], found["verbs"]) == ("对讲机串频", "proposed", ["take_up", "drop"])
    path = f"/drills/findings/{found['id']}"
    late = server.post(f"{path}/take_up", {"due_on": "2020-01-01"})
    assert is_problem(late, 422, "finding_due_passed")
    taken = server.post(f"{path}/take_up", {"due_on": "2199-01-01"})
    assert taken.json()["state"] == "open", taken.text
    again = server.post(f"{path}/take_up", {})
    assert is_problem(again, 409, "finding_move_not_allowed")
    assert is_problem(server.post(f"{path}/close", {"text": "好"}, server.viewer), 403, "forbidden")
    assert [one["id"] for one in server.get("/drills/findings").json()["items"]] == [found["id"]]
    told = server.get(path).json()
    assert [one["kind"] for one in told["history"]] == ["FindingProposed", "FindingTakenUp"]
    assert is_problem(server.post(f"{path}/vanish", {}), 404, "not_found")


def test_the_ledger_tells_each_town_of_the_asker(server: Server) -> None:
    year = datetime.now(UTC).year
    planned = {"town": TOWN_B, "name": "防汛演练", "content": "special", "due_on": f"{year}-12-31"}
    given = server.post("/drills/ledger", {"year": year, "planned": [planned]})
    assert given.json()["planned"] == 1, given.text
    lines = {one["town"]: one for one in server.get("/drills/ledger").json()["items"]}
    assert (lines[TOWN_B]["state"], lines[TOWN_B]["next_on"]) == ("planned", f"{year}-12-31")
    own = server.get("/drills/ledger", token=server.town).json()["items"]
    assert [one["town"] for one in own] == [TOWN_A]
    wrong = server.post("/drills/ledger", {"year": year, "planned": [{**planned, "content": "small"}]})
    assert is_problem(wrong, 422, "invalid_input")
