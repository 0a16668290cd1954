"""What the browser keeps of the server's tiles: until when, and what waiting leaves behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browsing import until
from tests.static.conftest import Bench

pytestmark = pytest.mark.browser

# A server by hand: `asked` are the ways in which tiles were fetched, `away` how often it does not answer.
BY_HAND = """() => {
    window.asked = [];
    window.away = 0;
    window.fetch = async (address, { cache }) => {
        window.asked.push(cache);
        if (window.away > 0 && window.away--) throw new TypeError('away');
        return new Response(new Uint8Array(3));
    };
}"""
GET = "() => zhihui.tiles.get('base', 1, 0, 0, new AbortController().signal)"


@pytest.fixture
def page(bench: Bench) -> Page:
    page = bench("44-tiles", before=BY_HAND)
    page.evaluate("zhihui.mvt = () => ({})")
    return page


def test_a_tile_is_kept_until_places_are_imported_and_then_asked_of_the_server_itself(page: Page):
    page.evaluate("window.told = 0; zhihui.on('imported', () => (window.told += 1))")
    page.evaluate("zhihui.emit('heartbeat', { imports: 3 })")
    page.evaluate(GET)
    page.evaluate("zhihui.emit('heartbeat', { imports: 3 })")
    page.evaluate(GET)
    assert page.evaluate("[window.asked, window.told]") == [["default"], 0]
    page.evaluate("zhihui.emit('heartbeat', { imports: 4 })")
    assert page.evaluate("[zhihui.tiles.held(), window.told]") == [{"tiles": 0, "bytes": 0}, 1]
    page.evaluate(GET)
    assert page.evaluate("window.asked") == ["default", "no-cache"]


def test_waiting_for_a_server_that_is_away_leaves_no_listener_behind(page: Page):
    page.evaluate(
        """() => {
            window.away = 2;
            window.listening = 0;
            const signal = new AbortController().signal;
            const count = (name, by) => {
                const real = signal[name].bind(signal);
                signal[name] = (...given) => {
                    window.listening += by;
                    real(...given);
                };
            };
            count('addEventListener', 1);
            count('removeEventListener', -1);
            zhihui.tiles.get('base', 1, 0, 0, signal).then(() => (window.came = true));
        }"""
    )
    until(page, "window.came")
    assert page.evaluate("[window.asked.length, window.listening]") == [3, 0]
