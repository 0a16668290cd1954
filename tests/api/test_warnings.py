"""Warnings over HTTP: previewed, issued, read as JSON and as CAP, heard, updated, lifted, refused."""

from __future__ import annotations

from core.cap import read_cap
from tests.api.conftest import Server, a_report, is_problem
from tests.cast import TOWN_A

BODY = {
    "class": "12000", "level": 1, "text": "请立即进入室内", "text_en": "Go indoors now", "areas": [TOWN_A],
}  # fmt: skip


def test_a_warning_goes_its_way_over_the_api(server: Server) -> None:
    told = server.post("/alerts/preview", BODY).json()
    assert (told["severity"], told["areas"]) == ("Extreme", [TOWN_A])
    given = server.post("/alerts", BODY)
    assert given.status_code == 201
    ident = given.json()["alert"]
    assert server.get(f"/alerts/{ident}").json()["properties"]["level"] == 1
    assert ident in [one["id"] for one in server.get("/alerts").json()["issued"]]
    assert ident in [one["id"] for one in server.get("/state").json()["upsert"]["alerts"]]
    assert server.post(f"/alerts/{ident}/update", {"level": 2}).json()["msg_type"] == "Update"
    said = {"alert": ident, "points": [{"code": "B1", "state": "done"}]}
    assert server.post("/outbound/receipts", said).json()["taken"] == 0
    told = server.get(f"/alerts/{ident}/receipts").json()
    assert (told["number"], told["items"]) == (2, [])
    assert server.post(f"/alerts/{ident}/cancel", {"reason": "险情解除"}).json()["msg_type"] == "Cancel"
    refused = is_problem(server.post(f"/alerts/{ident}/cancel", {"reason": "再次"}), 409, "warning_over")
    assert refused["remedy"]
    kinds = [read_cap(server.get(f"/alerts/{ident}.cap", number=n).content).msg_type for n in (1, 2, 3)]
    assert kinds == ["Alert", "Update", "Cancel"]


def test_what_is_wrong_with_a_warning_is_said_field_by_field(server: Server) -> None:
    bad = server.post("/alerts", {**BODY, "text_en": "", "level": 9, "points": ["street"]})
    pointers = {one["pointer"] for one in is_problem(bad, 422, "invalid_input")["errors"]}
    assert pointers == {"/text_en", "/level", "/points/0"}
    incident = server.post("/incidents", a_report()).json()["id"]
    nowhere = {**BODY, "areas": [], "incident": incident}
    is_problem(server.post("/alerts", nowhere), 422, "warning_no_target")
    is_problem(server.post("/alerts", {**BODY, "areas": ["77"]}), 404, "not_found")
    is_problem(server.get("/alerts/none"), 404, "not_found")
