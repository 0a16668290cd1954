"""A change of shifts at two desks: told, acknowledged, handed over by one, taken over by the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

THERE = "window.zhihui && zhihui.connected && document.querySelector('.duty-tiles button')"
WAITING = "n => Number(document.querySelector('[data-bell] b').textContent) === n"


@pytest.fixture
def seat(product: Product, contexts: Callable[..., BrowserContext]) -> Callable[[str], Page]:
    """Logs a person in on /handover and waits for the figures."""

    def seated(name: str) -> Page:
        return sign_in(product, contexts().new_page(), name, "/handover", THERE)

    return seated


def test_a_shift_is_handed_over_by_one_and_taken_over_by_another(
    product: Product, seat: Callable[[str], Page]
) -> None:
    ident = product.report()
    wang, li = seat("wang"), seat("li")

    until(wang, WAITING, 1)
    wang.click("[data-bell]")
    wang.click("#bell-panel li .bell-acts button >> nth=0")
    until(wang, WAITING, 0)
    wang.keyboard.press("Escape")
    li.click("[data-bell]")
    li.click("#bell-panel .chip >> nth=2")
    until(li, "() => document.querySelector('#bell-panel .stands')?.textContent.includes('wang')")
    li.keyboard.press("Escape")

    until(wang, "() => document.querySelectorAll('#handover-table .ag-row').length === 1")
    wang.click('#handover-table .ag-row [col-id="note"]')
    wang.keyboard.type("等消防回话")
    wang.keyboard.press("Enter")
    wang.fill("#handover-hand-notes", "东门路夜间施工")
    wang.click("#handover-hand")
    until(wang, "() => document.getElementById('handover-take').disabled")

    until(li, "() => document.getElementById('handover-take-text')?.textContent.includes('等消防回话')")
    li.click("#handover-take")
    until(li, "() => !document.getElementById('handover-hand-form').hidden")
    li.get_by_role("tab", name="历次交接").click()
    until(
        li,
        "() => document.querySelector('#handover-history .ag-row')?.textContent.includes('东门路夜间施工')",
    )

    with product.api as api:
        lost = {"text": "井盖缺失", "address": "没有门牌的巷子", "contact_phone": "13812342207"}
        assert api.post("/intake/webhook", json=lost).status_code == 422
    li.get_by_role("tab", name="死信").click()
    until(li, "() => document.querySelectorAll('#handover-letters .ag-row').length === 1")
    li.click("#handover-letters .ag-row")
    until(li, "() => document.querySelector('.letter-said')?.textContent.includes('没有门牌的巷子')")
    assert "13812342207" not in li.inner_text(".letter-said")
    li.fill("#handover-letter-reason", "重复报送")
    li.click("#handover-letter-give-up")
    until(li, "() => document.querySelectorAll('#handover-letters .ag-row').length === 0")
    assert product.sql("SELECT reason FROM city.intake_message WHERE outcome = 'given_up'") == "重复报送"

    signed = "SELECT doc->'handed'->>'name' || ' ' || (doc->'taken'->>'name') FROM city.handover"
    assert product.sql(signed) == "wang li"
    assert product.sql("SELECT doc->'items'->0->>0 FROM city.handover") == ident
    assert (product.foreign, product.errors) == ([], [])
