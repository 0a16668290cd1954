"""What is on a screen can be read: contrast, size and nothing cut off, measured on the pages as drawn.

Contrast is WCAG 2.2's ratio (relative luminance, sRGB) of each text against the panels behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browsing import until
from tests.journeys.conftest import LIVE, Product, Seat

pytestmark = pytest.mark.browser

FAULTS = """({least, smallest}) => {
  const channel = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = (text) => {
    const n = (text.match(/[\\d.]+/g) || []).map(Number);
    return [n[0], n[1], n[2], n[3] ?? 1];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const behind = (element) => {
    const stack = [];
    for (let e = element; e; e = e.parentElement) stack.push(parse(getComputedStyle(e).backgroundColor));
    return stack.reverse().reduce((under, top) => over(top, under), [11, 19, 32]);
  };
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.data.trim();
    if (!text || ['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName) || !shown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const left = element.closest('[disabled], [aria-disabled=true], .ag-aria-description-container');
    if (!box.width || left) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [a, b] = [light(over(parse(style.color), ground)), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) faults.push(`${text.slice(0, 30)}: contrast ${ratio.toFixed(2)}`);
    if (parseFloat(style.fontSize) < smallest) faults.push(`${text.slice(0, 30)}: ${style.fontSize}`);
    if (box.right > innerWidth + 1 || box.left < -1) faults.push(`${text.slice(0, 30)}: off the screen`);
    const clips = style.textOverflow !== 'ellipsis' && style.overflowX === 'hidden';
    if (clips && element.scrollWidth > element.clientWidth + 1) faults.push(`${text.slice(0, 30)}: cut off`);
  }
  const root = document.documentElement;
  const scrolls = [root, document.body].every((e) => getComputedStyle(e).overflowX === 'visible');
  if (scrolls && root.scrollWidth > innerWidth + 1) faults.push(`the page is ${root.scrollWidth} px wide`);
  return [...new Set(faults)];
}"""


def faults(page: Page, least: float, smallest: float = 14.0) -> list[str]:
    """Texts with less than this contrast, smaller than this many px, cut off, or beyond the screen's edge."""
    found: list[str] = page.evaluate(FAULTS, {"least": least, "smallest": smallest})
    return found


def busy(product: Product) -> str:
    """An incident under way, another that waits; the first one's id."""
    ident = product.report(118.08, 24.51)
    product.post(f"/incidents/{ident}/dispatch", units=[product.free_unit()])
    product.report(118.1, 24.52, severity=3)
    return ident


@pytest.mark.parametrize("lang", ["zh-CN", pytest.param("en", marks=pytest.mark.whole)])
@pytest.mark.parametrize("size", [(1920, 1080), (3840, 1080), (3840, 2160)])
def test_a_wall_is_read_at_seven_to_one(
    product: Product, contexts: Callable[..., BrowserContext], lang: str, size: tuple[int, int]
):
    ident = busy(product)
    page = contexts(device_scale_factor=1).new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{product.url}/wall/main?token={product.wall_token}&lang={lang}")
    until(page, LIVE)
    until(page, "id => document.querySelector(`[data-incident='${id}']`)", ident)
    assert faults(page, 7.0, 14.0 * size[1] / 1080) == []


@pytest.mark.parametrize("lang", ["zh-CN", pytest.param("en", marks=pytest.mark.whole)])
def test_a_desk_is_read_at_four_and_a_half_to_one(product: Product, desk: Seat, lang: str):
    ident = busy(product)
    page = desk()
    page.goto(f"{product.url}/desk?lang={lang}")
    until(page, LIVE)
    until(page, "id => zhihui.store.get('incidents', id)", ident)
    page.evaluate("id => zhihui.desk.open(id)", ident)
    page.wait_for_selector("#card-timeline li")
    assert faults(page, 4.5) == []


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_a_desk_at_125_percent_still_fits(product: Product, desk: Seat, lang: str):
    ident = busy(product)
    page = desk()
    page.set_viewport_size({"width": 1536, "height": 864})
    page.goto(f"{product.url}/desk?lang={lang}")
    until(page, LIVE)
    page.evaluate("id => zhihui.desk.open(id)", ident)
    page.wait_for_selector("#card-timeline li")
    assert faults(page, 4.5, 11.0) == []
    assert page.locator("#commit-dispatch").is_visible()
    covered: Any = page.evaluate(
        """() => {
          const box = document.querySelector('#commit-dispatch').getBoundingClientRect();
          const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return top?.closest('button')?.id;
        }"""
    )
    assert covered == "commit-dispatch"


@pytest.mark.parametrize("lang", ["zh-CN", pytest.param("en", marks=pytest.mark.whole)])
def test_the_login_is_read_at_four_and_a_half_to_one(
    product: Product, contexts: Callable[..., BrowserContext], lang: str
):
    page = contexts().new_page()
    page.goto(f"{product.url}/login?lang={lang}")
    assert faults(page, 4.5) == []
