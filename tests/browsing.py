"""A real Chromium for the tests; `from tests.browsing import browser` makes the fixture known to a folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium a worker; each test opens contexts of its own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


def until(page: Page, expression: str, argument: object = None, seconds: float = 20.0) -> None:
    """Wait until an expression of the page is true; looked at every frame."""
    page.wait_for_function(expression, arg=argument, timeout=seconds * 1000)
