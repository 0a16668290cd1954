"""Casework over HTTP: queues and their counts, words that find, the file on paper, the reporter."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import httpx
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import text

from actions.case_queries import reveal
from actions.drawing import redraw
from actions.surroundings import surroundings
from core.errors import Forbidden
from core.errors_cases import NeedMissing
from core.permissions import Principal
from db.cases import QUEUES
from tests.api.conftest import Server
from tests.cast import IN_A, IN_B, TOWN_A


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def reported(api: httpx.Client, where: tuple[float, float] = IN_A, **changed: object) -> dict[str, str]:
    """A new incident: its id and number."""
    body = {"class": "51010", "text": "路边堆放垃圾", "channel": "12345", "address": "柳溪路9号"}
    location = {"lon": where[0], "lat": where[1]}
    given = api.post("/incidents", json={**body, "location": location, **changed})
    assert given.status_code == 201, given.text
    return given.json()


def act(api: httpx.Client, ident: str, verb: str, **body: object) -> None:
    given = api.post(f"/incidents/{ident}/{verb}", json=body)
    assert given.status_code == 200, given.text


def test_every_count_is_the_length_of_its_list(api: httpx.Client, server: Server) -> None:
    one, other, third = (reported(api, where)["id"] for where in (IN_A, IN_B, IN_A))
    act(api, one, "whistle", offices=[f"@{TOWN_A}"], text="请到场")
    act(api, other, "accept")
    act(api, other, "supervise", text="今日报送进展")
    for verb, body in (
        ("accept", {}),
        ("handle", {}),
        ("reply", {"text": "已清"}),
        ("verify", {}),
        ("close", {}),
    ):
        act(api, third, verb, **body)
    for token in (server.api, server.town):
        with server.client(token) as client:
            counts = client.get("/cases/counts").json()
            assert list(counts) == list(QUEUES)
            for queue in QUEUES:
                listed = client.get("/cases", params={"queue": queue}).json()
                assert listed["total"] == counts[queue], queue
                assert len(listed["items"]) == min(counts[queue], 100), queue
    assert counts["whistled"] >= 1
    assert counts["area"] < api.get("/cases/counts").json()["area"]


def test_words_find_by_number_text_and_address_within_a_span_and_a_class(api: httpx.Client) -> None:
    given = reported(api, text="Broken lamp 路灯不亮", address="枫林巷3号")
    for words in (given["number"], "路灯", "broken LAMP", "枫林 不亮"):
        found = api.get("/cases", params={"q": words}).json()
        assert given["id"] in [one["id"] for one in found["items"]], words
    assert api.get("/cases", params={"q": "枫林", "class": "21000"}).json()["total"] == 0
    late = {"q": "枫林", "since": "2999-01-01T00:00:00+08:00"}
    assert api.get("/cases", params=late).json()["total"] == 0


@pytest.mark.parametrize("wrong", [{"queue": "none"}, {"page": "0"}, {"page": "9999"}, {"q": "x" * 81}])
def test_questions_that_cannot_be_answered_are_refused(api: httpx.Client, wrong: dict[str, str]) -> None:
    assert api.get("/cases", params=wrong).status_code == 422


def test_the_ground_on_paper_shows_a_town_none_of_its_neighbours_grids(server: Server) -> None:
    with server.services.engine.begin() as conn:
        redraw(conn, "grids")
    seen = {
        area: surroundings(server.services, Principal("p", "p", "officer", area), IN_A, (9e3, 9e3)).shapes
        for area in ("", TOWN_A)
    }
    assert 0 < len(seen[TOWN_A]) < len(seen[""])


def test_the_file_of_an_incident_leaves_as_paper_and_the_audit_knows(
    api: httpx.Client, server: Server
) -> None:
    with server.services.engine.begin() as conn:
        redraw(conn, "grids")
    given, twin = reported(api), reported(api)
    act(api, twin["id"], "merge", into=given["id"])
    photo = BytesIO()
    Image.new("RGB", (320, 240), "white").save(photo, "JPEG")
    sent = api.post(f"/incidents/{given['id']}/attach", params={"name": "现场.jpg"}, content=photo.getvalue())
    assert sent.status_code == 201, sent.text
    answer = api.get(f"/incidents/{given['id']}/file.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(BytesIO(answer.content))
    assert "100 米" in pages[0].get_textpage().get_text_range(), "the place on a map"
    said = "".join(page.get_textpage().get_text_range() for page in pages)
    assert given["number"] in said
    assert f"[{twin['number']}]" in said  # both histories
    assert "现场.jpg" in said
    with server.services.engine.connect() as conn:
        told = text("SELECT count(*) FROM event WHERE kind = 'Exported' AND subject = :subject")
        facts = conn.scalar(told, {"subject": f"export:{given['number']}"})
    assert facts == 1
    assert api.get("/incidents/none/file.pdf").status_code == 404


def test_the_reporter_is_shown_to_a_handler_with_a_reason_and_to_nobody_else(
    api: httpx.Client, server: Server
) -> None:
    ident = reported(api, reporter={"name": "陈明", "phone": "13812345678"})["id"]
    act(api, ident, "accept")
    assert api.post(f"/incidents/{ident}/reporter", json={"reason": "回访"}).status_code == 403  # no person
    officer, stranger = Principal("u1", "wang", "officer"), Principal("u9", "lin", "viewer")
    with pytest.raises(NeedMissing):
        reveal(server.services, officer, "live", ident, " ")
    with pytest.raises(Forbidden):
        reveal(server.services, stranger, "live", ident, "好奇")
    found = reveal(server.services, officer, "live", ident, "回访")
    assert found == {"name": "陈明", "phone": "13812345678"}
    with server.services.engine.connect() as conn:
        body = conn.scalar(text("SELECT body FROM event WHERE kind = 'ReporterRevealed' AND subject = :i"),
                           {"i": ident})  # fmt: skip
    assert "回访" in body
    assert "13812345678" not in body


def test_refusals_say_offices_and_acts_in_words(api: httpx.Client, server: Server) -> None:
    ident = reported(api, IN_B)["id"]
    act(api, ident, "accept")
    act(api, ident, "transfer", to="chengguan@", reason="属城管")
    act(api, ident, "whistle", offices=[f"@{TOWN_A}"], text="请到场")
    refused = server.post(f"/incidents/{ident}/handle", {"text": "好了"}, token=server.town)
    assert refused.status_code in (403, 409)
    told = refused.json()
    assert "chengguan" not in told["detail"]
    assert "处置" in told["detail"]
    assert told["params"]["owner"] == "chengguan@"
