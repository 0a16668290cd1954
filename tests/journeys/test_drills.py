"""A drill is opened from a script that ships, and its script changed; another controller sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from actions.accounts import add_user
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import PATIENCE_S, until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

CELL = "#drillscript-injects [row-id='{row}'] [col-id={name}]"
TOLD = "([row, words]) => (document.querySelector(row) || {textContent: ''}).textContent === words"
SEATS = "document.querySelectorAll('.script-inject').length === 30"

Seat = Callable[[str, str], Page]


@pytest.fixture
def seat(product: Product, contexts: Callable[..., BrowserContext]) -> Seat:
    """Opens a page for a shift leader, who is made at the first time."""

    def opened(name: str, path: str) -> Page:
        if name not in product.passwords:
            with services_for(product.settings) as parts:
                product.passwords[name] = add_user(parts, SYSTEM, name, "leader").password
        return sign_in(product, contexts().new_page(), name, path, "window.zhihui && zhihui.connected")

    return opened


def script_of(page: Page) -> None:
    page.locator("[role=tab]", has_text="脚本").first.click()
    until(page, SEATS)


@pytest.fixture
def controllers(product: Product, seat: Seat) -> tuple[Page, Page]:
    """Two, with the script of a drill that one of them has just opened."""
    first = seat("qian", "/drills")
    first.locator("[role=tab]", has_text="脚本库").click()
    first.click("#drills-scripts [row-id=typhoon] [col-id=open]")
    until(first, "document.querySelector('#drills-shipped').value.includes('银鸥')")
    first.click("#drills-open")
    there = "location.pathname.length > 20 && window.zhihui && zhihui.connected"
    until(first, there, seconds=2 * PATIENCE_S)  # the first drill of a cold server copies the city
    script_of(first)
    second = seat("sun", first.evaluate("location.pathname"))
    script_of(second)
    return first, second


def moved_to_six(first: Page, second: Page) -> None:
    """The first moves the second inject by two minutes and saves; the other sees it by itself."""
    first.click(".script-inject[data-key='1']")
    until(first, "document.querySelector('#drillscript-form h2').textContent.includes('2')")
    first.focus(".script-inject[data-key='1']")
    first.keyboard.press("ArrowRight")
    first.keyboard.press("ArrowRight")
    until(first, TOLD, [CELL.format(row=1, name="at_min"), "6"])
    first.click("#drillscript-save")
    until(second, TOLD, [CELL.format(row=1, name="at_min"), "6"])


def test_a_drill_is_opened_by_a_script_and_a_minute_that_is_changed_is_seen_by_the_other_controller(
    product: Product, controllers: tuple[Page, Page]
) -> None:
    moved_to_six(*controllers)
    assert (product.errors, product.foreign) == ([], [])


@pytest.mark.whole
def test_of_two_who_write_in_a_script_the_second_is_told_and_loses_nothing(
    product: Product, controllers: tuple[Page, Page]
) -> None:
    first, second = controllers
    moved_to_six(first, second)
    second.dblclick(CELL.format(row=2, name="at_min"))
    second.fill(CELL.format(row=2, name="at_min") + " input", "11")
    second.keyboard.press("Enter")
    until(second, TOLD, [CELL.format(row=2, name="at_min"), "11"])
    until(first, "document.querySelector('.script-inject[data-key=\"1\"]').dataset.minute === '6'")
    first.focus(".script-inject[data-key='1']")
    first.keyboard.press("ArrowRight")
    until(first, TOLD, [CELL.format(row=1, name="at_min"), "7"])
    first.click("#drillscript-save")
    until(second, "!document.querySelector('#drillscript-moved').hidden")
    assert "qian" in second.inner_text("#drillscript-moved")
    assert second.inner_text(CELL.format(row=2, name="at_min")) == "11", "nothing is lost"
    second.click("#drillscript-save-over")
    until(first, TOLD, [CELL.format(row=2, name="at_min"), "11"])
    assert (product.errors, product.foreign) == ([], [])
