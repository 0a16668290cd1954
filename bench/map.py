"""map: how long a frame of the wall's map takes while units move and pins are many, beside an empty page.

A city at full scale, 2,000 open incidents, 400 units that report their places twice a second; a wall of
1920 x 1080 in a real headless Chromium notes the time between frames and every task over 50 ms, once while
nobody touches it, once while it is dragged and zoomed. The floor is a blank page with one moving dot.
"""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from bench.city import City
from bench.figures import Row, percentile, row, tails
from bench.instance import Target
from bench.moving import moving
from bench.wall import SIZE, chromium

NAME = "map"
SCALE = 1.0
INCIDENTS, SECONDS, FLOOR_SECONDS = 2000, 20.0, 5.0
AIM_FRAME_MS, AIM_TASK_MS = 33.0, 100.0
SPREAD_DEG = 0.01
PATIENCE_S = 120.0
_LEVELS = (1,) + (2,) * 9 + (3,) * 30 + (4,) * 60
_READY = """wanted => window.zhihui && zhihui.connected && zhihui.map
    && zhihui.features('incidents').length >= wanted && zhihui.ground.due() === 0"""
_WATCH = """() => {
  const seen = (window.benchFrames = { gaps: [], tasks: [] });
  let last = performance.now();
  const step = (now) => { seen.gaps.push(now - last); last = now; requestAnimationFrame(step); };
  requestAnimationFrame(step);
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => seen.tasks.push(entry.duration)))
    .observe({ entryTypes: ["longtask"] });
}"""
_TAKE = """() => {
  const { gaps, tasks } = benchFrames;
  return { gaps: gaps.splice(0), tasks: tasks.splice(0) };
}"""
_DOT = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = innerWidth;
  canvas.height = innerHeight;
  document.body.replaceChildren(canvas);
  const ctx = canvas.getContext("2d");
  let x = 0;
  const step = () => {
    ctx.clearRect(x - 1, 0, 12, 12);
    x = (x + 1) % innerWidth;
    ctx.fillRect(x, 0, 10, 10);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""


@dataclass(frozen=True, slots=True)
class Frames:
    """Times between frames and the tasks over 50 ms, ms."""

    gaps: list[float]
    tasks: list[float]


def bench(target: Target, incidents: int = INCIDENTS, seconds: float = SECONDS) -> list[Row]:
    """Two rows: nobody touches the map; a hand drags and zooms it."""
    if target.wall_url is None:
        raise ValueError("map needs --wall-url")
    with ExitStack() as stack:
        city = stack.enter_context(City(target))
        _crowd(city, incidents)
        stack.enter_context(moving(target))
        browser = stack.enter_context(chromium())
        page = browser.new_page(viewport=SIZE, device_scale_factor=1)  # type: ignore[arg-type]
        page.goto(target.wall_url)
        page.wait_for_function(_READY, arg=incidents, timeout=PATIENCE_S * 1e3)
        page.evaluate(_WATCH)
        watched = _watched(page, seconds)
        touched = _touched(page)
        page.close()
        blank = floor(browser)
    return [_row(NAME, watched, blank, seconds), _row(f"{NAME}:drag", touched, blank, seconds)]


def _crowd(city: City, wanted: int) -> None:
    """Open incidents of all levels where the city's units have their homes."""
    dice = random.Random(1)
    homes = [unit["home"] for unit in city.get("/api/v1/units")["items"]]
    codes = [kind["code"] for kind in city.get("/api/v1/classes")["items"]]
    for number in range(wanted):
        lon, lat = dice.choice(homes)
        where = {"lon": lon + dice.gauss(0, SPREAD_DEG), "lat": lat + dice.gauss(0, SPREAD_DEG)}
        level = _LEVELS[number % len(_LEVELS)]
        body = {"class": dice.choice(codes), "severity": level, "text": "bench", "channel": "bench"}
        city.post("/incidents", {**body, "location": where})


def _watched(page: Page, seconds: float) -> Frames:
    page.wait_for_timeout(2000)  # what opening the page began is over
    page.evaluate(_TAKE)
    page.wait_for_timeout(seconds * 1e3)
    return Frames(**page.evaluate(_TAKE))


def _touched(page: Page) -> Frames:
    """A drag across half the map, two steps nearer and two back, by the mouse."""
    page.evaluate(_TAKE)
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for turn in (1, -1):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + turn * box["width"] / 4, y + turn * box["height"] / 8, steps=20)
        page.mouse.up()
        for _ in range(2):
            page.mouse.wheel(0, -240 * turn)
            page.wait_for_timeout(1500)
    return Frames(**page.evaluate(_TAKE))


def floor(browser: Browser) -> Frames:
    page = browser.new_page(viewport=SIZE, device_scale_factor=1)  # type: ignore[arg-type]
    page.evaluate(_DOT)
    page.evaluate(_WATCH)
    return _watched(page, FLOOR_SECONDS)


def _row(name: str, frames: Frames, floor: Frames, seconds: float) -> Row:
    median, longest = percentile(frames.gaps, 0.5), max(frames.tasks, default=0.0)
    detail = {
        "what": "time between frames; tasks over 50 ms",
        "aim": f"median <= {AIM_FRAME_MS:.0f} ms and no task over {AIM_TASK_MS:.0f} ms",
        "met": median <= AIM_FRAME_MS and longest <= AIM_TASK_MS,
        "long_tasks": len(frames.tasks),
        "longest_ms": round(longest, 1),
        "worst_frame_ms": round(max(frames.gaps), 1),
        "floor": tails(floor.gaps),
        "seconds": seconds,
    }
    return row(name, "ms", median, {"floor": percentile(floor.gaps, 0.5)}, frames.gaps, detail)
