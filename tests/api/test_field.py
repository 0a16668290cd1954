"""The field over HTTP: a unit's own work, attachments and who sees them, duty, grid members."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from actions.accounts import add_user
from core.permissions import SYSTEM
from db.cluster import Cluster
from db.tables_attachments import attachment, attachment_file
from feed.broker import Broker
from tests.actions.test_pictures import a_photo
from tests.api.conftest import NO_TLS, Server, a_report, is_problem, reported, serving
from tests.cast import GRID_A, GRID_B, LITTER, TOWN_B
from tests.conftest import own_database

JPEG = {"content-type": "image/jpeg"}


@pytest.fixture(scope="module")
def unwalked(cluster: Cluster, broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A city of its own, where nobody else does rounds."""
    with own_database(cluster) as url:
        yield from serving(url, broker.url, tmp_path_factory.mktemp("unwalked"))


@pytest.fixture
def phone(server: Server) -> str:
    return server.token("unit", unit="P1")


@pytest.fixture
def sent(server: Server) -> Any:
    """P1 on its way to an incident: (incident, assignment); back at base afterwards."""
    ident = reported(server)
    given = server.post(f"/incidents/{ident}/dispatch", {"units": ["P1"]}).json()
    bound = given["assignments"][0]["id"]
    yield ident, bound
    server.post(f"/assignments/{bound}/release")


def attach(server: Server, ident: str, body: bytes, token: str | None = None, **query: str) -> httpx.Response:
    with server.client(token) as client:
        key = {"idempotency-key": query.pop("key")} if "key" in query else {}
        return client.post(f"/incidents/{ident}/attach", content=body, params=query, headers={**JPEG, **key})


def test_a_unit_does_its_task_from_dispatch_to_base_and_sees_nothing_else(
    server: Server, phone: str, sent: tuple[str, str]
):
    ident, bound = sent
    other = reported(server)
    (task,) = server.get("/field", phone).json()["tasks"]
    assert (task["id"], task["assignment"]["id"]) == (ident, bound)
    assert {"handle", "note", "attach", "backup"} == set(task["verbs"])
    for verb in ("ack", "enroute", "arrive"):
        assert server.post(f"/assignments/{bound}/{verb}", token=phone).status_code == 200
    assert server.post(f"/incidents/{ident}/backup", {"text": "水带不够"}, phone).status_code == 200
    photo = attach(server, ident, a_photo(), phone, name="现场.jpg", verb="handle")
    assert photo.status_code == 201
    assert server.post(f"/incidents/{ident}/handle", {"text": "已扑灭"}, phone).json()["status"] == "handled"
    assert server.post(f"/assignments/{bound}/release", token=phone).status_code == 200
    assert server.get("/field", phone).json()["tasks"] == []
    for verb, body in (("note", {"text": "x"}), ("handle", {}), ("backup", {"text": "x"})):
        is_problem(server.post(f"/incidents/{other}/{verb}", body, phone), 404, "not_found")
    is_problem(attach(server, other, a_photo(), phone), 404, "not_found")
    is_problem(server.get(f"/incidents/{ident}", phone), 403, "forbidden")
    assert server.get(f"/attachments/{photo.json()['attachment']}", phone).status_code == 200
    late = attach(server, ident, a_photo(size=(50, 50)), phone)
    assert late.status_code == 201, "a photo may follow after the unit has left"


def test_what_was_done_without_a_network_is_told_within_twelve_hours_when_it_happened(
    server: Server, phone: str, sent: tuple[str, str]
):
    ident, _ = sent
    then = datetime.now(UTC) - timedelta(hours=11)
    told = server.post(f"/incidents/{ident}/note", {"text": "到了", "occurred_at": then.isoformat()}, phone)
    assert told.status_code == 200
    line = server.get(f"/incidents/{ident}/timeline").json()["items"][-1]
    assert datetime.fromisoformat(line["occurred_at"]) == then
    long_ago = (then - timedelta(hours=2)).isoformat()
    refused = server.post(f"/incidents/{ident}/note", {"text": "到了", "occurred_at": long_ago}, phone)
    is_problem(refused, 403, "backdating_not_allowed")


