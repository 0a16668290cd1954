"""The duty desk, as officers use it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browsing import until
from tests.journeys.conftest import Product, Seat, pin

pytestmark = pytest.mark.browser

DISPATCHED = "id => zhihui.store.get('incidents', id)?.properties.status === 'dispatched'"


def click_pin(page: Page, ident: str) -> None:
    page.mouse.click(*pin(page, ident))


def card_shows(page: Page, ident: str) -> None:
    until(page, "id => zhihui.selected === id && document.querySelector('#card-top h2')", ident)


def test_two_clicks_lead_from_the_pin_to_a_committed_dispatch(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.085, 24.52)
    click_pin(page, ident)
    page.wait_for_selector("#advice-list .advice.picked")
    page.click("#commit-dispatch")
    until(page, DISPATCHED, ident)
    page.wait_for_selector(".toast.done")
    bound = "SELECT count(*) FROM city.assignment WHERE incident = :id AND ended_at IS NULL"
    assert product.sql(bound, id=ident) == 2
    until(page, "id => zhihui.features('links').some(link => link.properties.incident === id)", ident)


def test_a_conflict_names_the_holder(product: Product, desk: Seat):
    page = desk("wang")
    first, second = product.report(118.09, 24.52), product.report(118.1, 24.52)
    click_pin(page, second)
    best = page.wait_for_selector("#advice-list .advice.picked").get_attribute("data-unit")
    product.post(f"/incidents/{first}/dispatch", units=[best])
    page.evaluate("document.getElementById('commit-dispatch').click()")
    said = page.wait_for_selector(".toast.refusal").inner_text()
    number = product.sql("SELECT doc->>'number' FROM city.incident WHERE id = :id", id=first)
    assert number in said
    held = product.sql(
        "SELECT incident FROM city.assignment WHERE unit = :unit AND ended_at IS NULL", unit=best
    )
    assert held == first
    # The advice is drawn anew without the unit that is gone.
    until(page, "unit => !document.querySelector(`#advice-list [data-unit='${unit}']`)", best)


def test_two_officers_see_each_others_acts_at_once(product: Product, desk: Seat):
    wang, li = desk("wang"), desk("li")
    ident = product.report(118.105, 24.512)
    for page in (wang, li):
        click_pin(page, ident)
        card_shows(page, ident)
    wang.wait_for_selector("#advice-list .advice.picked")
    wang.click("#commit-dispatch")
    li.wait_for_selector("#card-units .assignment")
    li.wait_for_selector("#card-timeline >> text=wang")


def test_what_is_being_typed_survives_the_acts_of_others(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.1, 24.51)
    click_pin(page, ident)
    card_shows(page, ident)
    page.fill("#word", "已联系报警人，正在")
    product.post(f"/incidents/{ident}/accept")
    page.wait_for_selector("#card-top .state >> text=待派遣")
    assert page.input_value("#word") == "已联系报警人，正在"


def test_the_loop_can_be_closed_at_the_desk(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.095, 24.515)
    click_pin(page, ident)
    page.wait_for_selector("#advice-list .advice.picked")
    page.click("#commit-dispatch")
    for words in ("签收", "出动", "到场"):
        for assignment in (0, 1):
            page.click(f"#card-units .assignment >> nth={assignment} >> button >> text={words}")
    page.wait_for_selector("#card-top .state >> text=处置中")
    page.click("#card-acts button >> text=处置完毕")
    page.wait_for_selector("#card-top .state >> text=待核查")
    for left in (1, 0):
        page.click("#card-units button >> text=归队")
        until(page, "n => document.querySelectorAll('#card-units .assignment').length === n", left)
    page.wait_for_selector("#card-units .assignment", state="detached")
    page.click("#card-acts button >> text=核查通过")
    page.click("#card-acts button >> text=回复")  # without words it is refused, with a remedy
    page.wait_for_selector(".toast.refusal")
    page.fill("#word", "火已扑灭，无人受伤")
    page.click("#card-acts button >> text=回复")
    page.wait_for_selector("#card-timeline >> text=火已扑灭")
    page.click("#card-acts button >> text=办结")
    until(page, "id => zhihui.store.get('incidents', id).properties.status === 'closed'", ident)
    assert product.sql("SELECT status FROM city.incident WHERE id = :id", id=ident) == "closed"


def test_a_right_click_reports_a_new_incident(product: Product, desk: Seat):
    page = desk("wang")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4, button="right")
    page.wait_for_selector("#report-text", state="visible")
    page.click("#report-class")
    page.wait_for_selector(".dash-dropdown-option")  # its field takes the keys only then
    page.keyboard.type("燃气")
    page.click(".dash-dropdown-option >> text=燃气泄漏")
    page.fill("#report-text", "楼道有燃气味")
    page.click("#report-submit")
    page.wait_for_selector("#card-top h2 >> text=燃气泄漏")
    stored = product.sql("SELECT count(*) FROM city.incident WHERE doc->>'text' = '楼道有燃气味'")
    assert stored == 1


def test_keys_choose_pick_and_commit(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.11, 24.505)
    until(page, "id => zhihui.list.row(id)", ident)
    page.evaluate("zhihui.select(zhihui.list.shown()[0])")
    for _ in range(page.evaluate("id => zhihui.list.shown().indexOf(id)", ident)):
        page.keyboard.press("ArrowDown")
    until(page, "id => zhihui.selected === id", ident)
    page.wait_for_selector("#advice-list .advice.picked")
    until(page, "document.querySelectorAll('#advice-list .advice.picked').length === 2")
    page.keyboard.press("3")
    until(page, "document.querySelectorAll('#advice-list .advice.picked').length === 3")
    page.keyboard.press("Control+Enter")  # another choice than the first set wants its reason
    page.wait_for_selector(".toast.refusal >> text=理由")
    page.click("#choice label >> text=更合适")
    page.keyboard.press("Control+Enter")
    until(page, "id => (zhihui.store.get('incidents', id).properties.units || []).length === 3", ident)
    page.wait_for_selector("#card-timeline >> text=另选力量")


def test_a_viewer_is_offered_nothing_to_do(product: Product, desk: Seat):
    page = desk("lin")
    ident = product.report(118.1, 24.505)
    click_pin(page, ident)
    card_shows(page, ident)
    assert page.locator("#card-acts button, #card-units button").count() == 0
    assert not page.locator("#commit-dispatch").is_visible()


def test_words_of_people_are_shown_as_words(product: Product, desk: Seat):
    page = desk("wang")
    words = "<img src=x onerror=window.broken=1><b>冒烟</b>"
    ident = product.report(118.09, 24.505, text=words, title=words, address=words)
    until(page, "id => zhihui.list.row(id)", ident)
    click_pin(page, ident)
    card_shows(page, ident)
    assert words in page.inner_text("#incident-card")
    assert words in page.inner_text("#incident-list")
    assert page.evaluate("window.broken") is None


def test_logging_out_ends_at_the_login_page_in_the_same_language(product: Product, desk: Seat):
    page = desk("li")
    page.get_by_text("退出", exact=True).click()
    page.wait_for_url("**/login?lang=zh-CN*")
    page.goto(f"{product.url}/desk")
    assert "/login" in page.url
