"""The phone page in a real browser, on a network that comes and goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route

from actions.accounts import add_token
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import Product, watched

pytestmark = pytest.mark.browser

HOME = {"longitude": 118.1, "latitude": 24.515}
NONE_LEFT = "window.zhihui && zhihui.queue.rows().length === 0"
SMALLEST = """[...document.querySelectorAll('button, select, textarea, input:not([hidden])')]
    .filter(one => one.offsetHeight && one.offsetHeight < 44).map(one => one.textContent)"""
Phone = Callable[[], Page]


def a_photo() -> list[Any]:
    out = BytesIO()
    Image.effect_noise((2400, 1200), 60).convert("RGB").save(out, "JPEG")
    return [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}]


@pytest.fixture
def unit(product: Product) -> str:
    return product.free_unit()


@pytest.fixture
def pocket(product: Product, browser: Browser, unit: str) -> Iterator[BrowserContext]:
    """A unit's phone that was given its link."""
    with services_for(product.settings) as parts:
        secret = add_token(parts, SYSTEM, "unit", f"phone-{unit}", unit=unit).secret
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, geolocation=HOME,
        permissions=["geolocation"],
    )  # fmt: skip
    context.request.get(f"{product.url}/field?token={secret}")
    yield context
    context.close()


def opened(product: Product, pocket: BrowserContext) -> Page:
    page = watched(product, pocket.new_page())
    page.goto(f"{product.url}/field")
    until(page, "window.zhihui && zhihui.state && zhihui.state.unit")
    return page


def write_report(page: Page, words: str) -> None:
    page.click("[data-tab=report]")
    page.fill("#report-text", words)
    page.click(".screen-report .chip >> nth=0")
    page.set_input_files(".screen-report input[type=file]", a_photo())
    page.wait_for_selector(".screen-report .photo")
    page.click(".place button.wide")
    until(page, "document.querySelector('.place .hint').textContent.includes('118.1')")
    page.click("#report-send")


def test_a_report_written_without_a_network_outlives_the_page_and_arrives_once_with_its_photo(
    product: Product, pocket: BrowserContext
):
    page, words = opened(product, pocket), "窨井盖缺失，已设警示"
    pocket.set_offline(True)
    write_report(page, words)
    until(page, "zhihui.queue.rows().length === 2")
    assert page.inner_text("#queue") == "待发送 2"
    page.close()
    pocket.set_offline(False)
    lost = {"answers": 0}

    def lose(route: Route) -> None:
        """The server hears the first report; the phone does not hear its answer."""
        if lost["answers"]:
            route.continue_()
            return
        lost["answers"] += 1
        route.fetch()
        route.abort()

    pocket.route("**/api/v1/incidents?*", lose)
    page = opened(product, pocket)
    until(page, NONE_LEFT)
    assert lost["answers"] == 1
    known = "FROM city.incident WHERE doc->>'text' = :text"
    assert product.sql(f"SELECT count(*) {known}", text=words) == 1
    assert product.sql(f"SELECT jsonb_array_length(doc->'photos') {known}", text=words) == 1
    size = "SELECT max(size) FROM city.attachment_file"
    assert 0 < product.sql(size) < 2_000_000
    assert product.errors == []


def test_a_task_goes_from_dispatch_to_base_and_what_is_refused_is_told(
    product: Product, pocket: BrowserContext, unit: str
):
    ident = product.report(text="楼道冒烟，请处置")
    bound = product.post(f"/incidents/{ident}/dispatch", units=[unit])["assignments"][0]["id"]
    page = opened(product, pocket)
    task = f"[data-task='{ident}']"
    for said in ("签收", "出动", "到场"):
        page.click(f"{task} .primary:text-is('{said}')")
    page.click(f"{task} .primary:text-is('处置完毕')")
    page.fill(".sheet textarea", "已扑灭")
    page.set_input_files(".sheet input[type=file]", a_photo())
    page.wait_for_selector(".sheet .photo")
    assert page.evaluate(SMALLEST) == []
    page.click(".sheet .send")
    page.wait_for_selector(f"{task} .primary:text-is('归队')")
    until(page, NONE_LEFT)
    status = "SELECT status || '/' || jsonb_array_length(doc->'photos') FROM city.incident WHERE id = :id"
    assert product.sql(status, id=ident) == "handled/1"
    pocket.set_offline(True)
    page.click(f"{task} .primary:text-is('归队')")
    until(page, "document.querySelector('#queue').textContent === '待发送 1'")
    product.post(f"/assignments/{bound}/release")
    pocket.set_offline(False)
    until(page, "document.querySelector('#queue').textContent === '未成功 1'")
    page.click("#queue")
    assert "归队" in page.inner_text(".waits h3")
    assert page.inner_text(".waits .problem") and page.inner_text(".waits .hint >> nth=1")
    page.click(".waits button")
    until(page, NONE_LEFT)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_off_duty_no_position_leaves_the_phone(product: Product, pocket: BrowserContext):
    page, fixes = opened(product, pocket), []
    page.on("request", lambda request: "/units/positions" in request.url and fixes.append(request.url))
    page.click("[data-tab=me]")
    page.click("text=下岗")
    until(page, f"{NONE_LEFT} && !zhihui.state.unit.on_duty")
    fixes.clear()
    pocket.set_geolocation({"longitude": 118.11, "latitude": 24.52})
    with page.expect_response("**/units/*/duty*"):
        page.click("text=上岗")
    until(page, "document.querySelector('#position').textContent.includes('正在发送')")
    assert len(fixes) == 1, "none before it was on duty again"
