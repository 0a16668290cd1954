"""What a leader puts on a wall, as the wall shows it: each scene at every size, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import until
from tests.journeys.conftest import DESK, LIVE, Product, pin, watched
from tests.journeys.test_wall_screen import CHECKS, flawless, hung_as, sized

pytestmark = pytest.mark.browser
SIZES = ((1920, 1080), (3840, 2160), (3840, 1080))
OVERVIEW: dict[str, Any] = {"scene": "overview"}
KIND = "document.querySelector('.wall-page').dataset.scene"
SEEN = """Array.from(document.querySelectorAll('.wall-page, .wall-page *'))
    .filter(one => one.checkVisibility({ visibilityProperty: true })).length"""
STRIP = """(({ scrollHeight, clientHeight, hidden }) => [hidden, scrollHeight <= clientHeight])(
    document.querySelector('.message-strip'))"""
SETTLED = "[zhihui, ...zhihui.views()].every(({ map, names }) => map && !map._animatingZoom && !names.busy())"
QUIET_MS = 2500
WATCH_SHIFTS = f"""() => new Promise(done => {{
    let moved = 0;
    const watch = new PerformanceObserver(list => list.getEntries().forEach(one => (moved += one.value)));
    watch.observe({{ type: "layout-shift" }});
    setTimeout(() => done(moved), {QUIET_MS});
}})"""


@pytest.fixture(scope="module")
def hung(product: Product, browser: Browser) -> Iterator[Page]:
    """One wall for all of these tests, as one wall hangs for weeks."""
    context = browser.new_context(viewport=DESK)
    page = watched(product, context.new_page())
    page.goto(f"{product.url}/wall/main?token={product.wall_token}")
    until(page, LIVE)
    yield page
    context.close()


@pytest.fixture
def shown(product: Product, hung: Page) -> Iterator[Page]:
    """The wall with the checks at hand, as it is when nobody has directed it."""
    product.post("/walls/main/scene", **OVERVIEW)
    hung.set_viewport_size(DESK)
    hung.evaluate(CHECKS)
    until(hung, f"{KIND} === 'overview'")
    yield hung
    product.post("/walls/main/unblank")


def put(product: Product, page: Page, kind: str, **more: Any) -> int:
    """Send a scene and wait until it stands; its seq."""
    seq = int(product.post("/walls/main/scene", scene=kind, **more)["seq"])
    until(page, "seq => zhihui.scenes.shown().scene_seq === seq", seq)
    return seq


def attended(product: Product) -> str:
    """A fire with long words, and a unit on its way to it."""
    ident = product.report(118.09, 24.5, severity=2, text="高层住宅十二楼起火，浓烟很大，楼上有人被困，" * 4)
    bond = product.post(f"/incidents/{ident}/dispatch", units=[product.free_unit()])["assignments"][0]["id"]
    product.post(f"/assignments/{bond}/enroute")
    return ident


def test_every_scene_stands_whole_and_still_at_every_size(product: Product, shown: Page):
    ident = attended(product)
    focus = {"scene": "incident", "incident": ident}
    panes = [OVERVIEW, focus, {"scene": "coverage"}, {"scene": "kpis"}]
    scenes: tuple[tuple[str, dict[str, Any]], ...] = (
        ("incident", {"incident": ident}), ("coverage", {}), ("kpis", {}), ("split", {"panes": panes}),
    )  # fmt: skip
    for width, height in SIZES:
        sized(shown, width, height)
        for kind, more in scenes:
            put(product, shown, kind, **more)
            flawless(shown)
    put(product, shown, "split", panes=[focus, OVERVIEW])
    flawless(shown)
    until(shown, SETTLED)
    assert shown.evaluate(WATCH_SHIFTS) == 0
    assert product.errors == []


def test_one_incident_is_told_large_with_who_is_on_the_way(product: Product, shown: Page):
    shown.evaluate("window.kept = zhihui.map")
    ident = attended(product)
    seq = put(product, shown, "incident", incident=ident)
    card = shown.inner_text(".focus")
    assert "Ⅱ 级" in card and "下一步" in card and "力量 1 支" in card and "途中" in card
    x, y = pin(shown, ident)
    frame = shown.locator(".map-frame").bounding_box()
    assert frame and frame["x"] < x < frame["x"] + frame["width"] and frame["y"] < y < 1080
    assert shown.evaluate("window.kept === zhihui.map")
    assert confirmed(product, shown) == (seq, "incident")


def confirmed(product: Product, page: Page) -> tuple[int, str]:
    """What the server has heard of the wall: the seq it confirms, and the kind."""
    page.evaluate("zhihui.display.say()")
    display: dict[str, Any] = product.sql("SELECT display FROM city.wall WHERE name = 'main'")
    return int(display["scene_seq"]), str(display["scene"]["kind"])


def test_the_end_of_an_incident_is_said_and_the_overview_comes_back(product: Product, shown: Page):
    ident = product.report(118.09, 24.5, severity=2)
    put(product, shown, "incident", incident=ident)
    product.post(f"/incidents/{ident}/reject", reason="测试误报")
    until(shown, "document.querySelector('.focus').classList.contains('ended')")
    assert "结束" in shown.inner_text(".focus-since")
    shown.evaluate("zhihui.scenes.passed(61000)")
    assert shown.locator(".focus").count() == 0 and shown.locator("#incident-list").is_visible()


def test_a_kind_that_this_wall_does_not_know_leaves_what_stands(product: Product, shown: Page):
    """As a server of a later version would ask for one."""
    seq = put(product, shown, "kpis")
    shown.evaluate(
        """() => {
            const wall = structuredClone(zhihui.store.get("walls", "main"));
            Object.assign(wall.properties, { seq: zhihui.seq + 1, scene: { kind: "hologram" } });
            zhihui.store.fold({ seq: zhihui.seq + 1, at: new Date().toISOString(), upsert: { walls: [wall] },
                remove: {}, panels: {} });
        }"""
    )
    assert shown.evaluate("zhihui.scenes.shown().scene_seq") == seq
    assert shown.locator(".figures-scene").is_visible()
    shown.reload()  # its log is not that server's
    until(shown, LIVE)


def test_panes_have_maps_of_their_own_and_leave_nothing_behind(product: Product, shown: Page):
    put(product, shown, "split", panes=[OVERVIEW] * 4)
    until(shown, "zhihui.views().filter(view => view.map).length === 3")
    ident = product.report(118.07, 24.49, severity=1)
    until(
        shown,
        "id => [zhihui, ...zhihui.views()].every(({ marks }) => marks.incidents.has(id))",
        ident,
    )
    put(product, shown, "overview")
    assert shown.evaluate("zhihui.views().length + document.querySelectorAll('.pane canvas').length") == 0
    assert not shown.evaluate("document.querySelector('.map-frame').getAttribute('style')")


def test_a_split_follows_the_seams(product: Product, shown: Page):
    with hung_as(product, panel_columns=3, panel_rows=3, shift=False):
        put(product, shown, "split", panes=[OVERVIEW, {"scene": "kpis"}, {"scene": "coverage"}, OVERVIEW])
        until(shown, "document.querySelector('.pane').getBoundingClientRect().right === 1280 - 8")
        edges = shown.evaluate(
            """Array.from(document.querySelectorAll('.pane'), one => one.getBoundingClientRect())
                .map(({ left, top, right, bottom }) => [left, top, right, bottom].map(Math.round))"""
        )
    assert edges[0][2] == 1280 - 8 and edges[1][0] == 1280 + 8
    assert edges[0][3] == 720 - 8 and edges[2][1] == 720 + 8


def test_a_hand_keeps_the_map_while_the_scene_changes(product: Product, shown: Page):
    ident = product.report(118.06, 24.48, severity=2)
    until(shown, SETTLED)
    shown.mouse.move(900, 500)
    shown.mouse.down()  # a hand, without a move
    shown.mouse.up()
    shown.wait_for_selector("#wall-lock", state="visible")
    view = shown.evaluate("zhihui.map.getBounds().toBBoxString()")
    put(product, shown, "incident", incident=ident)
    assert shown.locator(".focus").is_visible()
    assert shown.evaluate("zhihui.map.getBounds().toBBoxString()") == view
    shown.click("#wall-lock")
    until(shown, "view => zhihui.map.getBounds().toBBoxString() !== view", view)


def test_a_blanked_wall_shows_nothing_also_when_loaded_anew(product: Product, shown: Page):
    product.post("/walls/main/blank")
    until(shown, "zhihui.veiled()")
    assert shown.evaluate(SEEN) == 0 and "画面已关闭" in shown.inner_text(".veil")
    shown.route("**/api/**", lambda route: route.abort())  # before it can hear anything
    shown.reload()
    assert shown.evaluate("zhihui.veiled()") and shown.locator(".veil").is_visible()
    shown.unroute("**/api/**")
    until(shown, "zhihui.connected")
    assert shown.evaluate("zhihui.veiled()")
    product.post("/walls/main/unblank")
    until(shown, "!zhihui.veiled()")
    assert shown.locator("#incident-list").is_visible()


def test_words_over_the_picture_and_who_holds_the_wall_are_whole(product: Product, shown: Page):
    product.post("/walls/main/strip", text="请各值班席位完成交接，" * 5)
    product.post("/walls/main/rotate", scenes=[OVERVIEW, {"scene": "kpis"}], every_s=600)
    until(shown, "(document.querySelector('.wall-marks') || {}).textContent?.includes('轮播 1/2')")
    for width, height in SIZES:
        sized(shown, width, height)
        assert shown.evaluate(STRIP) == [False, True]
        flawless(shown)
    product.post("/walls/main/strip", text="")
    product.post("/walls/main/stop")
    until(shown, "document.querySelector('.message-strip').hidden")
