"""Reports of a response: one changes and sends the draft, another sees it at once; a town's losses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

THERE = """window.zhihui && zhihui.connected
    && (document.querySelector('#briefing-text') || {value: ''}).value.includes('基本情况')"""
FILED = "n => document.querySelectorAll('#briefing-filed details').length === n"


def begun(product: Product) -> str:
    """A response that runs."""
    incident = product.report()
    with product.api as api:
        preview = api.get(f"/incidents/{incident}/plans/crowd/preview", params={"level": 4}).json()
    gaps = [{name: one[name] for name in ("kind", "what", "missing")} for one in preview["shortfalls"]]
    given = product.post("/plans/crowd/activate", incident=incident, level=4, accept_shortfalls=gaps)
    return str(given["linkage"])


def test_a_draft_is_changed_and_sent_and_losses_are_added_up(
    product: Product, contexts: Callable[..., BrowserContext]
) -> None:
    ident = begun(product)

    def seat(name: str) -> Page:
        return sign_in(product, contexts().new_page(), name, f"/briefing/{ident}", THERE)

    wang, li = seat("wang"), seat("li")
    wang.fill("#briefing-text", "一、基本情况\n已疏散，无人员伤亡。")
    wang.click("#briefing-send")
    until(wang, FILED, 1)
    until(li, FILED, 1)
    assert "基本情况" in li.input_value("#briefing-text"), "what is being written stays"
    li.click("#briefing-send")  # the first report was sent meanwhile
    until(li, "() => document.querySelector('#toast')?.textContent.includes('现在不能报送初报')")
    li.click("#briefing-again")
    until(li, "() => document.querySelector('#briefing-text').value.includes('总体情况')")

    li.click("#briefing-area")
    li.keyboard.press("ArrowDown")
    li.keyboard.press("Enter")
    until(li, "() => document.querySelectorAll('.briefing-figures input').length === 8")
    li.fill(".briefing-figures input >> nth=3", "4")
    li.click("#briefing-tell")
    until(li, "() => document.querySelector('.briefing-losses .sum')?.textContent === '合计4'")
    until(wang, "() => document.querySelector('.briefing-losses .sum')?.textContent === '合计4'")
    assert product.foreign == []
    assert product.errors == []
