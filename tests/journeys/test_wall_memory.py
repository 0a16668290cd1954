"""A wall runs for weeks: what has passed leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, WebSocketRoute

from tests.browsing import until
from tests.journeys.conftest import Product, watched

pytestmark = pytest.mark.browser

ROUND = 280
"""Facts in which forty incidents come, are dealt with, and are gone (life.js)."""
PATCHES = 86 * ROUND

LIFE = (Path(__file__).parent / "life.js").read_text(encoding="utf-8")


HELD = """() => ({
    nodes: document.querySelectorAll("*").length,
    marks: Object.values(zhihui.marks).reduce((all, held) => all + held.size, 0),
    chips: zhihui.chips.size,
    leaflet: Object.keys(zhihui.map._layers).length,
    features: ["incidents", "units", "links"].reduce((all, name) => all + zhihui.store.layer(name).size, 0),
    ticker: zhihui.store.panels.ticker.length,
    latency: zhihui.latency().length,
})"""


@pytest.mark.whole
def test_what_has_passed_leaves_nothing_behind(product: Product, contexts: Callable[..., BrowserContext]):
    page = watched(product, contexts().new_page())
    page.route_web_socket("**/api/v1/stream*", quiet_server)
    page.goto(f"{product.url}/wall/main?token={product.wall_token}")
    until(page, "window.zhihui && zhihui.map && zhihui.features('units').length > 0")
    probe = page.context.new_cdp_session(page)
    run(page, 0, PATCHES // 2)
    before = held(page, probe)
    run(page, PATCHES // 2, PATCHES)
    after = held(page, probe)
    assert page.evaluate("zhihui.seq - window.first") == PATCHES
    for name in ("marks", "chips", "features", "ticker", "latency", "leaflet"):
        assert after[name] <= before[name] + 5, (name, before, after)
    assert after["nodes"] <= before["nodes"] + 40, (before, after)
    assert after["listeners"] <= before["listeners"] + 20, (before, after)
    assert after["heap"] <= 1.1 * before["heap"] + 2e6, (before, after)
    assert product.errors == []


def quiet_server(socket: WebSocketRoute) -> None:
    """A stream that says only that it is there; what the page folds comes from the test."""
    socket.on_message(lambda _: socket.send(json.dumps({"heartbeat": {"head": 0}})))


def run(page: Page, start: int, end: int) -> None:
    page.evaluate(LIFE, {"from": start, "to": end})


def held(page: Page, probe: CDPSession) -> dict[str, Any]:
    """What the page holds once everything has settled and the garbage is gone."""
    until(page, "document.querySelectorAll('.pulse').length === 0")
    probe.send("Performance.enable")
    for _ in range(3):
        probe.send("HeapProfiler.collectGarbage")
    metrics = {m["name"]: m["value"] for m in probe.send("Performance.getMetrics")["metrics"]}
    found: dict[str, Any] = page.evaluate(HELD)
    return found | {"heap": metrics["JSHeapUsedSize"], "listeners": metrics["JSEventListeners"]}