def test_the_same_photo_is_kept_once_and_the_same_key_attaches_once(server: Server):
    ident, photo = reported(server), a_photo(size=(33, 44))
    first = attach(server, ident, photo, key="k1", name="../../a.jpg").json()
    assert attach(server, ident, photo, key="k1", name="../../a.jpg").json() == first
    assert attach(server, ident, photo).json()["attachment"] != first["attachment"]
    assert server.get(f"/incidents/{ident}").json()["properties"]["photos"] == 2
    with server.services.engine.connect() as conn:
        rows = conn.execute(
            select(attachment.c.name, attachment.c.sha256).where(attachment.c.subject == ident)
        )
        names, marks = zip(*rows, strict=True)
        held = attachment_file.c.sha256 == marks[0]
        kept = conn.scalar(select(func.count()).select_from(attachment_file).where(held))
    assert (set(names), len(set(marks)), kept) == ({"a.jpg", "photo"}, 1, 1)


def test_what_is_refused_leaves_no_bytes(server: Server):
    ident = reported(server)
    is_problem(attach(server, ident, b"<html>"), 422, "attachment_unfit")
    is_problem(attach(server, "nobody", a_photo(size=(7, 7))), 404, "not_found")
    with server.services.engine.connect() as conn:
        assert not conn.scalar(select(func.count()).where(attachment.c.subject.in_([ident, "nobody"])))


def test_a_photo_of_a_visit_needs_no_incident_and_is_seen_where_the_visit_is(unwalked: Server):
    server, phone = unwalked, unwalked.token("unit", unit="P2")
    tour = {"target": "grids", "code": GRID_B, "finding": "护栏松动"}
    told = server.post("/patrols/visits", tour, phone)
    assert told.status_code == 201, told.text
    (seq,) = told.json()["visits"]
    with server.client(phone, **JPEG) as client:
        path = f"/patrols/visits/{seq}/attach"
        given = client.post(path, content=a_photo(size=(40, 30)), params={"name": "护栏.jpg"})
        assert given.status_code == 201, given.text
        is_problem(client.post(path, content=b"<html>"), 422, "attachment_unfit")
        is_problem(client.post(f"/patrols/visits/{seq + 1}/attach", content=a_photo()), 404, "not_found")
    key = given.json()["attachment"]
    assert [one["name"] for one in server.get(f"/patrols/visits/{seq}").json()["photos"]] == ["护栏.jpg"]
    for token in (server.api, server.token("api", area=TOWN_B, verbs=["*"]), phone):
        assert server.get(f"/attachments/{key}", token).status_code == 200
    is_problem(server.get(f"/attachments/{key}", server.town), 404, "not_found")
    is_problem(server.get(f"/patrols/visits/{seq}", server.town), 404, "not_found")


def test_a_photo_comes_in_by_a_form_as_well(server: Server):
    ident = reported(server)
    with server.client() as client:

        def send(**parts: Any) -> httpx.Response:
            return client.post(f"/incidents/{ident}/attach", **parts)

        given = send(files={"file": ("现场.jpg", a_photo(), "image/jpeg")}, data={"verb": "note"})
        assert given.status_code == 201, given.text
        is_problem(send(files={"file": ("x.html", b"<html>", "image/jpeg")}), 422, "attachment_unfit")
        is_problem(send(files={"verb": (None, "note")}), 422, "invalid_input")
        form = {"content-type": "multipart/form-data; boundary=x"}
        is_problem(send(content=b"--y nothing", headers=form), 422, "invalid_input")
    with server.services.engine.connect() as conn:
        names = conn.scalars(select(attachment.c.name).where(attachment.c.subject == ident)).all()
    assert names == ["现场.jpg"]


