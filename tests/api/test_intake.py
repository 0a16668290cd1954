"""The intake over HTTP: one message of each source, what is refused and kept, tried again, told once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select

from actions.accounts import ALL_VERBS, add_token, revoke_token
from actions.intake_pull import pull_now, set_pull
from core.intake import Pull
from core.permissions import SYSTEM
from db import intake as rows
from db.tables import incident
from tests.api.conftest import Server, is_problem
from tests.cast import IN_A, TOWN_B
from tests.parts import eventually

SAMPLES = Path(__file__).parents[2] / "db" / "data" / "intake" / "samples"
REPORTS = (
    "camera", "citymgmt", "emergency", "environment", "greening", "grid", "hotline", "municipal", "police",
    "public", "sensor", "traffic", "webhook",
)  # fmt: skip
CHANNELS = {"police": "110", "hotline": "12345", "sensor": "sensor_alarm"}
TYPES = {".json": "application/json", ".xml": "application/xml", ".form": "application/x-www-form-urlencoded"}
HERE = {"lon": IN_A[0], "lat": IN_A[1]}


def sample(source: str) -> tuple[bytes, str]:
    (file,) = SAMPLES.glob(f"{source}.*")
    return file.read_bytes().strip(), TYPES[file.suffix]


def sent(server: Server, source: str, body: bytes | dict[str, Any], media: str = "") -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with server.client() as client:
        headers = {"content-type": media or "application/json"}
        return client.post(f"/intake/{source}", content=content, headers=headers)


def a_message(**changed: Any) -> dict[str, Any]:
    told = {"source_id": secrets.token_hex(6), "text": "楼道冒烟，有人被困", "location": HERE}
    return {**told, **changed}


def messages(server: Server, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.get("/intake/messages", **query).json()["items"]
    return found


def incidents(server: Server) -> int:
    """How many there are; the log goes on by itself, for clocks run out."""
    with server.services.engine.connect() as conn:
        return conn.scalar(select(func.count()).select_from(incident)) or 0


@pytest.mark.parametrize("source", REPORTS)
def test_the_sample_of_each_source_becomes_an_incident_once(server: Server, source: str) -> None:
    body, media = sample(source)
    first, again = sent(server, source, body, media), sent(server, source, body, media)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    answers = [answer.json().get("items", [answer.json()]) for answer in (first, again)]
    assert [one["id"] for one in answers[0]] == [one["id"] for one in answers[1]]
    read = server.get(f"/incidents/{answers[0][0]['id']}").json()
    assert read["properties"]["channel"] == CHANNELS.get(source, source)


def test_what_is_read_of_a_message_is_told_without_persons(server: Server) -> None:
    body, media = sample("hotline")
    body = json.dumps({**json.loads(body), "source_id": secrets.token_hex(4), "call": 13812342207}).encode()
    kept = sent(server, "hotline", body, media).json()["message"]
    text = server.get(f"/intake/messages/{kept}").text
    assert "138****2207" in text
    assert "13812342207" not in text
    assert "陈先生" not in text
    with server.services.engine.connect() as conn:
        row = rows.read_message(conn, "live", kept)
    assert row is not None
    assert b"13812342207" not in bytes(row.raw)


def test_class_and_severity_are_guessed_by_words_where_the_source_tells_none(server: Server) -> None:
    answer = sent(server, "webhook", a_message()).json()
    assert answer["guessed"] == ["class", "severity"]
    properties = server.get(f"/incidents/{answer['id']}").json()["properties"]
    assert (properties["class"], properties["severity"]) == ("21000", 3)


def test_a_key_that_comes_again_is_answered_as_the_first_time(server: Server) -> None:
    key, body = secrets.token_hex(8), a_message()
    first, again = (server.post("/intake/webhook", body, idempotency_key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_the_numbers_of_a_source_are_given_by_its_tokens_alone(server: Server) -> None:
    """Else whoever may report claims a number of 110 before 110 does, and the call is lost."""
    own = add_token(server.services, SYSTEM, "api", "traffic-1", verbs=["report", "read"], source="traffic")
    try:
        claim = {"class": "21000", "text": "占号", "location": HERE, "channel": "traffic", "source_id": "T-9"}
        for path, body in (("/incidents", claim), ("/intake/traffic", a_message())):
            is_problem(server.post(path, body), 403, "numbers_taken")
        without = {name: value for name, value in claim.items() if name != "source_id"}
        assert server.post("/incidents", without).status_code == 201
        assert server.post("/incidents", claim, token=own.secret).status_code == 201
        elsewhere = server.post("/incidents", {**claim, "channel": "grid"}, token=own.secret)
        is_problem(elsewhere, 403, "numbers_taken")
    finally:
        revoke_token(server.services, SYSTEM, own.id)
    assert server.post("/incidents", {**claim, "source_id": "T-10"}).status_code == 201


def test_a_namesake_of_whoever_reported_is_a_stranger(server: Server) -> None:
    """Names of tokens are shared; a town's token sees of another town what it reported itself."""
    more = {"verbs": [ALL_VERBS], "area": TOWN_B}
    first, second = (add_token(server.services, SYSTEM, "api", "namesake", **more) for _ in range(2))
    claim = {"class": "21000", "text": "甲镇火情", "location": HERE, "channel": "app"}
    ident = server.post("/incidents", claim, token=first.secret).json()["id"]
    path, note = f"/incidents/{ident}/note", {"text": "补充"}
    answers = [server.post(path, note, token=one.secret).status_code for one in (first, second)]
    assert answers == [200, 404]


