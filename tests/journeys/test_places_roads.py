"""The tabs 警务室 and 道路与可达 in a real browser: a road closed by a press is closed on every screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from pages.places.reach import PRESSES
from tests.browsing import until
from tests.journeys.conftest import Product, Seat, caught_up
from tests.journeys.test_places import places  # noqa: F401  the fixture
from tests.journeys.test_readable import faults

pytestmark = pytest.mark.browser

POSTS = "window.zhihui && zhihui.connected && document.querySelector('#posts-figures .figures')"
REACH = "window.zhihui && zhihui.connected && document.querySelector('#reach-figures .figures')"
DRAWN = "name => zhihui.overlay.features(name).length > 0"
ROAD = """SELECT id FROM city.road WHERE class = 'primary' ORDER BY ST_Length(geom) DESC LIMIT 1"""
MIDDLE = "SELECT ST_{}(ST_LineInterpolatePoint(geom, 0.5)) FROM city.road WHERE id = :id"
STANDING = "SELECT count(*) FROM city.closure WHERE realm = 'live' AND reopened_at IS NULL"

Opened = Callable[..., Page]


@pytest.fixture
def road(product: Product) -> Iterator[str]:
    """A great road, open again after the test."""
    ident = str(product.sql(ROAD))
    yield ident
    with product.api as api:
        api.post(f"/roads/{ident}/reopen", json={})


def press_on(page: Page, product: Product, road: str) -> None:
    """Bring a road's middle into the middle of the map, and press there."""
    lon, lat = (product.sql(MIDDLE.format(axis), id=int(road)) for axis in "XY")
    page.evaluate("([lon, lat]) => zhihui.map.setView([lat, lon], 16, { animate: false })", [lon, lat])
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def use(page: Page, press: str) -> None:
    page.locator("#reach-press label").nth(PRESSES.index(press)).click()


@pytest.mark.whole
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_both_tabs_tell_their_figures_and_can_be_read(
    product: Product,
    places: Opened,  # noqa: F811
    lang: str,
) -> None:
    page = places("wang", "?tab=posts", POSTS)
    page.goto(f"{product.url}/places?tab=posts&lang={lang}")
    until(page, POSTS)
    until(page, DRAWN, "posts.uncovered")
    until(page, "document.querySelectorAll('#posts-communities .ag-row').length > 1")
    assert faults(page, 4.5) == []
    page.click("#posts-stations .ag-row[row-index='0'] .ag-cell")
    until(page, DRAWN, "posts.ward")
    page.goto(f"{product.url}/places?tab=reach&lang={lang}")
    until(page, REACH)
    until(page, DRAWN, "reach.areas")
    until(page, "document.querySelectorAll('#reach-shares .ag-row').length > 1")
    assert faults(page, 4.5) == []
    assert product.errors == []
    assert product.foreign == []


def test_a_place_is_tried_by_a_press_and_the_trial_goes_with_the_next_use(
    product: Product,
    places: Opened,  # noqa: F811
) -> None:
    page = places("wang", "?tab=reach", REACH)
    until(page, DRAWN, "reach.areas")
    use(page, "try")
    press_on(page, product, str(product.sql(ROAD)))
    until(page, DRAWN, "reach.trial")
    gained = page.wait_for_selector("#reach-trial .figures").inner_text()
    page.locator("#reach-source label").nth(1).click()  # counted anew, and not drawn over
    until(page, "was => document.querySelector('#reach-trial .figures').innerText !== was", gained)
    until(page, DRAWN, "reach.trial")
    assert page.evaluate("zhihui.overlay.features('reach.areas').length") == 0
    use(page, "look")
    until(page, "zhihui.overlay.features('reach.trial').length === 0")
    until(page, DRAWN, "reach.areas")


def test_a_road_closed_by_a_press_is_closed_on_every_screen_and_reopened(
    product: Product,
    places: Opened,  # noqa: F811
    desk: Seat,
    road: str,
) -> None:
    page, seat = places("wang", "?tab=reach", REACH), desk("li")
    until(page, DRAWN, "reach.areas")
    use(page, "road")
    press_on(page, product, road)
    page.wait_for_selector("#reach-road-panel-form:not([hidden])")
    page.click("#reach-close")  # without a reason: refused in words
    until(page, "document.querySelector('#toast').innerText.length > 0")
    assert product.sql(STANDING) == 0
    page.fill("#reach-reason", "路面塌陷")
    page.click("#reach-close")
    until(page, "document.querySelectorAll('#reach-closures .ag-row').length === 1")
    until(seat, "id => zhihui.marks.closures.has(id)", road)
    caught_up(seat, product)
    with product.api as api:
        told = api.get("/state/hash").json()
    until(seat, "told => zhihui.seq > told.seq || zhihui.hash() === told.hash", told)
    page.click("#reach-closures .ag-row[row-index='0'] .ag-cell")
    page.wait_for_selector("#reach-reopen:not([disabled])")
    page.click("#reach-reopen")
    until(seat, "id => !zhihui.marks.closures.has(id)", road)
    until(page, "document.querySelectorAll('#reach-closures .ag-row').length === 0")
    assert product.sql(STANDING) == 0
    assert product.errors == []


def test_what_somebody_else_closed_stands_in_the_open_table(
    product: Product,
    places: Opened,  # noqa: F811
    road: str,
) -> None:
    page = places("wang", "?tab=reach", REACH)
    product.post(f"/roads/{road}/close", reason="施工")
    until(page, "document.querySelectorAll('#reach-closures .ag-row').length === 1")
    assert "施工" in page.inner_text("#reach-closures")


def test_who_may_only_look_is_offered_no_closing(places: Opened) -> None:  # noqa: F811
    page = places("lin", "?tab=reach", REACH)
    assert page.locator("#reach-press label").count() == len(PRESSES) - 1
