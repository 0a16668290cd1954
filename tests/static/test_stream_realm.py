"""The stream of a page that changes its realm: nothing of the old one is kept, nor what was on its way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browsing import until
from tests.static.conftest import Bench
from tests.static.test_stream import BY_HAND, LAST, say, started

pytestmark = pytest.mark.browser

BOARD_OF = """() => {
    window.fetch = async (address) => {
        const realm = new URL(address, location).searchParams.get('realm');
        if (realm === window.slow) await new Promise((go) => (window.go = go));
        return new Response(JSON.stringify({ ...window.board, seq: realm === 'live' ? 10 : 3 }));
    };
}"""


@pytest.fixture
def page(bench: Bench) -> Page:
    return bench(
        "05-words", "07-realm", "10-time", "11-digest", "12-store", "20-stream",
        before=f"() => {{ ({BY_HAND})(); ({BOARD_OF})(); }}",
    )  # fmt: skip


def test_it_begins_anew_in_the_other_realm(page: Page):
    started(page)
    page.evaluate("zhihui.enter('drill:1')")
    until(page, "window.sockets.length === 2")
    assert page.evaluate("window.sockets[0].closed")
    assert page.evaluate("zhihui.seq") == 3
    assert "realm=drill%3A1" in page.evaluate(f"{LAST}.url")
    say(page, {"seq": 4, "at": "2026-03-02T01:00:00Z", "upsert": {}, "remove": {}, "panels": {}})
    assert page.evaluate("zhihui.seq") == 4


def test_a_board_of_the_old_realm_that_comes_late_is_left(page: Page):
    page.evaluate("window.slow = 'live'")
    page.evaluate("zhihui.stream.start()")
    until(page, "Boolean(window.go)")
    page.evaluate("zhihui.enter('drill:1')")
    page.evaluate("window.go()")
    until(page, "window.sockets.length === 1")
    assert page.evaluate("zhihui.seq") == 3
    assert "realm=drill%3A1" in page.evaluate(f"{LAST}.url")