def test_a_field_that_nobody_asked_for_is_kept_aside(server: Server) -> None:
    answer = sent(server, "webhook", a_message(weather="晴", reporter={"name": "王", "age": 40})).json()
    assert answer["extra"] == ["reporter.age", "weather"]
    (kept,) = messages(server, incident=answer["id"])
    assert kept["found"]["extra"] == answer["extra"]


def test_a_missing_field_is_named_kept_and_seen(server: Server) -> None:
    body = {"source_id": secrets.token_hex(6), "location": HERE}
    told = is_problem(sent(server, "webhook", body), 422, "intake_field_missing")
    assert told["errors"][0]["pointer"] == "/text"
    assert "text" in told["detail"]
    letter = messages(server, outcome="refused", source="webhook")[0]
    assert letter["error"]["code"] == "intake_field_missing"


WRONG: dict[str, tuple[str, bytes, int, str]] = {
    "no such source": ("nowhere", b"{}", 404, "intake_source_unknown"),
    "half a JSON": ("webhook", b'{"source_id": ', 422, "intake_unreadable"),
    "a JSON of nothing": ("webhook", b"[1, 2]", 422, "intake_unreadable"),
    "a deep JSON": ("webhook", b"[" * 60_000, 422, "intake_unreadable"),
    "bytes of no encoding": ("webhook", b'{"text": "\xff\xfe\xfa"}', 422, "intake_unreadable"),
    "nothing": ("hotline", b"", 422, "intake_unreadable"),
    "too much": ("webhook", b"[" + b" " * 70_000 + b"]", 413, "intake_too_large"),
    "a time of no format": (
        "webhook",
        json.dumps(a_message(occurred_at="昨天")).encode(),
        422,
        "intake_field_wrong",
    ),
    "a level of five": ("webhook", json.dumps(a_message(severity=5)).encode(), 422, "intake_field_wrong"),
    "a far place": (
        "webhook",
        json.dumps(a_message(location={"lon": 10, "lat": 50})).encode(),
        422,
        "outside_city",
    ),
    "an unknown address": (
        "webhook",
        json.dumps(a_message(location=None, address="某处")).encode(),
        422,
        "intake_place_undecided",
    ),
    "words of nothing": ("webhook", json.dumps(a_message(text="嗯")).encode(), 422, "intake_class_undecided"),
    "an entity": (
        "hotline",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><text>&e;</text></a>',
        422,
        "xml_dangerous",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_taken_says_why_and_reports_nothing(server: Server, name: str) -> None:
    source, body, status, code = WRONG[name]
    before = incidents(server)
    is_problem(sent(server, source, body, "text/xml" if body[:1] == b"<" else ""), status, code)
    assert incidents(server) == before


def test_a_dead_letter_is_tried_again_with_what_the_officer_says(server: Server) -> None:
    body = a_message(location=None, address="没有门牌的巷子")
    is_problem(sent(server, "webhook", body), 422, "intake_place_undecided")
    letter = messages(server, outcome="refused", source="webhook")[0]
    again = server.post(f"/intake/messages/{letter['id']}/retry", {"location": HERE})
    assert again.status_code == 201, again.text
    assert again.json()["source_id"] == body["source_id"]
    one = server.get(f"/intake/messages/{letter['id']}").json()
    assert (one["outcome"], one["incident"], one["error"]) == ("reported", again.json()["id"], None)
    assert sent(server, "webhook", {**body, "location": HERE}).json()["id"] == again.json()["id"]


def test_an_address_that_is_found_places_the_message(server: Server) -> None:
    answer = sent(server, "webhook", a_message(location=None, address="东门3")).json()
    assert "location" in answer["guessed"]


def test_characters_that_no_database_holds_do_no_harm(server: Server) -> None:
    odd = a_message(text="路灯\0不亮\ud800", **{"k\0\ud800": "\udfff\0", "n": 10**40, "x": float("nan")})
    answer = sent(server, "webhook", odd)
    assert answer.status_code == 201, answer.text
    assert server.get(f"/incidents/{answer.json()['id']}").json()["properties"]["text"] == "路灯不亮?"
    assert server.get(f"/intake/messages/{answer.json()['message']}").status_code == 200
    both = sent(server, "webhook", json.dumps([odd, {**odd, "source_id": None}]).encode())
    assert [item.get("created") for item in both.json()["items"]] == [False, None]
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    is_problem(sent(server, "webhook", a_message(deep=deep)), 422, "intake_unreadable")


def test_a_form_in_gbk_is_read_and_one_in_utf_8_too(server: Server) -> None:
    for encoding in ("gbk", "utf-8"):
        fields = {"case_id": secrets.token_hex(4), "recDesc": "东门市场占道经营", "recTypeID": "05"}
        body = urlencode({**fields, "coordX": IN_A[0], "coordY": IN_A[1]}, encoding=encoding).encode()
        answer = sent(server, "citymgmt", body, "application/x-www-form-urlencoded")
        assert answer.status_code == 201, answer.text
        properties = server.get(f"/incidents/{answer.json()['id']}").json()["properties"]
        assert (properties["text"], properties["class"]) == ("东门市场占道经营", "51050")


def test_json_and_xml_in_gbk_are_read(server: Server) -> None:
    json_body = json.dumps(a_message(text="东门路口路面塌陷，车辆无法通行"), ensure_ascii=False).encode("gbk")
    number = secrets.token_hex(4)
    xml = f'<?xml version="1.0" encoding="GBK"?><m><source_id>{number}</source_id><text>水管爆裂</text>'
    xml += f"<location><lon>{IN_A[0]}</lon><lat>{IN_A[1]}</lat></location></m>"
    for body, media in ((json_body, "application/json"), (xml.encode("gbk"), "text/xml")):
        answer = sent(server, "hotline", body, media)
        assert answer.status_code == 201, answer.text


def test_each_of_several_records_has_its_own_answer(server: Server) -> None:
    good, bad = a_message(), a_message(location=None)
    answer = sent(server, "webhook", json.dumps([good, bad]).encode())
    assert answer.status_code == 201
    first, second = answer.json()["items"]
    assert first["created"]
    assert second["problem"]["code"] == "intake_place_undecided"


@pytest.mark.slow
def test_a_thousand_of_one_message_from_32_at_once_are_one_incident(server: Server) -> None:
    """Each of the 32 tells it in bytes of its own, again and again."""
    message = a_message()
    before = incidents(server)

    def storm(sender: int) -> set[str]:
        body = json.dumps({**message, "sender": sender}).encode()
        with server.client() as client:
            answers = [client.post("/intake/webhook", content=body) for _ in range(32)]
        return {answer.json().get("id", answer.text) for answer in answers}

    with ThreadPoolExecutor(32) as pool:
        told = set().union(*pool.map(storm, range(32)))
    assert len(told) == 1
    assert incidents(server) == before + 1
    kept = [one["times"] for one in messages(server, source="webhook") if one["incident"] in told]
    assert kept == [32] * 32


def test_a_stranger_may_neither_send_nor_read(server: Server) -> None:
    with server.client(server.viewer) as client:
        is_problem(client.post("/intake/webhook", json=a_message()), 403, "forbidden")
    reporter = server.token(verbs=["report"])
    is_problem(server.get("/intake/messages", token=reporter), 403, "forbidden")


def test_a_town_sees_its_own_messages_alone(server: Server) -> None:
    there = sent(server, "webhook", a_message(location={"lon": 118.13, "lat": 24.49})).json()["message"]
    here = sent(server, "webhook", a_message()).json()["message"]
    seen = {one["id"] for one in server.get("/intake/messages", token=server.town).json()["items"]}
    assert here in seen
    assert there not in seen
    is_problem(server.get(f"/intake/messages/{there}", token=server.town), 404, "not_found")


def test_the_sources_say_what_they_follow(server: Server) -> None:
    items = {one["source"]: one for one in server.get("/intake/sources").json()["items"]}
    assert items.keys() >= {*REPORTS, "table", "qweather_warning", "qweather_alert"}
    assert all(one["basis"] for one in items.values())
    assert items["police"]["generic"]


def test_class_level_and_place_are_proposed(server: Server) -> None:
    told = server.get("/intake/propose", text="东门3附近居民楼着火，2人死亡", lon=IN_A[0], lat=IN_A[1]).json()
    assert told["classes"][0]["code"] == "21000"
    assert told["classes"][0]["why"] == ["着火"]
    assert told["severity"]["level"] == 4
    assert told["places"][0]["name"] == "东门3"
    assert told["here"]["grid"].startswith("990101001")
    is_problem(server.get("/intake/propose", text=" "), 422, "invalid_input")
    is_problem(server.get("/intake/propose", text="火", lon="x", lat="1"), 422, "invalid_input")


def test_likely_duplicates_are_ranked_with_reasons(server: Server) -> None:
    where = {"lon": 118.1031, "lat": 24.4831}
    first = sent(server, "webhook", a_message(text="港湾花园三号楼电梯困人", location=where)).json()["id"]
    near = {"lon": where["lon"] + 0.0003, "lat": where["lat"]}
    same = sent(server, "hotline", a_message(text="港湾花园3号楼有人被困电梯里", location=near)).json()["id"]
    sent(server, "webhook", a_message(text="流动摊贩占道经营", location={"lon": 118.1035, "lat": 24.4835}))
    found = server.get(f"/incidents/{first}/duplicates").json()["items"]
    assert [one["id"] for one in found] == [same]
    assert (found[0]["related"], found[0]["metres"]) == ("class", pytest.approx(30.4, abs=0.5))
    assert found[0]["words"] > 0.3


@pytest.fixture
def folder(server: Server, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    with server.services.engine.begin() as conn:
        rows.put_pull(conn, "table", None, None)


def test_tables_in_a_folder_are_fetched_by_themselves_new_rows_only(server: Server, folder: Path) -> None:
    (file,) = SAMPLES.glob("table.csv")
    (folder / "calls.csv").write_bytes(file.read_bytes())
    set_pull(server.services, "table", Pull(folder=str(folder), every_s=10))

    def state() -> dict[str, Any]:
        items = server.get("/intake/sources").json()["items"]
        return next(one["pulled"] or {} for one in items if one["source"] == "table")

    eventually(lambda: state().get("reported") == 2, 20)
    with (folder / "calls.csv").open("a") as more:
        more.write(
            "26030203,Gas Leak (Natural and LP Gases),,文园路 9 号,3,24.4907,118.1107\nbad,Other,,,3,,\n"
        )
    done = pull_now(server.services, "table")
    assert done == {"files": 1, "reported": 1, "known": 2, "refused": 1}
    assert pull_now(server.services, "table")["files"] == 0


def test_a_dead_letter_is_given_up_with_a_reason_and_never_twice(server: Server) -> None:
    is_problem(
        sent(server, "webhook", a_message(location=None, address="没有")), 422, "intake_place_undecided"
    )
    letter = messages(server, outcome="refused", source="webhook")[0]
    path = f"/intake/messages/{letter['id']}/give_up"
    is_problem(server.post(path, {}), 422, "invalid_input")
    assert server.post(path, {"reason": "无效信息"}).json() == {"id": letter["id"], "outcome": "given_up"}
    is_problem(server.post(path, {"reason": "无效信息"}), 409, "not_dead")
    assert server.get(f"/intake/messages/{letter['id']}").json()["reason"] == "无效信息"


def test_a_source_gone_wrong_keeps_only_its_latest_dead_letters(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "REFUSED_MOST", 3)
    for n in range(5):
        odd = a_message(location=None, address=f"没有的巷子{n}")
        is_problem(sent(server, "webhook", odd), 422, "intake_place_undecided")
    assert len(messages(server, outcome="refused", source="webhook")) == 3
    with server.services.engine.connect() as conn:
        assert rows.lost_letters(conn, "live", date.min)["webhook"] >= 2