def test_an_attachment_is_sent_as_a_file_to_whoever_sees_its_incident(server: Server):
    ident = reported(server)
    key = attach(server, ident, a_photo(), name="东门.jpg").json()["attachment"]
    told = server.get(f"/attachments/{key}")
    assert told.headers["content-type"] == "image/jpeg"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert "%E4%B8%9C%E9%97%A8.jpg" in told.headers["content-disposition"]
    assert server.get(f"/attachments/{key}", thumb=1).content.startswith(b"\xff\xd8")
    paper = attach(server, ident, b"%PDF-1.4\n%%EOF", name="a.pdf").json()["attachment"]
    assert server.get(f"/attachments/{paper}").headers["content-disposition"].startswith("attachment")
    is_problem(server.get(f"/attachments/{paper}", thumb=1), 404, "not_found")
    far = server.token(area="990102")
    is_problem(server.get(f"/attachments/{key}", far), 404, "not_found")


def test_a_unit_goes_on_and_off_duty_but_not_while_it_is_away(
    server: Server, phone: str, sent: tuple[str, str]
):
    is_problem(server.post("/units/P1/duty", {"on_duty": False}, phone), 409, "unit_still_bound")
    is_problem(server.post("/units/P2/duty", {"on_duty": False}, phone), 403, "forbidden")
    server.post(f"/assignments/{sent[1]}/release")
    assert server.post("/units/P1/duty", {"on_duty": False}, phone).json()["on_duty"] is False
    assert server.get("/field", phone).json()["unit"]["on_duty"] is False
    assert server.post("/units/P1/duty", {"on_duty": True}, phone).json()["on_duty"] is True


def test_a_units_link_opens_the_phone_page_and_no_other_page(server: Server, phone: str):
    with httpx.Client(base_url=server.url, verify=NO_TLS) as browser:
        opened = browser.get("/field", params={"token": phone, "lang": "en"})
        assert (opened.status_code, opened.headers["location"]) == (303, "/field?lang=en")
        assert browser.get("/field").status_code == 200
        assert browser.get("/desk").status_code == 403
        assert browser.get("/api/v1/field", params={"unit": 1}).json()["unit"]["id"] == "P1"
        held = dict(browser.cookies)
        browser.post("/logout", params={"unit": 1}, headers={"origin": server.url})
    with httpx.Client(base_url=server.url, verify=NO_TLS, cookies=held) as copy:
        assert copy.get("/field").headers["location"].startswith("/login?next="), "nor does a copy open it"
    with httpx.Client(base_url=server.url, verify=NO_TLS) as stranger:
        assert stranger.get("/field", params={"token": server.api}).status_code == 403
        assert stranger.get("/field").headers["location"].startswith("/login?next=")


def test_a_grid_member_begins_at_the_phone_page_and_answers_for_one_grid(unwalked: Server):
    server = unwalked
    person = add_user(server.services, SYSTEM, "grid-wang", "grid", GRID_A)
    ident = reported(server, **a_report(**{"class": LITTER}))
    headers = {"origin": server.url}
    with httpx.Client(base_url=server.url, headers=headers, verify=NO_TLS) as browser:
        given = {"name": person.name, "password": person.password}
        assert browser.post("/login", data=given).headers["location"] == "/field"
        tasks = {task["id"]: task for task in browser.get("/api/v1/field").json()["tasks"]}
        assert "accept" in tasks[ident]["verbs"]
        fire = browser.post("/api/v1/incidents", json=a_report(channel="grid")).json()["id"]
        own = {task["id"]: task["verbs"] for task in browser.get("/api/v1/field").json()["tasks"]}
        assert own[fire] == ["note", "attach"], "the city's desk owns it; whoever reported may add to it"
        assert browser.post(f"/api/v1/incidents/{ident}/accept").json()["status"] == "accepted"
        assert browser.post(f"/api/v1/incidents/{ident}/handle").json()["status"] == "handled"
        assert browser.get("/api/v1/field/rounds").json()["items"][0]["code"] == GRID_A
        visit = {"target": "grids", "code": GRID_A, "finding": None}
        assert browser.post("/api/v1/patrols/visits", json=visit).status_code == 201
        assert browser.get("/api/v1/field/rounds").json()["count"] == 0
        found = browser.get("/api/v1/field/propose", params={"text": "楼道着火冒烟"}).json()
        assert "21000" in [one["code"] for one in found["classes"]]
