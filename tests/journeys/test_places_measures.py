"""The tab 分析 in a real browser: a measure in colours, its table, one area of it, and the heat map."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from core.measures import CLASSES
from tests.browsing import until
from tests.journeys.conftest import FIRE, Product
from tests.journeys.test_places import choose, places  # noqa: F401  the fixture
from tests.journeys.test_readable import faults

pytestmark = pytest.mark.browser

Opened = Callable[..., Page]
THERE = "window.zhihui && zhihui.connected && document.querySelector('#measures-table .ag-row')"
PAINTED = "zhihui.measure.tier() === {tier} && zhihui.ground.due() === 0"
ROWS = "Array.from(document.querySelectorAll('#measures-table .ag-row')).length"


def tier(page: Page, number: int) -> None:
    page.locator("#measures-tier label").nth(number).click()
    until(page, PAINTED.format(tier=number))


def test_a_measure_is_told_on_the_map_in_the_legend_and_in_the_table(
    product: Product,
    places: Opened,  # noqa: F811
) -> None:
    with product.api as api:
        told = api.get("/measures/population", params={"tier": 2}).json()
    page = places("wang", "?tab=measures", THERE)
    choose(page, "measures-name", "常住人口")
    tier(page, 2)
    until(page, f"document.querySelectorAll('.measures-class').length === {len(told['cuts']) + 1}")
    assert len(told["cuts"]) < CLASSES
    until(page, f"{ROWS} > 5")
    first = page.locator("#measures-table .ag-row[row-index='0']")
    assert told["items"][0]["code"] in first.inner_text()
    first.locator(".ag-cell").nth(1).click()
    until(page, "zhihui.overlay.features('measures.chosen').length === 1")
    until(page, "zhihui.ground.due() === 0")
    page.get_by_role("tab", name="警务室").click()
    until(page, "zhihui.measure.tier() === null")


def test_the_heat_map_shows_where_incidents_came_in_and_lists_the_hottest(
    product: Product,
    places: Opened,  # noqa: F811
) -> None:
    with product.api as api:
        home = api.get("/units").json()["items"][0]["home"]
    where = {"lon": home[0], "lat": home[1]}
    for _ in range(2):
        product.post("/incidents", **{"class": FIRE}, text="热", channel="110", location=where)
    page = places("wang", "?tab=measures", THERE)
    page.locator("#measures-view label").nth(1).click()
    until(page, "zhihui.heat.cells().length > 0")
    until(page, "zhihui.heat.cells()[0].count >= 2")
    until(page, f"{ROWS} > 0")
    assert page.evaluate("zhihui.measure.tier()") is None


@pytest.mark.parametrize("lang", ["zh-CN", pytest.param("en", marks=pytest.mark.whole)])
def test_the_tab_of_measures_can_be_read(
    product: Product,
    places: Opened,  # noqa: F811
    lang: str,
) -> None:
    page = places("wang", "?tab=measures", THERE)
    page.goto(f"{product.url}/places?tab=measures&lang={lang}")
    until(page, THERE)
    until(page, "document.querySelector('.measures-class')")
    assert faults(page, 4.5) == []
    assert product.errors == []
    assert product.foreign == []
