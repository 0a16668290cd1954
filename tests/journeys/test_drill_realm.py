"""A drill on a desk, a wall and a phone: each says so, live breaks in, and the end reaches all of them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext

from tests.browsing import until
from tests.drilling import script_doc
from tests.journeys.conftest import LIVE, Product, sign_in

pytestmark = pytest.mark.browser

SAYS = """words => {
  const mark = document.getElementById('drill-watermark');
  return mark && mark.textContent.includes(words);
}"""
BROKEN = "() => document.querySelector('#live-break .acts')"
STRIP = "() => document.querySelector('#live-break.strip') && zhihui.realm === 'live' && zhihui.seq > 0"
HALT = "() => document.querySelector('#drill-halt h2')"
NAME = "仓库火灾演练"


def drill(product: Product) -> str:
    """A running drill's id."""
    script = script_doc(division="")
    ident = str(product.post("/drills", script=script)["drill"])
    product.post(f"/drills/{ident}/start")
    return ident


def test_a_drill_says_so_everywhere_live_breaks_in_and_its_end_reaches_every_seat(
    product: Product, contexts: Callable[..., BrowserContext]
) -> None:
    ident = drill(product)
    realm = f"drill:{ident}"
    desk = sign_in(product, contexts().new_page(), "wang", quote(f"/desk?realm={realm}", safe=""), LIVE)
    wall = contexts().new_page()
    wall.goto(f"{product.url}/wall/main?token={product.wall_token}&realm={realm}")
    until(wall, LIVE)
    phone = sign_in(
        product, contexts().new_page(), "li", quote(f"/field?realm={realm}", safe=""), "window.zhihui"
    )
    for page in (desk, wall, phone):
        until(page, SAYS, f"演练 · {NAME}")
        assert (
            page.evaluate("getComputedStyle(document.getElementById('drill-watermark')).pointerEvents")
            == "none"
        )
    until(desk, "() => sessionStorage.getItem('zhihui.live.known.' + zhihui.realm)")
    until(wall, "() => sessionStorage.getItem('zhihui.live.known.' + zhihui.realm)")

    grave = product.report(text="化工厂爆炸")
    until(desk, BROKEN)
    until(wall, STRIP)
    assert wall.locator("#drill-watermark").count() == 0
    until(wall, "id => zhihui.store.get('incidents', id)", grave)
    desk.click("#live-break .act:last-child")
    until(desk, "() => !document.getElementById('live-break')")

    product.post(f"/drills/{ident}/stop", aborted=True, reason="转入实战")
    for page in (desk, phone):
        until(page, HALT)
        assert page.locator("#drill-halt").inner_text().count("转入实战") == 1
        page.click("#drill-halt .act.primary")
    assert "已中止" in desk.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--drill-badge')"
    )
    assert (product.foreign, product.errors) == ([], [])
