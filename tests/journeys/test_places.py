"""/places in a real browser: a city engineer brings files and has them on the map, or learns what to mend."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import BrowserContext, Page

from geo.datum import wgs84_to_gcj02
from pages.places.shell import TABS
from tests.browsing import until
from tests.journeys.conftest import Product, sign_in
from tests.journeys.test_readable import faults

pytestmark = pytest.mark.browser

THERE = "window.zhihui && zhihui.connected && zhihui.map && document.getElementById('import-file')"
POSTS = "SELECT count(*) FROM city.place WHERE kind = 'posts' AND code LIKE :like"
WHERE = "SELECT ST_X(geom) FROM city.place WHERE kind = 'posts' AND code = :code"
LON, LAT = 118.09, 24.51

Opened = Callable[..., Page]


@pytest.fixture
def places(product: Product, contexts: Callable[..., BrowserContext]) -> Opened:
    """Logs somebody in on /places and waits for the tab."""

    def opened(name: str = "wu", query: str = "", wait: str = THERE) -> Page:
        return sign_in(product, contexts().new_page(), name, f"/places{query}", wait)

    return opened


def shapefile(folder: Path, prefix: str, count: int = 12) -> Path:
    """A zipped Shapefile as old offices have them: GBK without .cpg, GCJ-02 without .prj, in a folder."""
    lon, lat = LON + np.arange(count) * 0.001, np.full(count, LAT)
    columns = {
        "编码": [f"{prefix}{n}" for n in range(count)],
        "名称": [f"碧里{n}号警务室" for n in range(count)],
    }
    frame = gpd.GeoDataFrame(columns, geometry=shapely.points(*wgs84_to_gcj02(lon, lat)))
    frame.to_file(folder / "警务室.shp", encoding="gbk", engine="pyogrio")
    archive = folder / f"{prefix}.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for ending in (".shp", ".shx", ".dbf"):
            packed.write((folder / "警务室.shp").with_suffix(ending), f"导出/警务室{ending}")
    return archive


def table(folder: Path, name: str, *rows: str) -> Path:
    file = folder / name
    file.write_text("\n".join(["编码,名称,经度,纬度", *rows]), encoding="utf-8")
    return file


def choose(page: Page, field: str, option: str) -> None:
    page.click(f"#{field}")
    page.get_by_role("option", name=option, exact=True).click()


def hand_in(page: Page, *files: Path) -> None:
    """Choose the kind, give the files, wait until they were looked into."""
    choose(page, "import-kind", "警务室")
    page.set_input_files("#import-file", list(files))
    until(page, "zhihui.overlay.features('import.preview').length > 0")


def outcome(page: Page) -> str:
    return page.wait_for_selector("#import-progress .mantine-Alert-root").inner_text()


def test_an_old_shapefile_is_seen_on_the_map_checked_imported_and_stands_there(
    product: Product, places: Opened, tmp_path: Path
):
    page = places()
    hand_in(page, shapefile(tmp_path, "GBK"))
    drawn = "zhihui.overlay.features('import.preview').map(one => one.properties.title).join()"
    assert "碧里0号警务室" in page.evaluate(drawn)
    page.fill("#import-datum", "GCJ-02")
    page.press("#import-datum", "Enter")
    at = "lon => Math.abs(zhihui.overlay.features('import.preview')[0].geometry.coordinates[0] - lon) < 1e-5"
    until(page, at, LON)
    page.click("#import-check")
    assert "校验通过" in outcome(page)
    assert product.sql(POSTS, like="GBK%") == 0
    page.click("#import-run")
    page.wait_for_selector("#import-progress >> text=已导入")
    assert product.sql(POSTS, like="GBK%") == 12
    assert product.sql(WHERE, code="GBK0") == pytest.approx(LON, abs=1e-6)
    page.wait_for_selector("#import-history >> text=GBK.zip")
    until(page, "() => zhihui.overlay.features('import.preview').length === 0")
    page.evaluate("([lon, lat]) => zhihui.map.setView([lat, lon], 16, {animate: false})", [LON, LAT])
    found = """([lon, lat]) => {
        const spot = zhihui.placeAt(zhihui.map.latLngToLayerPoint([lat, lon]), 8);
        return spot && spot.props.name === '碧里0号警务室';
    }"""
    until(page, found, [LON, LAT])


def test_a_bad_file_names_row_field_and_remedy_shows_where_and_writes_nothing(
    product: Product, places: Opened, tmp_path: Path
):
    page = places()
    rows = (f"BAD1,甲,{LON},{LAT}", f"BAD2,乙,{LON + 0.01},{LAT}", f"BAD1,丙,{LON + 0.02},{LAT}")
    hand_in(page, table(tmp_path, "bad.csv", *rows))
    page.click("#import-run")
    assert "没有导入" in outcome(page)
    assert product.sql(POSTS, like="BAD%") == 0
    row = page.wait_for_selector("#import-problems .ag-row.row-bad")
    assert "3" in row.inner_text() and "编码" in row.inner_text()
    until(page, "zhihui.overlay.features('import.suspect').length > 0")
    row.click()
    until(page, "lon => Math.abs(zhihui.map.getCenter().lng - lon) < 1e-4", LON + 0.02)
    page.reload()  # what came of it is told again, though nobody says what the file is
    page.wait_for_selector("#import-problems .ag-row.row-bad").click()
    until(page, "zhihui.overlay.features('import.suspect').length > 0")
    until(page, "lon => Math.abs(zhihui.map.getCenter().lng - lon) < 1e-4", LON + 0.02)
    choose(page, "import-kind", "警务室")  # read anew it has no outcome yet
    page.wait_for_selector("#import-progress .mantine-Alert-root", state="detached")
    page.wait_for_selector(".import-map-row")


def test_two_people_import_at_the_same_time(product: Product, places: Opened, tmp_path: Path):
    first, second = places(), places()
    hand_in(first, table(tmp_path, "a.csv", f"TWO1,甲,{LON},{LAT}"))
    hand_in(second, table(tmp_path, "b.csv", f"TWO2,乙,{LON},{LAT}"))
    for page in (first, second):
        page.click("#import-run")
    for page in (first, second):
        page.wait_for_selector("#import-progress >> text=已导入")
    assert product.sql(POSTS, like="TWO%") == 2


def test_a_page_that_is_loaded_anew_knows_its_file_and_what_came_of_it(
    product: Product, places: Opened, tmp_path: Path
):
    page = places()
    hand_in(page, table(tmp_path, "again.csv", f"AGAIN,甲,{LON},{LAT}"))
    page.click("#import-run")
    page.wait_for_selector("#import-progress >> text=已导入")
    page.reload()
    until(page, THERE)
    page.wait_for_selector("#import-drop >> text=again.csv")
    page.wait_for_selector("#import-progress >> text=已导入")


def test_files_that_belong_together_are_given_together(product: Product, places: Opened, tmp_path: Path):
    page = places()
    shapefile(tmp_path, "LOOSE")
    hand_in(page, *(tmp_path / f"警务室{ending}" for ending in (".dbf", ".shp", ".shx")))
    until(page, "zhihui.overlay.features('import.preview').length === 12")
    page.wait_for_selector("#import-drop >> text=警务室.shp")


def test_who_may_not_import_sees_what_was_imported_and_no_form(product: Product, places: Opened):
    page = places("lin", wait="window.zhihui && document.getElementById('import-history')")
    page.wait_for_selector("#import-history .ag-row")
    assert page.locator("#import-drop").count() == 0
    page.wait_for_selector("text=只有数据专员可以导入")


def test_tabs_are_reached_by_the_keyboard_and_named_in_the_address(product: Product, places: Opened):
    page = places()
    page.get_by_role("tab", name="导入").focus()
    page.keyboard.press("ArrowDown")
    until(page, "new URL(location.href).searchParams.get('tab') === 'grids'")
    page.keyboard.press("Tab")
    inside = "document.activeElement.closest('.mantine-Tabs-panel, .leaflet-container, .map-frame') !== null"
    until(page, inside)
    page.reload()
    until(page, "document.querySelector('[role=tab][aria-selected=true]')?.innerText === '网格'")


def test_the_file_field_is_reached_by_the_keyboard(product: Product, places: Opened):
    page = places()
    page.focus("#import-kind")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "import-file"


@pytest.mark.parametrize("lang", ["zh-CN", pytest.param("en", marks=pytest.mark.whole)])
@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160), (1536, 864)])
def test_the_import_tab_can_be_read(
    product: Product, places: Opened, tmp_path: Path, lang: str, size: tuple[int, int]
):
    page = places()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{product.url}/places?lang={lang}")
    until(page, THERE)
    choose(page, "import-kind", "警务室" if lang == "zh-CN" else "Police posts")
    page.set_input_files("#import-file", [table(tmp_path, "read.csv", f"READ,甲,{LON},{LAT}")])
    page.wait_for_selector(".import-map-row")
    page.wait_for_selector("#import-history .ag-row")
    assert faults(page, 4.5, 14.0 * max(1.0, size[1] / 1080)) == []


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_asks_anything_of_another_host_or_breaks(product: Product, places: Opened, tab: str):
    before = len(product.foreign), len(product.errors)
    page = places(query=f"?tab={tab}", wait="window.zhihui && zhihui.connected && zhihui.map")
    bones = "Array.from(document.querySelectorAll(`#${tab}-pane .tab-bones`))"
    until(page, f"tab => !{bones}.some(one => one.offsetParent)", tab)
    assert (product.foreign[before[0] :], product.errors[before[1] :]) == ([], [])
    toasts: Any = page.locator(".toast.fault").count()
    assert toasts == 0


def test_a_press_on_the_ground_is_heard_by_the_open_tab_alone(product: Product, places: Opened):
    page = places()
    page.locator("#map").click(position={"x": 400, "y": 400})
    page.get_by_role("tab", name="道路与可达", exact=True).click()
    until(page, "document.querySelector('#reach-figures .figures')")
    assert product.errors == []


CUT_OFF = """() => Array.from(document.querySelectorAll('.places-tabs :is(.ag-header-cell-text, h2)'))
  .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"""
SETTLED = """tab => {
  const pane = document.getElementById(`${tab}-pane`);
  const bones = Array.from(pane.querySelectorAll('.tab-bones')).some((one) => one.offsetParent);
  return !bones && Array.from(pane.querySelectorAll('.ag-header-cell-text')).some((one) => one.offsetParent);
}"""


@pytest.mark.whole
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_heading_of_every_tab_is_told_whole(product: Product, places: Opened, lang: str):
    page = places(query=f"?lang={lang}")
    page.goto(f"{product.url}/places?lang={lang}")
    until(page, THERE)
    for at, tab in enumerate(TABS):
        page.locator(".places-tabs > .mantine-Tabs-list .mantine-Tabs-tab").nth(at).click()
        until(page, SETTLED, tab)
        views = page.locator(f"#{tab}-view label")
        for view in range(max(views.count(), 1)):
            if views.count():
                views.nth(view).click()
            until(page, SETTLED, tab)
            assert page.evaluate(CUT_OFF) == [], (tab, view)
