"""The realm's clock in the browser: right at any rate, and standing when it stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.static.conftest import Bench

pytestmark = pytest.mark.browser

AT = "2026-03-02T01:00:00Z"
AT_MS = 1_772_413_200_000
# Own time by hand, in ms.
BY_HAND = "() => { window.own = 0; performance.now = () => window.own; }"


@pytest.fixture
def page(bench: Bench) -> Page:
    return bench("10-time", before=BY_HAND)


def beat(page: Page, own: int, at: str, rate: float) -> None:
    page.evaluate(
        "([own, at, rate]) => { window.own = own; zhihui.time.heartbeat({ at, rate }); }", [own, at, rate]
    )


def shown(page: Page, own: int) -> float:
    """The realm's time in ms after AT."""
    return round(float(page.evaluate("own => { window.own = own; return zhihui.time.now(); }", own)) - AT_MS)


def test_at_sixty_times_a_second_is_a_minute(page: Page):
    beat(page, 0, AT, 60)
    assert [shown(page, own) for own in (0, 1000, 2000)] == [0, 60_000, 120_000]


def test_a_paused_clock_stands(page: Page):
    beat(page, 0, AT, 60)
    beat(page, 1000, "2026-03-02T01:01:00Z", 0)
    assert [shown(page, own) for own in (1000, 9000)] == [60_000, 60_000]


def test_a_late_message_does_not_set_the_clock_back(page: Page):
    beat(page, 0, AT, 10)
    beat(page, 2300, "2026-03-02T01:00:20Z", 10)
    assert shown(page, 2300) == 23_000


def test_the_drill_itself_tells_that_its_clock_was_turned(page: Page):
    beat(page, 0, AT, 1)
    page.evaluate(
        """at => { zhihui.realm = "drill:1"; window.own = 5000;
            const drill = { id: "drill:1", properties: { rate: 0 } };
            zhihui.emit("patch", { at, upsert: { drills: [drill] } }); }""",
        "2026-03-02T01:00:05Z",
    )
    assert [shown(page, own) for own in (5000, 8000)] == [5000, 5000]
