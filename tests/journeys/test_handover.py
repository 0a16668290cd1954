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

    signed = "SELECT doc->'handed'->>'name' || ' ' || (doc->'taken'->>'name') FROM city.handover"
    assert product.sql(signed) == "wang li"
    assert product.sql("SELECT doc->'items'->0->>0 FROM city.handover") == ident
    assert (product.foreign, product.errors) == ([], [])
