"""first-map: how long until a cold browser shows a useful map of a large city, beside its bytes alone.

A city of more than 30,000 base grids with 47,000 cameras, and 100,000 incidents of the past year behind it;
a desk of 1920 x 1080 in a fresh browser context, logged in, nothing cached. The clock runs from the start of
the navigation until base map, names and units are painted and the stream is connected. The floor fetches as
many answers of the same sizes from a bare server in this process, into an empty page.
"""

from __future__ import annotations

import csv
import random
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from sqlalchemy import func, select

from actions.accounts import reset_password
from actions.imports import import_file
from actions.services import Services
from bench.figures import Row, mean, percentile, row, tails
from bench.instance import Target
from bench.wall import SIZE, chromium
from core.permissions import SYSTEM
from db.tables_places import place
from instance.services import services

NAME = "first-map"
SCALE = 5.3
CAMERAS, INCIDENTS, TIMES = 47_000, 100_000, 7
AIM_MS = 2000.0
PATIENCE_MS = 60_000
SEED = 1
_OFFICER = "officer"
_WATCH = """() => {
  const seen = (window.benchMoments = {});
  const note = (name, is) => { if (is && !seen[name]) seen[name] = performance.now(); };
  const look = () => {
    const z = window.zhihui;
    if (z && z.map && z.ground) {
      note("map", true);
      note("connected", z.connected);
      note("units", z.features("units").length > 0);
      const { whole } = z.ground.names();
      note("tiles", whole);
      note("painted", whole && z.ground.due() === 0);
    }
    if (seen.connected && seen.units && seen.painted) seen.useful = performance.now();
    else setTimeout(look, 5);
  };
  look();
}"""
_ANSWERS = """() => performance.getEntriesByType("resource").map((one) => ({
  path: new URL(one.name).pathname, asked: one.startTime, ended: one.responseEnd, size: one.encodedBodySize,
}))"""
_KINDS = {
    "scripts": "/_dash-component-suites/", "ours": "/static/", "dash": "/_dash-", "board": "/api/v1/state",
    "tiles": "/api/v1/layers/",
}  # fmt: skip
"""What a page asks for, by the first of these that its path begins with."""
_FLOOR = """async (sizes) => {
  const one = async (size, i) => (await fetch("/" + size + "?" + i)).arrayBuffer();
  await Promise.all(sizes.map(one));
  return performance.now();
}"""


def bench(
    target: Target, cameras: int = CAMERAS, incidents: int = INCIDENTS, times: int = TIMES
) -> list[Row]:
    """One row: the first useful map of the desk. Needs an instance of its own, and fills it."""
    if target.settings is None:
        raise ValueError("first-map runs on an instance of its own")
    with services(target.settings) as parts:
        spots = _spots(parts)
        _more_cameras(parts, spots, cameras)
        _past_incidents(parts, spots, incidents)
        password = reset_password(parts, SYSTEM, _OFFICER).password
    with chromium() as browser, _bare_server() as bare:
        kept = _logged_in(browser, target.url, password)
        runs = [_first_map(browser, target.url, kept) for _ in range(times + 1)][1:]  # the server is warm
        sizes = [answer["size"] for answer in runs[-1]["answers"]]
        floors = [_floor(browser, bare, sizes) for _ in range(times)]
    return [_row(runs, floors, {"cameras": cameras, "past_incidents": incidents})]


# --- the city -------------------------------------------------------------------------------------------

Spot = tuple[float, float]


def _spots(parts: Services) -> list[Spot]:
    """Where cameras stand: on streets all over the city."""
    query = select(func.ST_X(place.c.geom), func.ST_Y(place.c.geom)).where(place.c.kind == "cameras")
    with parts.engine.connect() as conn:
        return [(lon, lat) for lon, lat in conn.execute(query.order_by(place.c.code))]


def _more_cameras(parts: Services, spots: Sequence[Spot], wanted: int) -> None:
    dice = random.Random(SEED)
    rows = [
        {"code": f"SY{number:06d}", "name": f"视频点位 Y{number}", "class": 2, **_near(spot, dice)}
        for number, spot in zip(range(wanted - len(spots)), _endless(spots), strict=False)
    ]  # fmt: skip
    _import(parts, "cameras", rows)


def _past_incidents(parts: Services, spots: Sequence[Spot], wanted: int) -> None:
    """Of the year before yesterday, each closed some hours later."""
    dice = random.Random(SEED)
    classes = list(parts.reference.classes())
    end = datetime.now(UTC) - timedelta(days=2)
    rows = []
    for number in range(wanted):
        at = end - timedelta(seconds=dice.uniform(0, 365 * 86400))
        closed = at + timedelta(hours=dice.uniform(0.5, 24))
        said = {"class": dice.choice(classes), "text": "bench", "channel": "past", "source_id": f"B{number}"}
        when = {"occurred_at": at.isoformat(), "closed_at": closed.isoformat()}
        rows.append({**said, **when, **_near(dice.choice(spots), dice)})
    _import(parts, "incidents", rows)


