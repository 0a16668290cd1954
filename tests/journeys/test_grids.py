"""The grids in a real browser: a fault is found, looked at, mended; open pages follow new names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from playwright.sync_api import Page

from actions.imports import import_file
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import Product
from tests.journeys.test_map import Hung
from tests.journeys.test_places import Opened, places  # noqa: F401  the fixture

pytestmark = pytest.mark.browser

TAB = "window.zhihui && zhihui.connected && zhihui.map && document.getElementById('grids-view')"
ROWS = "document.querySelectorAll('#grids-faults .ag-row')"


def bring(product: Product, folder: Path, *features: dict[str, Any]) -> None:
    """Import grids as the command does."""
    path = folder / "grids.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    with services_for(product.settings) as parts:
        report = import_file(parts, SYSTEM, "grids", path)
    assert report.ok, report.problems


def grids(product: Product, tier: int) -> list[dict[str, Any]]:
    with product.api as api:
        found: list[dict[str, Any]] = api.get("/layers/grids/items", params={"limit": 1000}).json()[
            "features"
        ]
    return [grid for grid in found if grid["properties"]["tier"] == tier]


def changed(grid: dict[str, Any], by_deg: float = 0.0, **more: str) -> dict[str, Any]:
    """The same grid, wider by so much, with another name."""
    names = ("code", "tier", "name", "parent")
    properties = {name: grid["properties"][name] for name in names} | more
    shape = shapely.geometry.shape(grid["geometry"])
    geometry = shapely.geometry.mapping(shape.buffer(by_deg) if by_deg else shape)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_an_overlap_is_seen_on_the_map_and_mended(product: Product, places: Opened, tmp_path: Path):  # noqa: F811
    bring(product, tmp_path, changed(grids(product, 3)[5], 0.0001))
    page: Page = places(query="?tab=grids", wait=TAB)
    until(page, f"{ROWS}.length > 0")
    count = page.evaluate("zhihui.overlay.features('grids.faults').length")
    assert count > 0
    page.click("#grids-faults .ag-row[row-index='0'] [col-id=kind]")
    until(page, "zhihui.overlay.features('grids.chosen').length === 1")
    page.click("#grids-faults .ag-header-row input[type=checkbox]")
    page.click("#grids-preview")
    until(page, "zhihui.overlay.features('grids.repair').length > 0")
    page.click("#grids-apply")
    until(page, f"zhihui.overlay.features('grids.faults').length < {count}")
    until(page, "document.getElementById('grids-dialog').hidden")
    assert product.foreign == []


def test_a_district_that_is_renamed_is_renamed_on_an_open_wall(product: Product, wall: Hung, tmp_path: Path):
    page = wall()
    district = grids(product, 0)[0]
    row = f".count-row[data-key='{district['properties']['code']}'] .name"
    until(page, f'document.querySelector("{row}")?.textContent === {district["properties"]["name"]!r}')
    until(page, "zhihui.age() < 3000")
    bring(product, tmp_path, changed(district, name="新名区"))
    until(page, f"document.querySelector(\"{row}\")?.textContent === '新名区'")
