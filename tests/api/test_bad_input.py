"""Whatever can be sent wrong: a code, a sentence, a remedy in two languages, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.conftest import Server, a_report, is_problem
from tests.cast import IN_A

Ask = Callable[[Server, dict[str, str]], httpx.Response]


def at(**much: float) -> str:
    return (datetime.now(UTC) + timedelta(**much)).isoformat()


def posting(path: str, body: Any = None, **headers: Any) -> Ask:
    """A request that asks in the language it is given."""

    def ask(server: Server, language: dict[str, str]) -> httpx.Response:
        with server.client(**language) as client:
            if isinstance(body, bytes):
                return client.post(path, content=body, headers=headers)
            return client.post(path, json=body, headers=headers)

    return ask


def getting(path: str, **query: str) -> Ask:
    def ask(server: Server, language: dict[str, str]) -> httpx.Response:
        with server.client(**language) as client:
            return client.get(path, params=query)

    return ask


def reporting(**changed: Any) -> Ask:
    return posting("/incidents", a_report(**changed), **{"idempotency-key": "bad"})


def located(lon: Any, lat: Any, **more: Any) -> Ask:
    return reporting(location={"lon": lon, "lat": lat, **more})


def raw(text: str) -> Ask:
    return posting("/incidents", text.encode(), **{"idempotency-key": "bad"})


HUGE = b'{"class":"21000","text":"' + b"x" * 10_000_000 + b'"}'
NAN = '{"class":"21000","text":"x","channel":"110","location":{"lon":%s,"lat":24.49}}'

CASES: dict[str, tuple[Ask, int, str]] = {
    "outside the city": (located(119.5, 24.49), 422, "outside_city"),
    "on another continent": (located(-0.1, 51.5), 422, "outside_city"),
    "at null island": (located(0, 0), 422, "outside_city"),
    "swapped": (located(IN_A[1], IN_A[0]), 422, "coordinates_swapped"),
    "not a number": (raw(NAN % "NaN"), 422, "invalid_input"),
    "infinite": (raw(NAN % "-Infinity"), 422, "invalid_input"),
    "too large for a float": (raw(NAN % "1e999"), 422, "invalid_input"),
    "not on earth": (located(500, 24.49), 422, "invalid_input"),
    "coordinates as words": (located("east", "north"), 422, "invalid_input"),
    "no coordinates": (reporting(location={}), 422, "invalid_input"),
    "unknown datum": (located(*IN_A, datum="mars"), 422, "unknown_datum"),
    "unknown EPSG code": (located(*IN_A, datum="EPSG:999999"), 422, "unknown_datum"),
    "unknown class": (reporting(**{"class": "99999"}), 422, "unknown_class"),
    "class as a number": (reporting(**{"class": 21000}), 422, "invalid_input"),
    "severity out of range": (reporting(severity=5), 422, "invalid_input"),
    "no text": (reporting(text=""), 422, "invalid_input"),
    "text of blanks": (reporting(text="   "), 422, "invalid_input"),
    "text too long": (reporting(text="长" * 4001), 422, "invalid_input"),
    "text with a NUL": (reporting(text="a\0b"), 422, "invalid_input"),
    "source_id with a NUL": (reporting(source_id="\0"), 422, "invalid_input"),
    "a lone surrogate": (raw((NAN % "118.11").replace('"x"', '"\\ud800"')), 400, "broken_json"),
    "a field nobody knows": (reporting(priority=1), 422, "invalid_input"),
    "a list": (raw("[]"), 422, "invalid_input"),
    "null": (raw("null"), 422, "invalid_input"),
    "nothing": (raw(""), 422, "invalid_input"),
    "broken JSON": (raw('{"class": '), 400, "broken_json"),
    "not UTF-8": (posting("/incidents", b'{"text": "\xff\xfe"}'), 400, "broken_json"),
    "nested without end": (raw("[" * 100_000), 400, "broken_json"),
    "ten megabytes": (posting("/incidents", HUGE), 413, "body_too_large"),
    "far future": (reporting(occurred_at=at(days=9000)), 422, "time_in_future"),
    "the end of time": (reporting(occurred_at="9999-12-31T23:59:59-14:00"), 422, "time_in_future"),
    "before time began": (reporting(occurred_at="0001-01-01T00:00:00+14:00"), 422, "invalid_input"),
    "time without an offset": (reporting(occurred_at="2026-03-02T09:00:00"), 422, "invalid_input"),
    "time that is none": (reporting(occurred_at="yesterday"), 422, "invalid_input"),
    "no such incident": (posting("/incidents/NOTHING/accept", {}), 404, "not_found"),
    "no such verb": (posting("/incidents/NOTHING/explode", {}), 404, "not_found"),
    "no such assignment": (posting("/assignments/NOTHING/ack", {}), 404, "not_found"),
    "an id with a NUL": (posting("/incidents/a%00b/accept", {}), 422, "invalid_input"),
    "reading an id with a NUL": (getting("/incidents/a%00b"), 422, "invalid_input"),
    "no such path": (getting("/nothing"), 404, "not_found"),
    "a method it does not take": (posting("/state", {}), 405, "method_not_allowed"),
    "an unknown realm": (posting("/incidents?realm=nowhere", a_report()), 404, "realm_unknown"),
    "reading an unknown realm": (getting("/state", realm="nowhere"), 404, "realm_unknown"),
    "events of an unknown realm": (getting("/events", realm="nowhere"), 404, "realm_unknown"),
    "a realm that is not for us": (getting("/state", realm="system"), 403, "forbidden"),
    "If-Match of words": (posting("/incidents/X/accept", {}, **{"if-match": "latest"}), 422, "invalid_input"),
    "If-Match of odd digits": (
        posting("/incidents/X/accept", {}, **{"if-match": b"\xb2"}), 422, "invalid_input"),
    "If-Match too long": (posting("/incidents/X/accept", {}, **{"if-match": "9" * 5000}), 422,
                          "invalid_input"),
    "a key too long": (posting("/incidents", a_report(), **{"idempotency-key": "k" * 201}), 422,
                       "invalid_input"),
    "k of words": (getting("/incidents/X/advice", k="many"), 422, "invalid_input"),
    "k out of range": (getting("/incidents/X/advice", k="0"), 422, "invalid_input"),
    "a box inside out": (getting("/incidents", bbox="119,24,118,25"), 422, "invalid_input"),
    "a box of words": (getting("/incidents", bbox="a,b,c,d"), 422, "invalid_input"),
    "a box with NaN": (getting("/incidents", bbox="nan,24,118,25"), 422, "invalid_input"),
    "since when": (getting("/incidents", since="noon"), 422, "invalid_input"),
    "a forged cursor": (getting("/incidents", cursor="AAAA"), 422, "invalid_input"),
    "a state of the future": (getting("/state", at="999999999"), 422, "invalid_input"),
    "a state at a long number": (getting("/state", at="9" * 5000), 422, "invalid_input"),
    "a hash at no time": (getting("/state/hash", at="later"), 422, "invalid_input"),
    "events after words": (getting("/events", after="x"), 422, "invalid_input"),
    "events without limit": (getting("/events", limit="1000000"), 422, "invalid_input"),
    "a layer there is not": (getting("/layers/dragons/items"), 404, "not_found"),
    "positions that are no list": (lambda s, h: _put(s, h, {"unit": "F1"}), 422, "invalid_input"),
    "a position without place": (lambda s, h: _put(s, h, [{"unit": "F1", "lon": 1}]), 422, "invalid_input"),
    "positions at no pace": (lambda s, h: _put(s, h, [_fix(at())], pace="nan"), 422, "invalid_input"),
    "a dispatch of nobody": (posting("/incidents/X/dispatch", {"units": []}), 422, "invalid_input"),
    "a dispatch of a word": (posting("/incidents/X/dispatch", {"units": "F1"}), 422, "invalid_input"),
    "a dispatch of one unit twice": (posting("/incidents/X/dispatch", {"units": ["F1", "F1"]}), 422,
                                     "invalid_input"),
    "a reason that is missing": (posting("/incidents/X/reject", {}), 422, "invalid_input"),
    "a stream after words": (getting("/stream", after="x"), 422, "invalid_input"),
    "a stream of an unknown realm": (getting("/stream", realm="nowhere"), 404, "realm_unknown"),
    "a stream that is not for us": (getting("/stream", realm="system"), 403, "forbidden"),
}  # fmt: skip


def _fix(when: str) -> dict[str, Any]:
    return {"unit": "F1", "lon": IN_A[0], "lat": IN_A[1], "at": when}


def _put(server: Server, language: dict[str, str], body: Any, **query: str) -> httpx.Response:
    with server.client(**language) as client:
        return client.put("/units/positions", json=body, params=query)


@pytest.mark.parametrize(("ask", "status", "code"), CASES.values(), ids=CASES.keys())
def test_each_mistake_is_named_with_a_remedy_in_both_languages_and_writes_nothing(
    server: Server, ask: Ask, status: int, code: str
) -> None:
    before = (server.head, server.answers_kept())
    chinese = is_problem(ask(server, {}), status, code)
    english = is_problem(ask(server, {"accept-language": "en-GB,en;q=0.9"}), status, code)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese["remedy"])
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in english["remedy"])
    assert english["title"] != chinese["title"]
    assert (server.head, server.answers_kept()) == before


def test_a_faulty_field_is_pointed_at(server: Server) -> None:
    told = server.post("/incidents", a_report(severity=9, location={"lon": "x", "lat": 24.49})).json()
    assert {fault["pointer"] for fault in told["errors"]} == {"/severity", "/location/lon"}
    assert all(fault["code"] and fault["detail"] for fault in told["errors"])
    outside = server.post("/incidents", a_report(location={"lon": 0, "lat": 0})).json()
    assert outside["errors"][0]["pointer"] == "/location"
