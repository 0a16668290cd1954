"""/walls in a real browser beside a real wall: what is sent is shown, and confirmed by the wall itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

THERE = "window.zhihui && zhihui.connected && document.querySelector('.wall-card canvas')"
CONFIRMED = """words => {
  const card = document.querySelector('.wall-card[aria-selected="true"]');
  return card.dataset.state === 'confirmed' && card.querySelector('.wall-said').textContent.includes(words);
}"""


def test_an_incident_is_put_on_a_wall_which_is_blanked_and_confirms_both(
    product: Product, contexts: Callable[..., BrowserContext]
) -> None:
    ident = product.report()
    wall = contexts().new_page()
    wall.goto(f"{product.url}/wall/main?token={product.wall_token}")
    until(wall, "() => window.zhihui && zhihui.connected && zhihui.map")
    desk = sign_in(product, contexts().new_page(), "wang", "/walls", THERE)

    desk.keyboard.press("1")
    desk.click('[data-kind="incident"]')
    desk.click(f'.walls-found [data-keyed="{ident}"]')
    desk.click('[data-walls="send"]')
    until(desk, CONFIRMED, "事件聚焦")
    until(wall, "() => document.querySelector('.wall-page').dataset.scene === 'incident'")

    desk.locator("body").press("b")
    until(desk, CONFIRMED, "保密遮蔽中")
    until(wall, "() => document.documentElement.classList.contains('veiled')")
    wall.reload()
    until(
        wall,
        "() => window.zhihui && zhihui.connected && document.documentElement.classList.contains('veiled')",
    )
    desk.locator("body").press("b")
    until(desk, CONFIRMED, "事件聚焦")
    assert (product.foreign, product.errors) == ([], [])
