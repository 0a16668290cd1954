"""The tab 图层 in a real browser: what is covered, a hazard taken a step on, a round walked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from pages.places.layers import VIEWS
from tests.browsing import until
from tests.journeys.conftest import Product
from tests.journeys.test_places import places  # noqa: F401  the fixture
from tests.journeys.test_readable import faults

pytestmark = pytest.mark.browser

THERE = "window.zhihui && zhihui.connected && document.querySelector('.layers-tab .figures')"
HAZARD = "SELECT status FROM city.hazard WHERE realm = 'live' AND code = :code"
VISITS = "SELECT target, finding, incident FROM city.patrol_visit ORDER BY seq DESC LIMIT 1"

Opened = Callable[..., Page]


def show(page: Page, view: str, sign: str) -> None:
    """Choose a view and wait until something of its own is there."""
    page.locator("#layers-view label").nth(VIEWS.index(view)).click()
    until(page, f"document.querySelector({sign!r})")


SIGNS = {
    "cameras": "#layers-tier-pane:not([hidden])",
    "broadcasts": "[id*=broadcasts-points] .ag-row",
    "shelters": "[id*=shelters-points] .ag-row",
    "hazards": "#layers-hazards-body .ag-row",
    "keyplaces": "[id*=keyplaces] .ag-row",
    "sensors": "#layers-rules .ag-row",
    "patrol": "#layers-patrol-body .ag-row",
}


@pytest.mark.whole
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_view_tells_its_figures_and_everything_can_be_read(
    product: Product,
    places: Opened,  # noqa: F811
    lang: str,
) -> None:
    page = places("wang", "?tab=layers", THERE)
    page.goto(f"{product.url}/places?tab=layers&lang={lang}")
    until(page, THERE)
    for view in VIEWS:
        show(page, view, SIGNS[view])
        assert faults(page, 4.5) == [], view
    show(page, "broadcasts", SIGNS["broadcasts"])
    until(page, "zhihui.overlay.features('layers.gaps').length > 0")
    assert product.errors == []
    assert product.foreign == []


def test_a_hazard_is_assessed_with_its_level_and_its_history_tells_it(
    product: Product,
    places: Opened,  # noqa: F811
) -> None:
    page = places("wang", "?tab=layers", THERE)
    show(page, "hazards", SIGNS["hazards"])
    page.locator("#layers-hazards-shown").get_by_text("全部", exact=True).click()
    row = page.locator("#layers-hazards-body .ag-row", has_text="已登记").first
    code = row.get_attribute("row-id")
    row.click()
    until(page, "document.querySelector('#layers-hazard-go')")
    page.click("#layers-hazard-level")
    page.get_by_role("option", name="较大风险", exact=True).click()
    page.fill("#layers-hazard-text", "坡脚渗水")
    page.click("#layers-hazard-go")
    until(page, "document.querySelector('#toast')?.textContent.includes('评估已登记')")
    with product.engine.connect() as conn:
        assert conn.scalar(text(HAZARD), {"code": code}) == "assessed"


def test_a_round_that_found_something_is_noted_and_reported(
    product: Product,
    places: Opened,  # noqa: F811
) -> None:
    page = places("wang", "?tab=layers", THERE)
    show(page, "patrol", SIGNS["patrol"])
    page.locator("[id*=patrol-due] .ag-row").first.click()
    until(page, "!document.querySelector('#layers-patrol-go').disabled")
    page.fill("#layers-patrol-finding", "井盖缺失")
    page.click("#layers-patrol-class")
    page.get_by_role("option", name="市容环境", exact=True).click()
    page.click("#layers-patrol-go")
    until(page, "document.querySelector('#toast')?.textContent.includes('事件已上报')")
    with product.engine.connect() as conn:
        target, finding, incident = conn.execute(text(VISITS)).one()
    assert (target, finding) == ("grids", "井盖缺失")
    until(page, "id => zhihui.features('incidents').some(one => one.id === id)", incident)
