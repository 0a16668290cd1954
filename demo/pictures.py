"""Every picture of README and docs, taken in a real browser while a seeded afternoon is lived."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from urllib.parse import quote

import httpx
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import TimeoutError as Late

from actions.filming import ARGUMENTS, CHROMIUM
from demo.afternoon import Place, headline, live_through
from demo.lived import STAGES

READY_MS = 60_000
_TOKENS = Path(__file__).parent.parent / "static" / "css" / "00-tokens.css"
_COLOURS = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2});")
_POSTS = 24
_READY = """() => window.zhihui && (zhihui.boot.page === 'replay' || (zhihui.connected && zhihui.seq > 0))
    && (zhihui.map || ['plans', 'drills'].includes(zhihui.boot.page))"""
_DRAWN = "() => !zhihui.map || zhihui.ground.due() === 0"
_NEARER = """id => {
  const [lon, lat] = zhihui.store.get('incidents', id).geometry.coordinates;
  zhihui.desk.open(id);
  zhihui.map.setView([lat, lon], 13.5, { animate: false });
}"""
_SEEK = """part => {
  const slider = document.getElementById('replay-slider');
  slider.value = Number(slider.min) + part * (Number(slider.max) - Number(slider.min));
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  slider.dispatchEvent(new Event('change', { bubbles: true }));
}"""
HD, UHD, WIDE = (1920, 1080), (3840, 2160), (3840, 1080)

Act = Callable[[Page, str], Awaitable[None]]
"""What is done on a page before its picture; gets the id of the headline."""


@dataclass(frozen=True)
class Doors:
    """How to get in: the wall's address with its token; for each seat a name and a password."""

    wall_url: str
    seats: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Picture:
    """One picture: its file name, which page, how large, in which language, and what is done first.

    `page` is `wall`, `login`, or the path of a page, as whoever sits at `seat` sees it; `{incident}`,
    `{linkage}` and `{drill}` in it are the ids of what has been lived through by its `stage`."""

    name: str
    page: str
    size: tuple[int, int] = HD
    lang: str = "zh-CN"
    act: Act | None = None
    seat: str = "officer"
    stage: str = "afternoon"


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


async def _load(page: Page, _incident: str) -> None:
    """The load of the base grids, on the map and as a table."""
    await page.locator("#grids-view label").nth(3).click()
    await page.wait_for_selector("#grids-legend .measures-class")
    await page.wait_for_selector("#grids-loads .ag-row")


async def _import(page: Page, _incident: str) -> None:
    """An office's list of posts with a code given twice: seen on the map, checked, refused with its row."""
    middle = await page.evaluate("(({ lng, lat }) => [lng, lat])(zhihui.map.getCenter())")
    await page.click("#import-kind")
    await page.get_by_role("option", name="警务室", exact=True).click()
    table = _posts(*middle).encode("gb18030")
    await page.set_input_files(
        "#import-file", {"name": "警务室台账.csv", "mimeType": "text/csv", "buffer": table}
    )
    await page.wait_for_selector(".import-map-row")
    await page.click("#import-check")
    await page.wait_for_selector("#import-problems .ag-row")


def _posts(lon: float, lat: float) -> str:
    """A table of posts around a place, in degrees; its last row repeats the code of its first."""
    codes = [*range(1, _POSTS), 1]
    rows = [
        f"YY{code:03d},第{n}警务室,{lon + (n % 6 - 2.5) * 0.009:.6f},{lat + (n // 6 - 1.5) * 0.008:.6f},1,2"
        for n, code in enumerate(codes, 1)
    ]
    return "\n".join(["编码,名称,经度,纬度,民警,辅警", *rows])


async def _long(page: Page, _incident: str) -> None:
    """Callbacks and scenes have come."""
    await page.wait_for_timeout(4000)


async def _flow(page: Page, _incident: str) -> None:
    """The plan as the flow chart that runs."""
    await page.get_by_role("tab").nth(2).click()
    await page.wait_for_timeout(3000)


async def _response(page: Page, incident: str) -> None:
    await page.evaluate(_NEARER, incident)
    await page.wait_for_timeout(4000)


async def _script(page: Page, _incident: str) -> None:
    await page.get_by_role("tab").nth(1).click()
    await page.wait_for_timeout(4000)


async def _summary(page: Page, _incident: str) -> None:
    await page.get_by_role("tab").nth(3).click()
    await page.wait_for_timeout(6000)


