"""Every picture of README and docs, taken in a real browser while a seeded afternoon is lived."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import TimeoutError as Late

from demo.afternoon import Place, headline, live_through

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
READY_MS = 60_000
_READY = "() => window.zhihui && zhihui.connected && zhihui.seq > 0 && zhihui.map"
_DRAWN = "() => zhihui.ground.due() === 0"
_NEARER = """id => {
  const [lon, lat] = zhihui.store.get('incidents', id).geometry.coordinates;
  zhihui.desk.open(id);
  zhihui.map.setView([lat, lon], 13.5, { animate: false });
}"""
HD, UHD, WIDE = (1920, 1080), (3840, 2160), (3840, 1080)

Act = Callable[[Page, str], Awaitable[None]]
"""What is done on a page before its picture; gets the id of the headline."""


@dataclass(frozen=True)
class Doors:
    """How to get in: the wall's address with its token, an officer's name and password."""

    wall_url: str
    officer: str
    password: str


@dataclass(frozen=True)
class Picture:
    """One picture: its file name, which page, how large, in which language, and what is done first.

    `page` is `wall`, `login`, or the path of a page that an officer sees."""

    name: str
    page: str
    size: tuple[int, int] = HD
    lang: str = "zh-CN"
    act: Act | None = None


async def _open_card(page: Page, incident: str) -> None:
    await page.evaluate(_NEARER, incident)
    await page.wait_for_selector("#card-timeline li")


async def _search(page: Page, _incident: str) -> None:
    await page.keyboard.press("/")
    await page.keyboard.type("云", delay=30)
    await page.wait_for_timeout(1500)


async def _report(page: Page, _incident: str) -> None:
    width, height = HD
    await page.mouse.click(width * 0.42, height * 0.4, button="right")
    await page.wait_for_selector("#report-text")


async def _table(page: Page, _incident: str) -> None:
    await page.wait_for_selector(".ag-row")


PICTURES: tuple[Picture, ...] = (
    Picture("wall", "wall"),
    Picture("wall-en", "wall", lang="en"),
    Picture("wall-32x9", "wall", WIDE),
    Picture("desk", "desk", act=_open_card),
    Picture("desk-en", "desk", lang="en", act=_open_card),
    Picture("desk-search", "desk", act=_search),
    Picture("desk-report", "desk", act=_report),
    Picture("places-posts", "places?tab=posts", act=_table),
    Picture("places-stores", "places?tab=stores", act=_table),
    Picture("places-reach", "places?tab=reach", act=_table),
    Picture("places-layers", "places?tab=layers", act=_table),
    Picture("places-measures", "places?tab=measures", act=_table),
    Picture("login", "login"),
)


def take(place: Place, doors: Doors, into: Path, pictures: Sequence[Picture] = PICTURES) -> list[Path]:
    """Live the afternoon, take the pictures in the headline's first minutes; the files."""
    return asyncio.run(_take(place, doors, into, pictures))


async def _take(place: Place, doors: Doors, into: Path, pictures: Sequence[Picture]) -> list[Path]:
    into.mkdir(parents=True, exist_ok=True)
    await live_through(place)
    async with headline(place) as incident, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            return [await _shoot(browser, place.url, doors, one, incident, into) for one in pictures]
        finally:
            await browser.close()


async def _shoot(browser: Browser, url: str, doors: Doors, one: Picture, incident: str, into: Path) -> Path:
    width, height = one.size
    page = await browser.new_page(viewport={"width": width, "height": height})
    try:
        await _enter(page, url, doors, one)
        if one.page != "login":
            await page.wait_for_function(_READY, timeout=READY_MS)
            if one.act is not None:
                await one.act(page, incident)
            await _settle(page)
        file = into / f"{one.name}.png"
        await page.screenshot(path=file)
        return file
    finally:
        await page.close()


async def _enter(page: Page, url: str, doors: Doors, one: Picture) -> None:
    if one.page == "wall":
        await page.goto(f"{doors.wall_url}&lang={one.lang}")
        return
    address = httpx.URL(f"/{'desk' if one.page == 'login' else one.page}").copy_merge_params(
        {"lang": one.lang}
    )
    await page.goto(f"{url}/login?lang={one.lang}&next={quote(str(address))}")
    if one.page == "login":
        return
    await page.fill("input[name=name]", doors.officer)
    await page.fill("input[name=password]", doors.password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda at: httpx.URL(at).path != "/login")


async def _settle(page: Page) -> None:
    """Wait until the map stands still and its tiles are there."""
    for _ in range(2):
        await page.wait_for_timeout(1500)
        with suppress(Late):
            await page.wait_for_function(_DRAWN, timeout=10_000)
