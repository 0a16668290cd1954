"""What leaves the screen of a drill says 演练, and what leaves live does not; real crews over HTTP."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import httpx
import pypdfium2
import pytest

from tests.api.conftest import Server, a_report, is_problem, reported
from tests.api.test_drills import act, opened

SAYS = "演练 · 仓库火灾演练"


def words(answer: httpx.Response) -> list[str]:
    """Of each page of a PDF."""
    assert answer.status_code == 200, answer.text[:300]
    with pypdfium2.PdfDocument(answer.content) as pdf:
        return [page.get_textpage().get_text_range().replace("\r\n", "") for page in pdf]


def sheets(answer: httpx.Response) -> str:
    with ZipFile(BytesIO(answer.content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def test_a_file_on_paper_says_so_on_every_page_and_in_its_name(server: Server) -> None:
    told = opened(server)
    act(server, told["drill"], "start")
    with server.client() as client:
        given = client.post("/incidents", params={"realm": told["realm"]}, json=a_report())
    ident = given.json()["id"]
    printed = server.get(f"/incidents/{ident}/file.pdf", realm=told["realm"])
    assert all(SAYS in page for page in words(printed))
    assert "filename*=UTF-8''%E6%BC%94%E7%BB%83-incident-" in printed.headers["content-disposition"]
    real = server.get(f"/incidents/{reported(server)}/file.pdf")
    assert "演练" not in "".join(words(real))
    assert "%E6" not in real.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/kpis/export", "/kpis/weekly"])
def test_figures_that_are_taken_away_say_so(server: Server, path: str) -> None:
    told = opened(server)
    taken, real = (server.get(path, realm=realm) for realm in (told["realm"], "live"))
    read = sheets if path.endswith("export") else lambda answer: "".join(words(answer))
    assert SAYS in read(taken)
    assert "演练" not in read(real)
    assert "%E6%BC%94%E7%BB%83-" in taken.headers["content-disposition"]


def test_real_crews_are_lent_and_called_back(server: Server) -> None:
    told = opened(server, form="field")
    ident = told["drill"]
    act(server, ident, "crews", units=["F2"])
    assert server.get("/units/F2").json()["status"] == "in_drill"
    assert server.get("/units/F2", realm=told["realm"]).json()["status"] == "available"
    incident = reported(server)
    refused = server.post(f"/incidents/{incident}/dispatch", {"units": ["F2"]})
    assert is_problem(refused, 409, "unit_in_drill")["remedy"]
    assert server.post("/units/F2/recall").json()["unit"] == "F2"
    is_problem(server.post("/units/F2/recall"), 409, "unit_not_in_drill")
    assert server.get("/units/F2").json()["status"] == "available"


def test_a_player_is_told_why_nothing_more_is_taken(server: Server) -> None:
    told = opened(server)
    act(server, told["drill"], "start")
    act(server, told["drill"], "stop")
    with server.client() as client:
        answer = client.post("/incidents", params={"realm": told["realm"]}, json=a_report())
    assert "仓库火灾演练" in is_problem(answer, 409, "drill_over")["detail"]
