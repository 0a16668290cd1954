"""A wall in a real headless Chromium, that notes when each fact was folded and drawn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/lib/chromium/chromium-headless-shell"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZE = {"width": 1920, "height": 1080}
CALIBRATIONS = 40
_NOTE = """() => {
  const seen = (window.benchSeen = []);
  zhihui.on("folded", (patch) => {
    const folded = performance.now();
    // The frame's callback runs before its drawing, a task queued in it after.
    requestAnimationFrame(() => setTimeout(() => seen.push([patch.seq, folded, performance.now()])));
  });
}"""
_READY = "() => window.zhihui && zhihui.connected && zhihui.seq > 0"


@dataclass(frozen=True, slots=True)
class Drawn:
    """When a fact stood in the browser's memory, and on its screen: monotonic ns of this machine."""

    folded: int
    drawn: int


class Wall:
    """An open wall."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(_NOTE)

    def drawn(self) -> dict[int, Drawn]:
        """By seq, since it was opened."""
        offset, _ = self.clock()
        rows = self._page.evaluate("() => benchSeen")
        return {
            int(seq): Drawn(*(int(moment * 1e6) + offset for moment in moments)) for seq, *moments in rows
        }

    def clock(self) -> tuple[int, int]:
        """What to add to the page's time to get ours, ns, and how wrong that may be.

        The narrowest of several questions is taken: the answer lies between its asking and its answer.
        """
        narrowest: tuple[int, int] | None = None
        for _ in range(CALIBRATIONS):
            asked = time.monotonic_ns()
            page_ns = int(self._page.evaluate("() => performance.now()") * 1e6)
            width = time.monotonic_ns() - asked
            if narrowest is None or width < narrowest[1]:
                narrowest = asked + width // 2 - page_ns, width
        assert narrowest is not None
        return narrowest[0], narrowest[1] // 2

    @property
    def seq(self) -> int:
        return int(self._page.evaluate("() => zhihui.seq"))

    def await_seq(self, seq: int, patience_s: float = 20.0) -> None:
        self._page.wait_for_function(f"() => zhihui.seq >= {seq}", timeout=patience_s * 1e3)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser, closed with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def wall(url: str) -> Iterator[Wall]:
    """Opens a wall's address (with its token) and waits until it follows the stream."""
    with chromium() as browser:
        page = browser.new_page(viewport=SIZE, device_scale_factor=1)  # type: ignore[arg-type]
        page.goto(url)
        page.wait_for_function(_READY, timeout=60_000)
        yield Wall(page)
