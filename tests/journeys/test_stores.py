"""物资库 in a real browser: a lot is found, moved, and what cannot be is said with what there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

HELD = "SELECT quantity - reserved FROM city.lot WHERE id = :id"
LISTED = "document.querySelector('#stores-list .ag-row')"
PICKED = "SELECT id FROM city.lot WHERE realm = 'live' AND store = :store AND item = '1020101'"


@pytest.fixture
def stores(product: Product, contexts: Callable[..., BrowserContext]) -> Callable[[], Page]:
    """Logs an officer in on the tab."""

    def opened() -> Page:
        return sign_in(product, contexts().new_page(), "wang", "/places?tab=stores", LISTED)

    return opened


def pick(page: Page, store: str, item: str) -> None:
    page.click(f"#stores-list .ag-row >> text={store}")
    page.click(f"#stores-lots .ag-row >> text={item}")
    page.wait_for_selector(f"#stores-lot-head >> text={item}")


def act(page: Page, move: str, quantity: str, reason: str = "") -> None:
    page.click("#stores-move")
    page.get_by_role("option", name=move, exact=True).click()
    page.fill("#stores-quantity", quantity)
    page.fill("#stores-reason", reason)
    page.click("#stores-go")


def free(product: Product, ident: str) -> float:
    return float(product.sql(HELD, id=ident))


def test_an_officer_finds_a_lot_reserves_of_it_and_is_told_what_there_is(
    product: Product, stores: Callable[[], Page]
) -> None:
    first: dict[str, Any] = product.api.get("/stores").json()["items"][0]
    ident = product.sql(PICKED, store=first["code"])
    before = free(product, ident)
    page, other = stores(), stores()
    for one in (page, other):
        pick(one, first["name"], "棉被")
    until(page, "() => zhihui.overlay.features('stores.picked').length === 1")
    act(page, "预留", "3", "备勤")
    page.wait_for_selector("#toast >> text=预留 棉被 3 床")
    page.wait_for_selector("#stores-movements .ag-row >> text=备勤")
    assert free(product, ident) == before - 3
    act(other, "出库", f"{before + 1:g}")
    other.wait_for_selector("#toast >> text=可用")
    assert free(product, ident) == before - 3
    act(other, "解除预留", "3")
    other.wait_for_selector("#toast >> text=解除预留 棉被 3 床")
    assert free(product, ident) == before


def test_a_new_lot_is_received_and_alarms_and_shortages_are_listed(
    product: Product, stores: Callable[[], Page]
) -> None:
    page = stores()
    page.click("#stores-list .ag-row >> nth=0")
    page.wait_for_selector("#stores-lots .ag-row")
    until(page, "() => !document.getElementById('stores-receive').disabled")
    page.fill("#stores-item", "净水")
    page.get_by_role("option").first.click()
    page.fill("#stores-new-quantity", "4")
    page.fill("#stores-minimum", "6")
    page.click("#stores-receive")
    page.wait_for_selector("#toast >> text=入库 净水设备 4 台")
    page.wait_for_selector("#stores-lots .ag-row >> text=净水设备")
    page.click("#stores-view >> text=预警")
    page.wait_for_selector("#stores-alarms .ag-row >> text=净水设备")
    page.click("#stores-view >> text=缺口")
    page.wait_for_selector("#stores-short .ag-row")
