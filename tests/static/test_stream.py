"""The stream client: what it does with each message, and when the way is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browsing import until
from tests.static.conftest import Bench

pytestmark = pytest.mark.browser

# A server by hand: sockets and fetches are kept, and answered when the test says so.
BY_HAND = """() => {
    window.sockets = [];
    window.board = { seq: 10, at: '2026-03-02T01:00:00Z', upsert: {}, remove: {}, panels: {} };
    window.fetched = 0;
    window.status = 200;
    window.WebSocket = class {
        constructor(url) {
            Object.assign(this, { url, readyState: 0, sent: [], at: performance.now() });
            window.sockets.push(this);
        }
        send(text) { this.sent.push(text); }
        close() { this.readyState = 3; this.closed = true; }
        say(message) { this.readyState = 1; this.onmessage({ data: JSON.stringify(message) }); }
        end(code) { this.readyState = 3; this.onclose({ code }); }
    };
    Object.assign(window.WebSocket, { CONNECTING: 0, OPEN: 1 });
    window.fetch = async () => {
        window.fetched += 1;
        if (!window.status) throw new TypeError('away');
        return new Response(JSON.stringify(window.board), { status: window.status });
    };
    window.heard = [];
}"""
LAST = "window.sockets[window.sockets.length - 1]"


@pytest.fixture
def page(bench: Bench) -> Page:
    page = bench("10-time", "11-digest", "12-store", "20-stream", before=BY_HAND)
    page.evaluate(
        """for (const name of ['connection', 'mismatch', 'forbidden'])
            zhihui.on(name, value => window.heard.push([name, value]))"""
    )
    return page


def started(page: Page) -> None:
    page.evaluate("zhihui.stream.start()")
    until(page, "window.sockets.length === 1")


def say(page: Page, message: dict[str, Any]) -> None:
    page.evaluate(f"m => {LAST}.say(m)", message)


def beat(head: int, digest: str) -> dict[str, Any]:
    return {
        "heartbeat": {
            "head": head,
            "hash": digest,
            "at": "2026-03-02T01:00:00Z",
            "version": "1",
            "degraded": False,
        }
    }


def patch(seq: int) -> dict[str, Any]:
    return {"seq": seq, "at": "2026-03-02T01:00:00Z", "upsert": {}, "remove": {}, "panels": {}}


def test_the_board_comes_first_then_what_followed_it(page: Page):
    started(page)
    assert page.evaluate("[window.fetched, zhihui.seq]") == [1, 10]
    assert "after=10" in page.evaluate(f"{LAST}.url") and "realm=live" in page.evaluate(f"{LAST}.url")
    say(page, patch(11))
    assert page.evaluate("[zhihui.seq, zhihui.connected]") == [11, True]


def test_a_lost_socket_is_opened_again_after_what_is_held(page: Page):
    started(page)
    say(page, patch(14))
    page.evaluate(f"{LAST}.end(1006)")
    assert page.evaluate("zhihui.connected") is False
    until(page, "window.sockets.length === 2")
    assert "after=14" in page.evaluate(f"{LAST}.url")
    assert page.evaluate("window.fetched") == 1


def test_the_waits_grow_and_differ(page: Page):
    started(page)
    for n in range(2, 6):
        page.evaluate(f"{LAST}.end(1006)")
        until(page, f"window.sockets.length === {n}")
    waits = page.evaluate("window.sockets.slice(1).map((s, i) => s.at - window.sockets[i].at)")
    assert waits[0] < 400 and waits[3] > 900
    assert len({round(wait) for wait in waits}) == 4


def test_a_digest_that_differs_at_the_same_place_fetches_the_board_again(page: Page):
    started(page)
    say(page, beat(10, "f" * 16))
    until(page, "window.fetched === 2")
    assert [name for name, _ in page.evaluate("window.heard") if name == "mismatch"] == ["mismatch"]
    say(page, beat(10, "e" * 16))  # and not again at once: a fault must not become a flood
    assert page.evaluate("window.fetched") == 2


def test_facts_that_draw_nothing_move_the_place_when_the_digest_agrees(page: Page):
    started(page)
    say(page, beat(12, "0" * 16))
    assert page.evaluate("[zhihui.seq, window.fetched]") == [12, 1]


def test_a_reset_begins_again_with_the_board(page: Page):
    started(page)
    page.evaluate("window.board.seq = 90")
    say(page, {"reset": 90})
    until(page, "window.sockets.length === 2")
    assert page.evaluate("[zhihui.seq, window.fetched]") == [90, 2]


def test_what_is_revoked_forgets_everything_and_says_so(page: Page):
    started(page)
    say(page, {"bye": "revoked"})
    page.evaluate(f"{LAST}.end(4401)")
    assert page.evaluate("zhihui.seq") == 0
    assert ["forbidden", None] in page.evaluate("window.heard")


def test_a_board_that_is_refused_ends_the_stream_as_well(page: Page):
    started(page)
    page.evaluate("window.status = 403")
    say(page, beat(10, "f" * 16))
    until(page, "window.heard.some(([name]) => name === 'forbidden')")
    say(page, patch(11))
    assert page.evaluate("[window.sockets[0].closed, zhihui.connected, zhihui.seq]") == [True, False, 0]


def test_a_server_that_is_away_is_asked_until_it_comes(page: Page):
    page.evaluate("window.status = 0")
    page.evaluate("zhihui.stream.start()")
    until(page, "window.fetched >= 2")
    page.evaluate("window.status = 200")
    until(page, "window.sockets.length === 1")
    assert page.evaluate("zhihui.seq") == 10


def test_a_silent_socket_is_closed_by_our_own_hand(page: Page):
    started(page)
    say(page, patch(11))
    until(page, "window.sockets.length === 2", seconds=12)
    assert page.evaluate("[window.sockets[0].closed, zhihui.connected]") == [True, False]
    assert page.evaluate("zhihui.stream.stale()") is True


def test_a_late_word_of_a_socket_that_was_given_up_is_not_heard(page: Page):
    started(page)
    page.evaluate(f"{LAST}.end(1006)")
    until(page, "window.sockets.length === 2")
    page.evaluate("m => window.sockets[0].say(m)", patch(99))
    assert page.evaluate("zhihui.seq") == 10


def test_the_display_is_said_only_to_an_open_socket(page: Page):
    started(page)
    page.evaluate("zhihui.stream.send({ display: 1 })")
    say(page, patch(11))
    page.evaluate("zhihui.stream.send({ display: 2 })")
    assert page.evaluate(f"{LAST}.sent") == [json.dumps({"display": 2}, separators=(",", ":"))]


def test_a_hidden_wall_forgets_the_board_and_is_given_it_back_by_the_stream(page: Page):
    started(page)
    unit = {"id": "a", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"seq": 11}}
    shown = {**patch(11), "upsert": {"units": [unit]}}
    say(page, shown)
    say(page, {"state": {**patch(12), "veiled": True}})
    assert page.evaluate("[zhihui.store.layer('units').size, zhihui.store.veiled()]") == [0, True]
    page.evaluate(f"{LAST}.end(1006)")
    until(page, "window.sockets.length === 2")
    assert page.evaluate(f"{LAST}.url.includes('veiled=1')")
    say(page, {"state": {**shown, "seq": 13}})
    assert page.evaluate("[zhihui.store.layer('units').size, zhihui.store.veiled()]") == [1, False]
