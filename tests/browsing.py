"""A real Chromium for the tests; the fixture is made known by tests/conftest.py."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

LOOK_EVERY_MS = 30
PATIENCE_S = 60.0
"""Long, for a machine may be busy with much else; what is there is seen within milliseconds."""
CHROMIUM = "/usr/lib/chromium/chromium-headless-shell"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module; each test opens contexts of its own.

    Not one a session: Playwright keeps an event loop running in the thread as long as it lives, and other
    tests bring loops of their own.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


def until(page: Page, expression: str, argument: object = None, seconds: float = PATIENCE_S) -> None:
    """Wait until an expression of the page is true; raises AssertionError when patience ends.

    Not `wait_for_function`: it evaluates within the page, which our content policy forbids.
    """
    patience = time.monotonic() + seconds
    while not _true(page, expression, argument):
        assert time.monotonic() < patience, f"not within {seconds} s: {expression} ({argument})"
        page.wait_for_timeout(LOOK_EVERY_MS)


def _true(page: Page, expression: str, argument: object) -> bool:
    try:
        return bool(page.evaluate(expression, argument))
    except Error:  # the page is just being left, or its scripts are not there yet
        return False
