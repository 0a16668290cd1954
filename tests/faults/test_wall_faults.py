"""A wall hangs for weeks: whatever fails, it keeps its last picture, says so, and ends right by itself.

What it shows meanwhile stands in docs/walls.md.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import until
from tests.cast import IN_A
from tests.faults.cable import cable
from tests.faults.conftest import Instance
from tests.parts import report

pytestmark = pytest.mark.browser
LIVE = "window.zhihui && zhihui.connected && zhihui.seq > 0"
HAS = "id => zhihui.features('incidents').some(f => f.id === id)"
STALE = "!document.getElementById('stale-note').hidden"
FRESH = "document.getElementById('stale-note').hidden"


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """Processes that hang: they hold their sockets and answer nothing."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def is_right(instance: Instance, page: Page) -> None:
    """It draws what the server says, fact for fact."""
    answer = httpx.get(
        instance.url + "/api/v1/state/hash", headers={"authorization": f"Bearer {instance.token}"}, timeout=30
    ).json()
    until(page, "told => zhihui.hash() === told.hash || zhihui.seq > told.seq", answer)
    until(page, FRESH)
    assert page.evaluate("window.loadedOnce") is True


@pytest.fixture
def wall(instance: Instance, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(instance.wall_url)
    until(page, LIVE)
    page.evaluate("window.loadedOnce = true")
    yield page
    page.close()


@pytest.mark.whole
def test_a_cut_cable_leaves_the_last_picture_with_its_time_and_what_came_meanwhile_comes_at_once(
    instance: Instance, browser: Browser
) -> None:
    with cable(instance.url) as between:
        page = browser.new_page()
        page.goto(instance.wall_url.replace(instance.url, f"http://127.0.0.1:{between.port}"))
        until(page, LIVE)
        page.evaluate("window.loadedOnce = true")
        kept = report(instance.services, IN_A)
        until(page, HAS, kept)
        between.cut()
        until(page, STALE)
        missed = report(instance.services, IN_A)
        assert "画面停在" in page.inner_text("#stale-note")
        assert page.evaluate(HAS, kept) is True
        assert page.evaluate(HAS, missed) is False
        between.mend()
        until(page, HAS, missed)
        is_right(instance, page)
        page.close()


@pytest.mark.whole
def test_a_redis_that_hangs_is_said_and_nothing_is_missed(instance: Instance, wall: Page) -> None:
    with stopped([instance.pids["redis"]]):
        until(wall, "words => document.getElementById('freshness').innerText.includes(words)", "降级")
        heard = report(instance.services, IN_A)
        until(wall, HAS, heard)
        assert wall.evaluate(FRESH) is True
    until(wall, "words => !document.getElementById('freshness').innerText.includes(words)", "降级")
    is_right(instance, wall)


def test_a_database_that_hangs_leaves_the_last_picture_and_says_from_when_it_is(
    instance: Instance, wall: Page
) -> None:
    kept = report(instance.services, IN_A)
    until(wall, HAS, kept)
    with stopped(family(instance.pids["postgres"])):
        until(wall, STALE)
        assert wall.evaluate(HAS, kept) is True
        assert "/wall/" in wall.url
    until(wall, FRESH)
    missed = report(instance.services, IN_A)
    until(wall, HAS, missed)
    is_right(instance, wall)


def family(pid: int) -> list[int]:
    """PostgreSQL's first process and those it began."""
    said = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [pid, *(int(word) for word in said.split())]


def test_a_screen_whose_own_clock_is_set_shows_the_citys_time_all_the_same(
    instance: Instance, wall: Page
) -> None:
    shown = "document.getElementById('clock').innerText.slice(0, 5)"
    told = "[0, 60e3].map(ms => zhihui.timeOfDay(zhihui.time.now() - ms).slice(0, 5))"
    before = wall.evaluate("zhihui.time.now()")
    wall.evaluate("() => { const real = Date.now; Date.now = () => real() + 7200e3; }")
    after = wall.evaluate("zhihui.time.now()")
    assert 0 <= after - before < 60_000
    beat = wall.evaluate("performance.now()")
    until(wall, "beat => performance.now() - zhihui.age() > beat + 3000", beat)
    assert abs(wall.evaluate("zhihui.time.now()") - before) < 60_000
    assert wall.evaluate(shown) in wall.evaluate(told)
    is_right(instance, wall)
