"""/replay in a real browser: what was is played on the map, and ends in the very picture that live has."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

THERE = "window.zhihui && zhihui.film && zhihui.film.span() && zhihui.seq && zhihui.map"
AT_END = "() => !zhihui.film.playing() && zhihui.film.now() >= zhihui.film.span().to.ms"


def open_replay(product: Product, contexts: Callable[..., BrowserContext], query: str) -> Page:
    return sign_in(product, contexts().new_page(), "wang", quote(f"/replay?{query}", safe=""), THERE)


def happened(product: Product) -> tuple[int, str]:
    """The position before something grave was reported and a unit sent there, and the incident's id."""
    before = int(product.sql("SELECT head FROM realm WHERE id = 'live'"))
    ident = product.report()
    sent = product.post(f"/incidents/{ident}/dispatch", units=[product.free_unit()])
    product.post(f"/assignments/{sent['assignments'][0]['id']}/ack")
    return before, ident


def server_hash(product: Product, seq: int) -> str:
    with product.api as api:
        return str(api.get("/state/hash", params={"at": seq}).json()["hash"])


def test_a_film_at_its_fastest_leaves_out_nothing_and_ends_as_live_is(
    product: Product, contexts: Callable[..., BrowserContext]
) -> None:
    before, ident = happened(product)
    page = open_replay(product, contexts, f"from={before}")
    assert page.evaluate("zhihui.seq") == before
    assert page.evaluate("zhihui.hash()") == server_hash(product, before)
    page.evaluate("() => { window.folded = []; zhihui.on('patch', (patch) => folded.push(patch.seq)); }")
    page.select_option("#replay-speed", "600")
    page.click("#replay-play")
    until(page, AT_END)
    last = page.evaluate("zhihui.film.span().to.seq")
    assert page.evaluate("folded") == list(range(before + 1, last + 1))
    assert page.evaluate("zhihui.hash()") == server_hash(product, last)
    assert ident in page.evaluate("zhihui.features('incidents').map((one) => one.id)")
    assert page.locator(f'#incident-list [data-incident="{ident}"]').count() == 1
    assert (product.foreign, product.errors) == ([], [])


def test_one_goes_by_steps_by_chapter_by_slider_and_by_a_link(
    product: Product, contexts: Callable[..., BrowserContext]
) -> None:
    before, _ident = happened(product)
    page = open_replay(product, contexts, f"from={before}&lang=en")
    page.keyboard.press("ArrowRight")
    until(page, f"() => zhihui.seq === {before + 1}")
    page.keyboard.press("ArrowLeft")
    until(page, f"() => zhihui.seq === {before}")
    chapter = page.locator('[data-replay="chapters"] .replay-line.incident').first
    chapter.click()
    seq = int(chapter.get_attribute("data-seq") or 0)
    until(page, f"() => zhihui.seq === {seq}")
    assert page.evaluate("zhihui.hash()") == server_hash(product, seq)
    until(page, "() => document.querySelector('.replay-line[aria-current]')")
    page.evaluate(
        "() => { const one = document.getElementById('replay-slider'); one.value = one.max;"
        " one.dispatchEvent(new Event('input')); one.dispatchEvent(new Event('change')); }"
    )
    until(page, f"() => zhihui.seq > {seq}")
    page.keyboard.press("ArrowLeft")
    until(page, "() => !zhihui.film.waiting()")
    place, address = page.evaluate("zhihui.seq"), page.evaluate("location.href")
    other = open_replay(product, contexts, address.partition("?")[2])
    assert other.evaluate("zhihui.seq") == place
    assert (product.foreign, product.errors) == ([], [])
