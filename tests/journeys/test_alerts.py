"""/alerts in a real browser: a warning is written, looked at once more, issued, heard, and lifted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from actions.accounts import add_user
from core.cap import read_cap
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

THERE = "window.zhihui && zhihui.connected && document.querySelector('#alerts-new:not([disabled])')"
SPOKEN = "n => (document.querySelector('.alerts-figures b') || {}).textContent === n"


@pytest.fixture(scope="module")
def sun(product: Product) -> str:
    """A leader of the city's centre."""
    with services_for(product.settings) as parts:
        product.passwords["sun"] = add_user(parts, SYSTEM, "sun", "leader").password
    return "sun"


@pytest.fixture
def leader(product: Product, sun: str, contexts: Callable[..., BrowserContext]) -> Page:
    return sign_in(product, contexts().new_page(), sun, "/alerts", THERE)


def choose(page: Page, field: str, words: str) -> None:
    page.fill(field, words)
    page.locator("[role=option]:visible", has_text=words).first.click()


def test_a_warning_is_issued_after_a_second_look_heard_and_lifted(product: Product, leader: Page) -> None:
    ident = product.report()
    leader.click("#alerts-new")
    leader.wait_for_selector("#alerts-cause")
    number = product.sql("SELECT number FROM city.incident WHERE id = :id", id=ident)
    choose(leader, "#alerts-cause", number)
    until(leader, "() => document.querySelector('#alerts-class').value !== ''")
    leader.fill("#alerts-text", "附近发生火灾，请绕行")
    leader.click("#alerts-look")  # without words in English: refused, and the form stays
    until(leader, "document.querySelector('#toast .refusal')")
    leader.fill("#alerts-text-en", "Fire nearby. Keep away.")
    leader.fill("#alerts-radius", "3000")
    leader.click("#alerts-look")
    leader.wait_for_selector(".alerts-will")
    assert "WarningIssued" not in product.sql("SELECT string_agg(DISTINCT kind, ' ') FROM city.event")
    leader.click("#alerts-send")

    leader.wait_for_selector(".alerts-figures")
    with product.api as api:
        (issued,) = api.get("/alerts").json()["issued"]
        points = api.get(f"/alerts/{issued['id']}").json()["terminals"]
    until(leader, SPOKEN, f"0 / {len(points)}")
    said = [{"code": point["code"], "state": "done"} for point in points]
    product.post("/outbound/receipts", alert=issued["id"], points=said)
    until(leader, SPOKEN, f"{len(points)} / {len(points)}")

    leader.click("#alerts-file [id*='\"cancel\"']")
    leader.locator(".mantine-Modal-content textarea").first.fill("险情解除")
    leader.click("#alerts-change-submit")
    until(leader, "document.querySelector('.alerts-title').textContent.includes('已解除')")
    with product.api as api:
        document = read_cap(api.get(f"/alerts/{issued['id']}.cap").content)
    assert (document.msg_type, document.status) == ("Cancel", "Actual")
    assert (product.foreign, product.errors) == ([], [])


def test_an_area_is_drawn_on_the_map_and_stands_there_once_it_is_issued(
    product: Product, leader: Page
) -> None:
    leader.click("#alerts-new")
    leader.wait_for_selector("#alerts-cause")
    choose(leader, "#alerts-class", "火灾")
    leader.fill("#alerts-text", "请关闭门窗")
    leader.fill("#alerts-text-en", "Close your windows.")
    leader.locator(".alerts-where label", has_text="划定").click()
    leader.click("[data-draw='begin']")
    leader.wait_for_selector(".mantine-Modal-overlay", state="detached")
    box = leader.locator("#map").bounding_box()
    assert box
    for x, y in ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6)):
        leader.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    leader.click("[data-draw='done']")
    until(leader, "() => document.querySelector('#alerts-ring')?.value.split('\\n').length === 3")
    assert leader.input_value("#alerts-text") == "请关闭门窗", "what was written before stays"
    leader.click("#alerts-look")
    leader.wait_for_selector(".alerts-will")
    leader.click("#alerts-send")
    until(leader, "() => document.querySelector('.alerts-tip')?.textContent.includes('火灾')")
    assert (product.foreign, product.errors) == ([], [])