def _moment(part: float) -> Act:
    """A replay sought by its slider to this part of it, 0 to 1."""

    async def seek(page: Page, _incident: str) -> None:
        slider = page.locator("#replay-slider")
        await slider.wait_for()
        await page.evaluate(_SEEK, part)
        await page.wait_for_timeout(4000)

    return seek


PICTURES: tuple[Picture, ...] = (
    Picture("wall", "wall"),
    Picture("wall-en", "wall", lang="en"),
    Picture("wall-32x9", "wall", WIDE),
    Picture("desk", "desk", act=_open_card),
    Picture("desk-en", "desk", lang="en", act=_open_card),
    Picture("desk-search", "desk", act=_search),
    Picture("desk-report", "desk", act=_report),
    Picture("places-import", "places?tab=import", act=_import, seat="engineer"),
    Picture("places-grids", "places?tab=grids", act=_load),
    Picture("places-posts", "places?tab=posts", act=_table),
    Picture("places-stores", "places?tab=stores", act=_table),
    Picture("places-reach", "places?tab=reach", act=_table),
    Picture("places-layers", "places?tab=layers", act=_table),
    Picture("places-measures", "places?tab=measures", act=_table),
    Picture("places-norms", "places?tab=norms", act=_table, seat="engineer"),
    Picture("login", "login"),
    Picture("plans", "plans/highrise_fire", act=_flow, seat="leader"),
    Picture("linkage", "desk", act=_response, seat="leader", stage="response"),
    Picture("linkage-wall", "wall", act=_long, stage="response"),
    Picture("linkage-wall-4k", "wall", UHD, act=_long, stage="response"),
    Picture("linkage-wall-32x9", "wall", WIDE, act=_long, stage="response"),
    Picture("walls", "walls", seat="leader", stage="response"),
    Picture("drill-script", "drills/{drill}", act=_script, seat="leader", stage="drill"),
    Picture("drill-run", "drills/{drill}", act=_long, seat="leader", stage="drill"),
    Picture("drill-desk", "desk?realm=drill:{drill}", act=_long, stage="drill"),
    Picture("drills", "drills", act=_long, seat="leader", stage="drilled"),
    Picture("replay", "replay?realm=drill:{drill}", act=_moment(0.25), seat="leader", stage="drilled"),
    Picture("replay-later", "replay?realm=drill:{drill}", act=_moment(0.6), seat="leader", stage="drilled"),
    Picture("drill-report", "drills/{drill}", act=_summary, seat="leader", stage="drilled"),
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
            files = []
            known = {"incident": incident}
            for stage, those in groupby(pictures, key=attrgetter("stage")):
                known |= await STAGES[stage](place, known)
                files += [await _shoot(browser, place.url, doors, one, known, into) for one in those]
            return files
        finally:
            await browser.close()


async def _shoot(
    browser: Browser, url: str, doors: Doors, one: Picture, known: Mapping[str, str], into: Path
) -> Path:
    width, height = one.size
    page = await browser.new_page(viewport={"width": width, "height": height})
    try:
        await _enter(page, url, doors, replace(one, page=one.page.format_map(known)))
        if one.page != "login":
            await page.wait_for_function(_READY, timeout=READY_MS)
            if one.act is not None:
                await one.act(page, known["incident"])
            await _settle(page)
        file = into / f"{one.name}.png"
        _small(await page.screenshot(), file)
        return file
    finally:
        await page.close()


def _small(picture: bytes, file: Path) -> None:
    """A screen of few colours needs no more than 256: a third of the bytes. Those of our tokens are kept
    exactly, however few pixels have them: a level must not look like another."""
    with Image.open(BytesIO(picture)) as opened:
        whole = opened.convert("RGB")
    own = [int(part, 16) for colour in _COLOURS.findall(_TOKENS.read_text()) for part in colour]
    left = whole.quantize(256 - len(own) // 3, Image.Quantize.MEDIANCUT)
    palette = Image.new("P", (1, 1))
    palette.putpalette([*own, *(left.getpalette() or [])][: 256 * 3])
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(file, optimize=True)


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
    name, password = doors.seats[one.seat]
    await page.fill("input[name=name]", name)
    await page.fill("input[name=password]", password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda at: httpx.URL(at).path != "/login")


async def _settle(page: Page) -> None:
    """Wait until the map stands still and its tiles are there."""
    for _ in range(2):
        await page.wait_for_timeout(1500)
        with suppress(Late):
            await page.wait_for_function(_DRAWN, timeout=10_000)
