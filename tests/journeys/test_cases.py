"""/cases in a real browser: an incident goes from whistle to rating through three seats."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from actions.accounts import add_user
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

LITTER = "51010"
THERE = "window.zhihui && zhihui.connected && document.querySelector('[id*=cases-queue]')"
SHOWN = "words => (document.querySelector('#cases-file .state') || {}).textContent === words"


@pytest.fixture
def town(product: Product) -> tuple[str, str]:
    """An incident of a town, and the town's code; the town and the department have a person each."""
    ident = product.report(
        **{"class": LITTER}, severity=4, text="路边堆放垃圾", reporter={"phone": "13812345678"}
    )
    area = product.sql("SELECT area FROM city.incident WHERE id = :id", id=ident)[:9]
    with services_for(product.settings) as parts:
        for name, of in (("chen", {"area": area}), ("zhao", {"dept": "chengguan"})):
            product.passwords[name] = add_user(parts, SYSTEM, name, "officer", **of).password
    return ident, area


Seat = Callable[[str, str], Page]


@pytest.fixture
def seat(product: Product, contexts: Callable[..., BrowserContext]) -> Seat:
    def opened(name: str, path: str) -> Page:
        return sign_in(product, contexts().new_page(), name, path, THERE)

    return opened


def press(page: Page, verb: str) -> None:
    page.click(f"#cases-file [id*='\"{verb}\"']")


def confirm(page: Page) -> None:
    page.click("#cases-form-submit")
    until(page, "!document.querySelector('.mantine-Modal-content')")


def choose_office(page: Page, words: str, name: str) -> None:
    """Found by typing some of its letters."""
    page.locator("input[id*=office]").fill(words)
    page.locator("[role=option]:visible", has_text=name).first.click()


def test_an_incident_goes_from_whistle_to_rating_through_three_seats(
    product: Product, town: tuple[str, str], seat: Seat
) -> None:
    ident, _ = town
    desk = seat("chen", f"/cases/{ident}")
    press(desk, "accept")
    until(desk, SHOWN, "待派遣")
    press(desk, "whistle")
    choose_office(desk, "全市 城管", "城市管理")
    desk.fill("textarea[id*=text]", "请到场清理")
    confirm(desk)

    office = seat("zhao", "/cases")
    whistles = "document.querySelector('[id*=whistled] b').textContent === '1'"
    until(office, whistles)
    office.click("[id*=whistled]")
    office.click(f"[row-id='{ident}'] [col-id=number]")
    until(office, SHOWN, "待派遣")
    press(office, "report_in")
    confirm(office)
    until(office, "document.querySelector('[id*=whistled] b').textContent === '0'")

    until(desk, "document.querySelector('#cases-file .timeline').textContent.includes('报到')")
    press(desk, "transfer")
    choose_office(desk, "全市 城管", "城市管理")
    desk.fill("textarea[id*=reason]", "属城管职责")
    confirm(desk)

    until(office, "document.querySelector('#cases-file .timeline').textContent.includes('转办')")
    product.post(f"/incidents/{ident}/assist", offices=["jiaotong@"], reason="联合整治")
    until(office, "document.querySelector('#cases-file .timeline').textContent.includes('协办')")
    press(office, "assist_end")
    confirm(office)
    until(office, "document.querySelector('#cases-file .timeline').textContent.includes('结束协办')")
    for verb, words in (("handle", "已清运"), ("reply", "已答复来电人"), ("verify", "现场已核查")):
        press(office, verb)
        office.fill("textarea[id*=text]", words)
        confirm(office)
        until(
            office,
            "words => document.querySelector('#cases-file .timeline').textContent.includes(words)",
            words,
        )
    until(office, SHOWN, "待办结")

    city = seat("wang", f"/cases/{ident}")
    press(city, "close")
    until(city, SHOWN, "已办结")
    until(city, "document.querySelector('[id*=callback] b').textContent === '1'")
    press(city, "rate")
    confirm(city)
    until(city, SHOWN, "已评价")
    until(city, "document.querySelector('[id*=callback] b').textContent === '0'")
    assert product.errors == []
    assert product.foreign == []


def test_who_was_slower_sees_what_the_other_did(product: Product, seat: Seat) -> None:
    ident = product.report(text="阳台冒烟")
    page = seat("li", f"/cases/{ident}")
    press(page, "reject")
    page.fill("textarea[id*=reason]", "重复")
    product.post(f"/incidents/{ident}/accept")
    page.click("#cases-form-submit")
    until(page, "(document.querySelector('.cases-stale') || {textContent: ''}).textContent.includes('受理')")
    assert product.sql("SELECT status FROM city.incident WHERE id = :id", id=ident) == "accepted"
