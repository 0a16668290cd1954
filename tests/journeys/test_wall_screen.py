"""The wall as it hangs: every size, every state, and what it says about itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from actions.walls import set_wall
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import DESK, Product, caught_up, pin
from tests.journeys.test_wall import STATUS

pytestmark = pytest.mark.browser
Hung = Callable[[], Page]

SIZES = ((1920, 1080), (3840, 2160), (3840, 1080), (7680, 2160))

CHECKS = (Path(__file__).parent / "wall_checks.js").read_text(encoding="utf-8")


@pytest.fixture
def screen(wall: Hung) -> Page:
    """A wall with the checks at hand."""
    page = wall()
    page.evaluate(CHECKS)
    return page


def sized(page: Page, width: int, height: int) -> Page:
    """The same wall at another size, once it has settled."""
    page.set_viewport_size({"width": width, "height": height})
    until(
        page,
        "h => Math.abs(parseFloat(getComputedStyle(document.documentElement).fontSize) - h / 67.5) < 0.1",
        height,
    )
    page.evaluate("checks.frames()")
    return page


def flawless(page: Page) -> None:
    """All texts stand whole and readable, in a moment at the latest: the ticker is not drawn at once."""
    with suppress(AssertionError):
        until(page, "checks.faults().length === 0")
    assert page.evaluate("checks.faults()") == []


@contextmanager
def hung_as(product: Product, **changes: Any) -> Iterator[None]:
    """The wall `main` with other settings, which it has no longer afterwards."""
    plain = {"title": None, "height_mm": None, "panel_columns": 1, "panel_rows": 1, "shift": True}
    with services_for(product.settings) as parts:
        set_wall(parts, SYSTEM, "main", changes)
        try:
            yield
        finally:
            set_wall(parts, SYSTEM, "main", plain)


@pytest.mark.parametrize("lang", ["zh-CN", pytest.param("en", marks=pytest.mark.whole)])
def test_at_every_size_all_stands_whole_and_readable(product: Product, wall: Hung, lang: str):
    for n in range(12):
        product.report(118.05 + n / 100, 24.5, severity=1 + n % 4, text="楼道冒烟，" * (1 + 5 * (n % 3)))
    page = wall()
    page.goto(f"{page.url}?lang={lang}")
    until(page, "window.zhihui && zhihui.connected && document.querySelectorAll('.incident-row').length > 5")
    page.evaluate(CHECKS)
    for width, height in SIZES:
        sized(page, width, height)
        flawless(page)


def test_a_very_wide_wall_doubles_its_columns(screen: Page):
    assert screen.evaluate("checks.columns()") == [400, 440]
    assert sized(screen, 3840, 1080).evaluate("checks.columns()") == [784, 864]
    assert screen.locator("[data-counts=towns] .count-rows > *").count() > 0
    assert sized(screen, 3840, 2160).evaluate("checks.columns()") == [800, 880]


def test_districts_are_counted_as_the_log_says(product: Product, screen: Page):
    product.report(118.09, 24.51, occurred_at="2026-01-05T03:00:00+08:00")
    caught_up(screen, product)
    until(screen, "checks.districts().length > 1")
    screen.evaluate("checks.frames()")
    rows = screen.evaluate("checks.districts()")
    for code, opened, waiting, _ in (row for row in rows if row[0]):
        inside = f"""subject IN (SELECT subject FROM city.event WHERE realm = 'live'
            AND kind = 'IncidentReported' AND area LIKE '{code}%')"""  # noqa: S608
        ended, begun = "('IncidentClosed', 'IncidentRejected')", "('IncidentReported', 'IncidentAccepted')"
        count = f"SELECT count(*) FROM {STATUS} WHERE {inside} AND kind"  # noqa: S608
        assert opened == product.sql(f"{count} NOT IN {ended}"), code
        assert waiting == product.sql(f"{count} IN {begun}"), code
    assert sum(row[3] for row in rows) >= 1
    assert str(sum(row[1] for row in rows)) == screen.inner_text("[data-kpi=open] .value")


def test_a_new_gravest_incident_is_said_across_the_wall_and_covers_no_pin(product: Product, wall: Hung):
    page = wall()
    product.report(118.09, 24.5, severity=2)
    ident = product.report(118.1, 24.51, severity=1)
    page.wait_for_selector(".grave-strip", state="visible")
    assert "Ⅰ 级" in page.inner_text(".grave-strip")
    strip = page.locator(".grave-strip").bounding_box()
    _, y = pin(page, ident)
    assert strip and strip["width"] > 1880 and not strip["y"] <= y <= strip["y"] + strip["height"]
    figures = page.evaluate("document.querySelector('.kpi').getBoundingClientRect().top")
    assert strip["y"] + strip["height"] <= figures
    until(page, "document.querySelector('.grave-strip').hidden", seconds=30)


def test_a_wall_that_comes_back_does_not_say_old_news(product: Product, wall: Hung):
    product.report(118.1, 24.51, severity=1)
    page = wall()
    caught_up(page, product)
    assert page.locator(".grave-strip").is_hidden()


def test_the_picture_moves_within_its_margin_and_is_the_same_picture(screen: Page):
    shown = "[zhihui.map.getSize().toString(), zhihui.hash()]"
    before = screen.evaluate(shown)
    places = [tuple(at) for at in screen.evaluate("checks.orbit()")]
    steps = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(places)]
    assert len(set(places)) >= 12 and max(steps) <= 4
    assert all(abs(x) <= 6 and abs(y) <= 6 for x, y in places)
    screen.evaluate("checks.frames()")
    assert screen.evaluate(shown) == before and not screen.evaluate("window.resized")
    assert screen.evaluate("checks.transforms()") == ["none"]


def test_how_it_is_hung_reaches_an_open_wall(product: Product, screen: Page):
    title = "document.querySelector('h1').textContent"
    letter = "parseFloat(getComputedStyle(document.querySelector('.panel-head h2')).fontSize)"
    with hung_as(product, title="一号大屏", height_mm=1500, panel_columns=4, panel_rows=2, shift=False):
        until(screen, f"{title} === '一号大屏' && {letter} > 18")
        assert screen.evaluate(letter) * 1500 / 1080 == pytest.approx(35, abs=0.1)
        assert screen.evaluate("checks.columns()") == [480, 480]
        until(screen, "checks.across() === 0")
        assert screen.evaluate("document.querySelector('.wall-page').style.left") == "0px"
        flawless(screen)
    until(screen, f"{title} !== '一号大屏'")
    assert screen.evaluate("document.documentElement.style.getPropertyValue('--scale')") == "1"


def test_a_hand_is_forgotten_after_ten_minutes(wall: Hung):
    page = wall()
    page.mouse.move(900, 500)
    page.mouse.wheel(0, -300)
    page.wait_for_selector("#wall-lock", state="visible")
    assert "10 分" in page.inner_text("#wall-lock")
    page.evaluate("zhihui.wall.passed(590000)")
    assert page.evaluate("zhihui.wall.isLocked()") is True
    page.evaluate("zhihui.wall.passed(10000)")
    assert page.evaluate("zhihui.wall.isLocked()") is False
    assert page.locator("#wall-lock").is_hidden()


def test_the_ticker_has_whole_lines_newest_first(product: Product, screen: Page):
    for n in range(12):
        product.report(118.06 + n / 100, 24.51, severity=4)
    caught_up(screen, product)
    until(screen, "Number(document.querySelector('#ticker .line').dataset.seq) > zhihui.seq - 3")
    lines = screen.evaluate("checks.ticker()")
    assert len(lines) > 1 and [row[0] for row in lines] == sorted((row[0] for row in lines), reverse=True)
    assert all(cut <= 1 and right <= DESK["width"] for _, cut, right in lines)


def test_positions_that_do_not_come_are_said_and_dimmed(product: Product, wall: Hung):
    page = wall()
    unit = product.free_unit()
    ident = product.report(118.09, 24.51, severity=4)
    bond = product.post(f"/incidents/{ident}/dispatch", units=[unit])["assignments"][0]["id"]
    product.post(f"/assignments/{bond}/enroute")
    until(page, "document.getElementById('freshness').textContent.includes('定位停滞')")
    assert page.evaluate("document.documentElement.classList.contains('halted')")
    now = page.evaluate("new Date().toISOString()")
    with product.api as api:
        api.put("/units/positions", json=[{"unit": unit, "lon": 118.1, "lat": 24.51, "at": now}])
    until(page, "!document.getElementById('freshness').textContent.includes('定位停滞')")
    product.post(f"/assignments/{bond}/arrive")


def test_a_degraded_feed_is_said(screen: Page):
    until(screen, "document.getElementById('freshness').textContent.includes('状态已核对')")
    until(  # said again each time, for true heartbeats come between
        screen,
        """(zhihui.emit('heartbeat', { head: zhihui.seq, hash: zhihui.hash(), degraded: true }),
            document.querySelector('#freshness .bad')?.textContent === zhihui.text('freshness.degraded'))""",
    )


def test_a_city_without_incidents_says_so(screen: Page):
    assert screen.evaluate("checks.empty()") == ["没有在办事件", 0]
