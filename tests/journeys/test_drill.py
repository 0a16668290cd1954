"""/drills/ID in real browsers: a controller runs a drill at 60 times as fast, a player gets what comes to
their seat, an evaluator marks it, and 演练中止 reaches all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from actions.accounts import add_user
from actions.drill_commands import OpenCommand
from actions.drill_opening import open_drill
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.drilling import inject, message, script
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

THERE = "window.zhihui && zhihui.connected && document.querySelector('.drill-state')"
WHY = "why => (document.querySelector('.drill-why.aborted') || {textContent: ''}).textContent.includes(why)"
STANDS = "state => (document.querySelector('.drill-state') || {}).textContent === state"


@pytest.fixture(scope="module")
def sun(product: Product) -> str:
    """A leader of the city's centre."""
    with services_for(product.settings) as parts:
        product.passwords["sun"] = add_user(parts, SYSTEM, "sun", "leader").password
    return "sun"


def opened(product: Product, *injects: dict[str, Any]) -> str:
    command = OpenCommand(script=script(*injects, division=""))
    with services_for(product.settings) as parts:
        return str(open_drill(parts, Call(SYSTEM), command)["drill"])


def do(page: Page, name: str, within: str = "") -> None:
    page.click(f'{within} [data-do="{name}"]'.strip())


def test_a_drill_is_run_played_marked_and_aborted(
    product: Product, sun: str, contexts: Callable[..., BrowserContext]
) -> None:
    where = {"lon": 118.1, "lat": 24.515}
    asked = [{"code": "ack1", "name": "考核甲乙丙", "measure": "ack", "limit_s": 60}]
    fire = {"kind": "report", "class": "21000", "severity": 3, "text": "仓库冒烟", **where}
    ident = opened(
        product, inject(1, fire, at_min=1, indicators=asked), inject(2, message("市领导询问进展"), at_min=2),
        inject(3, message("媒体来电"), at_min=50),
    )  # fmt: skip
    chief = sign_in(product, contexts().new_page(), sun, f"/drills/{ident}", THERE)
    player = sign_in(product, contexts().new_page(), "wang", f"/drills/{ident}", THERE)
    do(player, "take", '[data-seat="desk"]')
    until(player, "document.querySelector('.drill-seats li.own')")
    until(chief, "document.querySelector('[data-seat=desk] .drill-sits').textContent === 'wang'")

    chief.click('[data-rate="60"]')
    until(chief, "document.querySelector('[data-rate=\"60\"]').getAttribute('aria-pressed') === 'true'")
    do(chief, "start")
    until(player, "document.querySelector('[data-message=\"2\"]')")
    assert "媒体来电" not in player.content() and "考核甲乙丙" not in player.content()
    until(chief, "document.querySelector('.drill-expected li.late')")
    do(chief, "pause")
    until(player, STANDS, "已暂停")

    do(chief, "inject", '[data-inject="3"]')
    until(player, "document.querySelector('[data-message=\"3\"].new')")

    do(chief, "give", '[data-seat="judge"]')
    chief.fill("#drill-person", "li")
    chief.locator("[role=option]:visible", has_text="li").first.click()
    chief.click("#drill-person-do")
    until(chief, "document.querySelector('[data-seat=judge] .drill-sits').textContent === 'li'")
    judge = sign_in(product, contexts().new_page(), "li", f"/drills/{ident}", THERE)
    judge.locator(".drill-tabs [role=tab]:visible", has_text="评估").click()
    judge.fill("#drill-about", "#1")
    judge.locator("[role=option]:visible", has_text="情况 1").first.click()
    judge.fill("#drill-words", "受理偏慢")
    judge.click("#drill-mark-do")
    until(judge, "document.querySelector('.drill-marks tbody tr')")
    assert f"drill%3A{ident}" in str(judge.get_attribute(".drill-marks tbody a", "href"))

    do(chief, "ask-stop")
    chief.locator("#drill-stop-how label", has_text="中止").click()
    chief.fill("#drill-stop-reason", "真实警情")
    chief.click("#drill-stop-do")
    for page in (chief, player, judge):
        until(page, WHY, "真实警情")
    chief.reload()  # and whoever comes back finds it so
    until(chief, STANDS, "演练中止")
    assert (product.foreign, product.errors) == ([], [])
