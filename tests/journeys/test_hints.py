"""The form of a new incident: suggestions by what is written, taken by a press."""

from __future__ import annotations

import pytest

from tests.browsing import until
from tests.journeys.conftest import Product, Seat

pytestmark = pytest.mark.browser

NEWEST = "SELECT class || '/' || severity FROM city.incident WHERE doc->>'text' = :text"


def test_what_is_written_suggests_class_and_level_and_a_press_takes_them(product: Product, desk: Seat):
    page, words = desk("wang"), "居民楼着火，浓烟很大，有人被困"
    page.keyboard.press("n")
    page.wait_for_selector("#report-text", state="visible")
    page.locator("#report-text").type(words)
    page.wait_for_selector("#report-hints [data-hint='report-class'][data-value='21000']")
    page.click("#report-hints [data-value='21000']")
    page.click("#report-hints [data-hint='report-severity'][data-value='3']")
    assert page.locator("#report-hints .taken").count() == 2
    page.keyboard.press("Control+Enter")
    until(page, "!document.documentElement.classList.contains('drafting')")
    assert product.sql(NEWEST, text=words) == "21000/3"
    assert page.locator("#report-hints .hint").count() == 0
