"""Stock over HTTP: codes, movements with their promises, refusals that tell what there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.conftest import Server, is_problem
from tests.cast import AREA_B, build_stores
from tests.parts import eventually


@pytest.fixture(scope="module")
def stores(server: Server) -> Iterator[None]:
    with server.services.engine.begin() as conn:
        build_stores(conn, ["S1", "S2"])
    yield


@pytest.fixture
def lot(server: Server, stores: None) -> str:
    """A lot of 100 boxes in S1."""
    answer = server.post("/stores/S1/receive", {"item": "1010201", "quantity": 50, "minimum": 10}).json()
    ident: str = answer["lot"]["id"]
    found = answer["lot"]["quantity"]
    if found != 100:
        said = {"quantity": 100, "reason": "盘点"}
        assert server.post(f"/lots/{ident}/count", said).status_code == 200
    return ident


def test_every_item_has_seven_digits_a_unit_and_a_source(server: Server) -> None:
    items = server.get("/items").json()["items"]
    assert len(items) > 80
    assert all(len(item["code"]) == 7 and item["code"].isdigit() for item in items)
    assert all(item["code"][0] in "123" and item["unit"] and item["source"] for item in items)


def test_a_lot_is_reserved_issued_and_returned_and_its_log_tells_it(server: Server, lot: str) -> None:
    for verb, quantity in (("reserve", 30), ("release", 10), ("issue", 20), ("return", 5)):
        answer = server.post(f"/lots/{lot}/{verb}", {"quantity": quantity, "reason": "演习"})
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{answer.json()["seq"]}"'
    now = server.get(f"/lots/{lot}").json()
    assert (now["quantity"], now["reserved"], now["free"]) == (85, 0, 85)
    told = server.get(f"/lots/{lot}/movements").json()["items"]
    assert [one["kind"] for one in told[:4]] == ["LotReturned", "LotIssued", "LotReleased", "LotReserved"]


def test_too_much_is_409_and_says_what_there_is(server: Server, lot: str) -> None:
    told = is_problem(server.post(f"/lots/{lot}/issue", {"quantity": 101}), 409, "stock_short")
    assert told["params"]["available"] == 100
    assert "只有 100 箱可用，要 101 箱" in told["detail"]


def test_an_older_version_is_412_and_the_same_key_moves_once(server: Server, lot: str) -> None:
    seen = server.get(f"/lots/{lot}").headers["etag"]
    first = server.post(f"/lots/{lot}/issue", {"quantity": 1}, idempotency_key=f"k-{lot}", if_match=seen)
    again = server.post(f"/lots/{lot}/issue", {"quantity": 1}, idempotency_key=f"k-{lot}", if_match=seen)
    assert first.json()["seq"] == again.json()["seq"]
    told = is_problem(server.post(f"/lots/{lot}/issue", {"quantity": 1}, if_match=seen), 412, "stale_version")
    assert told["params"]["newer"]["quantity"] == 99


def test_a_transfer_goes_from_store_to_store(server: Server, lot: str) -> None:
    answer = server.post("/stores/S1/transfer", {"lot": lot, "to": "S2", "quantity": 40}).json()
    assert (answer["lot"]["quantity"], answer["to"]["store"], answer["to"]["area"]) == (60, "S2", AREA_B)
    is_problem(server.post("/stores/S2/transfer", {"lot": lot, "to": "S1", "quantity": 1}), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"item": "1010299", "quantity": 1}, 422, "unknown_item"),
        ({"item": "1010201", "quantity": 1, "unit": "吨"}, 422, "item_unit_differs"),
        ({"item": "1010201", "quantity": 0}, 422, "invalid_input"),
        ({"item": "1010201", "quantity": 1e-4}, 422, "invalid_input"),
        ({"item": "1010201", "quantity": 1, "expiry": "soon"}, 422, "invalid_input"),
    ],
)
def test_what_cannot_be_received_is_refused(
    server: Server, stores: None, body: dict[str, object], status: int, code: str
) -> None:
    is_problem(server.post("/stores/S1/receive", body), status, code)


def test_a_count_without_a_reason_a_missing_store_and_an_unknown_verb(server: Server, lot: str) -> None:
    is_problem(server.post(f"/lots/{lot}/count", {"quantity": 1}), 422, "reason_missing")
    is_problem(server.post("/stores/S9/receive", {"item": "1010201", "quantity": 1}), 404, "not_found")
    is_problem(server.post(f"/lots/{lot}/burn", {}), 404, "not_found")


def test_a_town_sees_its_own_stock_alone(server: Server, lot: str) -> None:
    moved = server.post("/stores/S1/transfer", {"lot": lot, "to": "S2", "quantity": 1}).json()
    with server.client(server.town) as client:
        assert [store["code"] for store in client.get("/stores").json()["items"]] == ["S1"]
        assert client.get(f"/lots/{moved['to']['id']}").status_code == 404
        assert {one["store"] for one in client.get("/lots?limit=1000").json()["items"]} == {"S1"}


def test_lists_are_paged_and_alarms_are_found(server: Server, lot: str) -> None:
    assert server.post(f"/lots/{lot}/issue", {"quantity": 95}).status_code == 200
    found = server.get("/lots", alarm="below_minimum").json()["items"]
    assert lot in [one["id"] for one in found]
    first = server.get("/lots", limit=1).json()
    second = server.get("/lots", limit=1, cursor=first["cursor"]).json()
    assert first["items"][0]["id"] < second["items"][0]["id"]
    is_problem(server.get("/lots", alarm="loud"), 422, "invalid_input")
    is_problem(server.get("/lots", limit=9999), 422, "invalid_input")


def test_screens_follow_through_movements_that_they_do_not_draw(server: Server, lot: str) -> None:
    seq = server.post(f"/lots/{lot}/issue", {"quantity": 1}).json()["seq"]
    assert eventually(lambda: server.get("/state/hash").json()["seq"] >= seq)