def _near(spot: Spot, dice: random.Random) -> dict[str, float]:
    return {"lon": spot[0] + dice.gauss(0, 0.0005), "lat": spot[1] + dice.gauss(0, 0.0005)}


def _endless(spots: Sequence[Spot]) -> Iterator[Spot]:
    while True:
        yield from spots


def _import(parts: Services, kind: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}.csv"
        with path.open("w", newline="", encoding="utf-8") as lines:
            writer = csv.DictWriter(lines, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        report = import_file(parts, SYSTEM, kind, path)
    if not report.ok:
        raise RuntimeError(f"{kind}: {report.problems[:1]}")


# --- the browser ----------------------------------------------------------------------------------------


@contextmanager
def _page(browser: Browser, **more: Any) -> Iterator[Page]:
    """In a context of its own: an empty cache."""
    context = browser.new_context(viewport=SIZE, device_scale_factor=1, **more)  # type: ignore[arg-type]
    try:
        yield context.new_page()
    finally:
        context.close()


def _logged_in(browser: Browser, url: str, password: str) -> Any:
    """The cookies of an officer."""
    with _page(browser) as page:
        page.goto(f"{url}/login")
        page.fill("input[name=name]", _OFFICER)
        page.fill("input[name=password]", password)
        with page.expect_navigation():
            page.locator("button").first.click()
        return page.context.storage_state()


def _first_map(browser: Browser, url: str, kept: Any) -> dict[str, Any]:
    """Moments in ms since the navigation began, the processor time of the page's main thread in ms, and all
    answers."""
    with _page(browser, storage_state=kept) as page:
        page.add_init_script(f"({_WATCH})()")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(f"{url}/desk", wait_until="commit")
        page.wait_for_function("() => window.benchMoments.useful", timeout=PATIENCE_MS)
        metrics = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
        moments = page.evaluate("() => benchMoments")
        return {**moments, "cpu": metrics["TaskDuration"] * 1e3, "answers": page.evaluate(_ANSWERS)}


def _floor(browser: Browser, url: str, sizes: Sequence[int]) -> float:
    with _page(browser) as page:
        page.goto(url, wait_until="commit")
        return float(page.evaluate(_FLOOR, list(sizes)))


class _Bytes(BaseHTTPRequestHandler):
    """GET /N answers with N bytes; / with an empty page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        size = self.path[1:].partition("?")[0]
        body = b"0" * int(size) if size.isdigit() else b"<!doctype html><title>floor</title>"
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream" if size.isdigit() else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said."""


@contextmanager
def _bare_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Bytes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()


def _row(runs: Sequence[dict[str, Any]], floors: Sequence[float], city: dict[str, int]) -> Row:
    useful = [run["useful"] for run in runs]
    ours = percentile(useful, 0.5)
    steps = ("map", "connected", "units", "tiles", "painted", "useful")
    detail = {
        "what": "start of the navigation to a painted map with names and units, cold browser, warm server",
        "aim": f"median <= {AIM_MS:.0f} ms",
        "met": ours <= AIM_MS,
        "p50_by_step": {step: round(percentile([run[step] for run in runs], 0.5)) for step in steps},
        "browser_cpu_ms": round(percentile([run["cpu"] for run in runs], 0.5)),
        "waterfall": _waterfall(runs),
        "requests": len(runs[-1]["answers"]),
        "bytes": round(mean([sum(answer["size"] for answer in run["answers"]) for run in runs])),
        "floor": tails(floors),
        **city,
    }
    return row(NAME, "ms", ours, {"floor": percentile(floors, 0.5)}, useful, detail)


def _waterfall(runs: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """By kind of answer: how many, their bytes, when the first was asked for and the last had come (p50)."""
    found = {}
    for kind in _KINDS:
        groups = [[one for one in run["answers"] if _kind(one["path"]) == kind] for run in runs]
        if groups := [group for group in groups if group]:
            found[kind] = {
                "n": len(groups[-1]),
                "bytes": sum(one["size"] for one in groups[-1]),
                "from_ms": round(percentile([min(one["asked"] for one in group) for group in groups], 0.5)),
                "to_ms": round(percentile([max(one["ended"] for one in group) for group in groups], 0.5)),
            }
    return found


def _kind(path: str) -> str:
    return next((kind for kind, begin in _KINDS.items() if path.startswith(begin)), "")
