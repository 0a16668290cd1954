"""soak: a wall that has seen a million patches is the wall it was, beside itself after the first tenth.

Facts go straight into the log (`bench.lives`); from there all is the product: hub, fold, patches, WebSocket,
a real headless Chromium that draws 2,000 open incidents while 400 units move. After each tenth the writer
waits, the page lets its garbage go, and what it holds is noted; the digests are compared at every heartbeat.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page

from bench.city import City
from bench.cpu import cpu_ms
from bench.figures import Row
from bench.instance import Target
from bench.lives import Lives, Spot, Writer
from bench.map import floor
from bench.memory import held_mb
from bench.moving import moving
from bench.wall import SIZE, chromium
from core.envelope import Draft
from instance.services import services

NAME = "soak"
SCALE = 1.0
BINS_MS = 1000
BEHIND_MOST = 1500
"""Facts the wall may be behind before the writer waits for it: fewer than the hub's ring, so each comes."""
AIMS = {"heap_growth": 0.10, "fps": 30.0}
PATIENCE_S = 300.0
_READY = """wanted => window.zhihui && zhihui.connected && zhihui.map
    && zhihui.features('incidents').length >= wanted && zhihui.ground.due() === 0"""
_WATCH = """bins => {
  const seen = (window.soak = { patches: 0, beats: 0, proved: 0, wrong: 0, gaps: new Array(bins).fill(0) });
  zhihui.on("folded", () => { seen.patches += 1; });
  zhihui.on("mismatch", () => { seen.wrong += 1; });
  zhihui.on("heartbeat", (beat) => {
    seen.beats += 1;
    seen.proved += beat.head === zhihui.seq && beat.hash === zhihui.hash();
  });
  let last = performance.now();
  const step = (now) => {
    seen.gaps[Math.min(bins - 1, Math.round(now - last))] += 1;
    last = now;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
_TAKE = """() => {
  const { patches, beats, proved, wrong, gaps } = soak;
  soak.gaps = new Array(gaps.length).fill(0);
  return { patches, beats, proved, wrong, gaps, seq: zhihui.seq, drawn: zhihui.latency() };
}"""
_HELD = """() => ({
  nodes: document.querySelectorAll("*").length,
  marks: Object.values(zhihui.marks).reduce((all, held) => all + held.size, 0),
  leaflet: Object.keys(zhihui.map._layers).length,
  features: ["incidents", "units", "links"].reduce((all, name) => all + zhihui.store.layer(name).size, 0),
})"""


@dataclass(frozen=True, slots=True)
class Size:
    """`rate`: facts a second at most; slower where the wall does not keep up. `parts`: how often it is looked
    at what the wall holds."""

    patches: int = 1_000_000
    minutes: float = 30.0
    open_at_once: int = 2000
    rate: float = 550.0
    parts: int = 10


@dataclass(frozen=True, slots=True)
class Part:
    """What the wall was after so many patches; `gaps`: times between frames by whole ms."""

    seconds: float
    seen: dict[str, Any]
    held: dict[str, Any]
    web_mb: float

    @property
    def gaps(self) -> Sequence[int]:
        found: Sequence[int] = self.seen["gaps"]
        return found


def bench(target: Target, size: Size | None = None) -> list[Row]:
    """One row. Needs an instance of its own: it writes into the log."""
    size = size or Size()
    if target.wall_url is None or target.web_pid is None:
        raise ValueError("soak runs on an instance of its own")
    with ExitStack() as stack:
        city = stack.enter_context(City(target))
        own = stack.enter_context(services(target.own_settings))
        lives = Lives(
            _spots(city), [one["code"] for one in city.get("/api/v1/classes")["items"]], size.open_at_once
        )
        writer = Writer(own, lives.facts(), size.rate)
        for page_of in _pages(lives.opening(), 500):
            writer.write(page_of)
        browser = stack.enter_context(chromium())
        blank = floor(browser)
        page = browser.new_page(viewport=SIZE, device_scale_factor=1)  # type: ignore[arg-type]
        page.goto(target.wall_url)
        page.wait_for_function(_READY, arg=size.open_at_once, timeout=PATIENCE_S * 1e3)
        stack.enter_context(moving(target))
        page.evaluate(_WATCH, BINS_MS)
        cpu = cpu_ms(target.web_pid)
        parts = _run(page, stack.enter_context(writer), target.web_pid, size)
        cpu = cpu_ms(target.web_pid) - cpu
    return [_row(parts, size, sorted(blank.gaps)[len(blank.gaps) // 2], cpu)]


def _spots(city: City) -> list[Spot]:
    units = city.get("/api/v1/units")["items"]
    return [Spot(unit["home"][0], unit["home"][1], unit["area"], str(unit["id"])) for unit in units]


def _pages(drafts: Iterator[Draft], length: int) -> Iterator[list[Draft]]:
    while page := list(islice(drafts, length)):
        yield page


def _run(page: Page, writer: Writer, web: int, size: Size) -> list[Part]:
    """Until the patches were drawn and the minutes are over; what is held after each part."""
    probe = page.context.new_cdp_session(page)
    probe.send("Performance.enable")
    start = time.monotonic()
    parts = []
    for number in range(1, size.parts + 1):
        share = number / size.parts
        _await(page, writer, round(size.patches * share), start + size.minutes * 60 * share)
        seconds = time.monotonic() - start
        seen = page.evaluate(_TAKE)
        writer.hold(held=True)
        page.wait_for_function("head => zhihui.seq >= head", arg=writer.head, timeout=PATIENCE_S * 1e3)
        page.wait_for_function("document.querySelectorAll('.pulse').length === 0", timeout=PATIENCE_S * 1e3)
        parts.append(Part(seconds, seen, _held(page, probe), held_mb(web)))
        page.evaluate(_TAKE)  # what was asked of the page just now is no frame of a wall
        writer.hold(held=False)
    return parts


def _await(page: Page, writer: Writer, patches: int, until: float) -> None:
    """Hold the writer back whenever the wall is too far behind it."""
    while True:
        done, seq = page.evaluate("() => [soak.patches, zhihui.seq]")
        if writer.error:
            raise writer.error
        if done >= patches and time.monotonic() >= until:
            return
        writer.hold(held=writer.head - seq > BEHIND_MOST)
        page.wait_for_timeout(250)


def _held(page: Page, probe: CDPSession) -> dict[str, Any]:
    """What the page holds once the garbage is gone."""
    for _ in range(3):
        probe.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in probe.send("Performance.getMetrics")["metrics"]}
    found: dict[str, Any] = page.evaluate(_HELD)
    return found | {"heap": metrics["JSHeapUsedSize"], "listeners": int(metrics["JSEventListeners"])}


# --- the row ---------------------------------------------------------------------------------------------


def _row(parts: Sequence[Part], size: Size, blank_ms: float, cpu: float) -> Row:
    first, last = parts[0], parts[-1]
    gaps = [sum(each) for each in zip(*(one.gaps for one in parts), strict=True)]
    heap = [one.held["heap"] for one in parts]
    growth, fps = max(heap[1:]) / heap[0] - 1, 1000 / max(1, share_of(gaps, 0.5))
    held = {name: [one.held[name] for one in parts] for name in first.held}
    beats, proved, wrong = (last.seen[name] for name in ("beats", "proved", "wrong"))
    detail = {
        "what": "heap of the wall beside that after the first part; p50-p99: ms between frames",
        "aim": f"heap + {AIMS['heap_growth']:.0%} at most, median {AIMS['fps']:.0f} frames a second, 0 wrong",
        "met": growth <= AIMS["heap_growth"] and fps >= AIMS["fps"] and wrong == 0,
        "patches": last.seen["patches"], "seconds": round(last.seconds),
        "open_at_once": size.open_at_once,
        "heap_mb": [round(one / 1e6, 2) for one in heap], "growth": round(growth, 4),
        "held": {name: values for name, values in held.items() if name != "heap"},
        "frames_a_second": round(fps, 1), "frame_ms": [share_of(one.gaps, 0.5) for one in parts],
        "blank_page_frame_ms": round(blank_ms, 1),
        "commit_to_drawn_ms": [round(median(one.seen["drawn"])) for one in parts],
        "digests": {"heartbeats": beats, "proved": proved, "wrong": wrong},
        "web_mb": [round(one.web_mb, 1) for one in parts],
        "web_cpu_ms_a_patch": round(cpu / max(1, last.seen["patches"]), 3),
    }  # fmt: skip
    tails = {f"p{share}": share_of(gaps, share / 100) for share in (50, 95, 99)}
    figures = {"ours": round(max(heap[1:]) / 1e6, 2), "floor": round(heap[0] / 1e6, 2)}
    return {
        "name": NAME, "unit": "MB of heap", **figures, "ratio": round(1 + growth, 3), "n": sum(gaps), **tails,
        "detail": detail,
    }  # fmt: skip


def share_of(counts: Sequence[int], share: float) -> int:
    """The smallest bin that `share` (0 to 1) of all counted do not exceed."""
    wanted, so_far = share * sum(counts), 0
    for value, count in enumerate(counts):
        so_far += count
        if so_far >= wanted:
            return value
    return len(counts) - 1
