"""The map: painted from tiles, named without collisions, counted when crowded; it says what things are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from actions.imports import import_file
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import FIRE, Product, Seat, caught_up

pytestmark = pytest.mark.browser
Hung = Callable[[], Page]
PAINTED = "zhihui.ground.due() === 0 && zhihui.names.written().length > 0 && !zhihui.names.busy()"
VIEW = """async ([lat, lon, zoom]) => {
    zhihui.map.getContainer().dispatchEvent(new WheelEvent('wheel', { deltaY: 0 }));
    while (zhihui.map._animatingZoom) await new Promise(requestAnimationFrame);
    zhihui.map.setView([lat, lon], zoom, { animate: false });
}"""
"""As if by a hand: a wall would move to what is open by itself, and may just be at it."""
COLOURS = """() => {
    const { width, height } = zhihui.quiet._container;
    const data = zhihui.quiet._ctx.getImageData(0, 0, width, height).data;
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    const of = name => parseInt(zhihui.token(name).slice(1), 16);
    return ['map-sea', 'map-land', 'road-primary', 'grid-0'].filter(name => seen.has(of(name)));
}"""
CLEAR = """(() => {
    const corner = zhihui.map.containerPointToLayerPoint([0, 0]);
    const flat = ({ min, max }) => [min.x, min.y, max.x, max.y];
    const pins = zhihui.pins(L.bounds(corner, corner.add(zhihui.map.getSize()))).map(flat);
    const names = zhihui.names.written().map(({ box }) => box);
    const meet = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
    const clash = (name, n) => [...names.slice(n + 1), ...pins].some(other => meet(name, other));
    return pins.length > 0 && names.length > 0 && !names.some(clash);
})()"""
"""No name lies on another or on the pin of an incident, and there are both."""
COUNTED = """() => {
    const hidden = f => zhihui.marks.incidents.get(f.id).options.hidden;
    const open = zhihui.features('incidents').filter(f => zhihui.isOpen(f.properties));
    const isGrave = p => p.severity === 1 || (p.severity === 2 && p.status === 'reported');
    const grave = open.filter(f => isGrave(f.properties));
    const counted = Array.from(zhihui.clusters.values()).reduce((n, c) => n + c.ids.length, 0);
    return [counted + open.filter(f => !hidden(f)).length, grave.filter(hidden).length, open.length];
}"""
BARE = """(() => {
    const frame = zhihui.map.getContainer().getBoundingClientRect();
    for (const [left, top, right, bottom] of zhihui.placeBoxes()) {
        const middle = L.point((left + right) / 2, (top + bottom) / 2);
        const at = zhihui.map.layerPointToContainerPoint(middle);
        const [x, y] = [at.x + frame.left, at.y + frame.top];
        const over = document.elementFromPoint(x, y);
        if (!over || !over.closest('#map') || over.closest('.leaflet-control') || zhihui.at(at)) continue;
        const { props } = zhihui.placeAt(middle, 1);
        return { name: props.name, code: props.code, x, y };
    }
    return null;
})()"""


def bare_place(page: Page) -> dict[str, Any]:
    """An icon in view that nothing else stands on: name, code, and where it is in the page."""
    until(page, f"Boolean({BARE})")
    found: dict[str, Any] = page.evaluate(BARE)
    return found


def test_land_sea_roads_and_districts_are_painted(wall: Hung):
    page = wall()
    until(page, PAINTED)
    assert page.evaluate(COLOURS) == ["map-sea", "map-land", "road-primary", "grid-0"]


@pytest.mark.parametrize("zoom", [11, 13, 15.25])
def test_names_cover_neither_each_other_nor_a_pin(product: Product, wall: Hung, zoom: float):
    page = wall()
    ident = product.report(118.1, 24.515)
    caught_up(page, product)
    page.evaluate(VIEW, [24.515, 118.1, zoom])
    until(page, f"z => zhihui.map.getZoom() === z && {PAINTED}", zoom)
    until(page, "id => Boolean(zhihui.marks.incidents.get(id)?._pxBounds)", ident)
    until(page, CLEAR)


def test_names_stay_where_they_are_while_the_map_is_panned(wall: Hung):
    page = wall()
    page.evaluate(VIEW, [24.515, 118.1, 14])
    until(page, PAINTED)
    middle = """() => zhihui.names.written().filter(({ box }) => {
        const at = zhihui.map.layerPointToContainerPoint([box[0], box[1]]);
        return at.x > 300 && at.x < 700 && at.y > 300 && at.y < 600;
    }).map(({ text, box }) => {
        const at = zhihui.map.layerPointToLatLng([box[0], box[1]]);
        return [text, at.lat.toFixed(4), at.lng.toFixed(4)].join();
    }).sort()"""
    before = page.evaluate(middle)
    assert before
    page.evaluate("zhihui.map.panBy([160, 90], { animate: false })")
    until(page, PAINTED)
    until(
        page,
        """before => {
            const now = new Set(zhihui.names.written().map(({ text }) => text));
            return before.every(name => now.has(name.split(',')[0]));
        }""",
        before,
    )


def test_a_place_says_what_it_is_and_escape_puts_the_words_away(product: Product, desk: Seat):
    page = desk()
    page.evaluate(VIEW, [24.515, 118.1, 15])
    place = bare_place(page)
    page.mouse.click(place["x"], place["y"])
    until(
        page,
        "name => document.querySelector('.map-info:not([hidden]) strong')?.textContent === name",
        place["name"],
    )
    said = page.inner_text(".map-info")
    assert place["code"] in said
    assert "编码" in said
    page.keyboard.press("Escape")
    until(page, "document.querySelector('.map-info').hidden")


def test_a_press_on_the_ground_tells_the_grid(product: Product, desk: Seat):
    page = desk()
    lon, lat, name = product.sql(
        """SELECT ARRAY[ST_X(p)::text, ST_Y(p)::text, name] FROM (SELECT name, ST_PointOnSurface(geom) AS p
            FROM city.grid WHERE tier = 3 ORDER BY ST_Area(geom) DESC LIMIT 1) AS widest"""
    )
    page.evaluate(VIEW, [float(lat), float(lon), 17])
    until(page, "zhihui.ground.due() === 0")
    spot = page.evaluate(
        """() => {
            const size = zhihui.map.getSize();
            const box = zhihui.map.getContainer().getBoundingClientRect();
            const middle = size.divideBy(2);
            const place = zhihui.placeAt(zhihui.map.containerPointToLayerPoint(middle), 14);
            return place || zhihui.at(middle) ? null : [box.left + middle.x, box.top + middle.y];
        }"""
    )
    assert spot, "something stands in the middle of the widest grid"
    page.mouse.click(*spot)
    until(
        page, "name => document.querySelector('.map-info:not([hidden]) strong')?.textContent === name", name
    )
    said = page.inner_text(".map-info")
    assert "三级网格" in said and "面积" in said and "户数" in said


def test_a_layer_is_switched_by_keys_and_remembered(desk: Seat):
    page = desk()
    page.evaluate(VIEW, [24.515, 118.1, 15])
    until(page, "!document.querySelector('[data-legend=\"icon:post\"]').hidden")
    page.focus(".layers-open")
    page.keyboard.press("Enter")
    page.locator(".layer-row", has_text="警务室").locator("input").focus()
    page.keyboard.press("Space")
    until(page, "document.querySelector('[data-legend=\"icon:post\"]').hidden && !zhihui.isOn('posts')")
    page.keyboard.press("Escape")
    until(page, "document.querySelector('.layers-panel').hidden")
    assert page.evaluate("document.activeElement.className") == "layers-open"
    page.reload()
    until(page, "window.zhihui && zhihui.map && !zhihui.isOn('posts')")


def test_the_wall_has_no_switch_but_a_legend_and_a_scale(wall: Hung):
    page = wall()
    until(page, "(document.querySelector('.scale-bar') || {}).textContent")
    assert page.locator(".layers-open").count() == 0
    assert page.inner_text(".scale-bar").endswith(("米", "公里"))
    assert page.locator(".map-note.legend .legend-item:visible").count() >= 8


def test_a_tile_that_fails_is_asked_for_again(product: Product, desk: Seat):
    page = desk()
    failed: list[str] = []

    def sometimes(route: Any) -> None:
        if len(failed) < 4:
            failed.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/layers/base/tiles/**", sometimes)
    page.evaluate(VIEW, [24.56, 118.2, 16])
    until(page, "zhihui.ground.due() === 0", seconds=40)
    assert len(failed) == 4
    assert product.foreign == []


def test_what_is_imported_reaches_an_open_page(product: Product, desk: Seat, tmp_path: Path):
    page = desk()
    page.evaluate(VIEW, [24.515, 118.1, 16])
    until(page, PAINTED)
    spot = {"type": "Point", "coordinates": [118.1, 24.515]}
    post = {"type": "Feature", "properties": {"code": "NEW1", "name": "新设警务室"}, "geometry": spot}
    source = tmp_path / "posts.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [post]}), encoding="utf-8")
    until(page, "document.getElementById('freshness').textContent.includes('状态已核对')")
    with services_for(product.settings) as parts:
        assert import_file(parts, SYSTEM, "posts", source).ok
    until(
        page,
        """() => {
            const at = zhihui.map.latLngToLayerPoint([24.515, 118.1]);
            return zhihui.placeAt(at, 2)?.props.code === 'NEW1';
        }""",
    )


GLIDE = """() => {
    const unit = zhihui.features('units').find(f => f.properties.status === 'available').id;
    const mark = zhihui.marks.units.get(unit);
    const from = mark.getLatLng();
    zhihui.store.move([[unit, from.lng + 0.01, from.lat, zhihui.time.now() + 60000, null, null]]);
    const gone = mark.getLatLng().lng - from.lng;
    zhihui.glide.forget(unit);
    return gone;
}"""
"""Degrees between a unit's mark and its old place at the moment at which a new position is heard."""


@pytest.mark.parametrize(("wish", "gone"), [("no-preference", 0.0), ("reduce", 0.01)])
def test_units_do_not_glide_for_whoever_wants_no_motion(wall: Hung, wish: Any, gone: float):
    page = wall()
    page.emulate_media(reduced_motion=wish)
    assert page.evaluate(GLIDE) == pytest.approx(gone, abs=1e-9)


def crowd(folder: Path) -> Path:
    """A file of 420 incidents about the middle of the city, a quarter of each level."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [118.06 + n % 20 / 250, 24.48 + n // 20 / 333]},
            "properties": {"class": FIRE, "severity": 1 + n % 4, "text": "积水", "source_id": f"crowd{n}"},
        }
        for n in range(420)
    ]
    made = folder / "crowd.geojson"
    made.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return made


def test_a_crowd_of_pins_is_counted_exactly_and_hides_no_grave_one(
    product: Product, wall: Hung, tmp_path: Path
):
    page = wall()
    page.evaluate(VIEW, [24.515, 118.1, 11])
    with services_for(product.settings) as parts:
        assert import_file(parts, SYSTEM, "incidents", crowd(tmp_path)).ok
    caught_up(page, product)
    until(page, "zhihui.clusters.size > 3")
    counted, grave_hidden, still_open = page.evaluate(COUNTED)
    assert counted == still_open >= 420
    assert grave_hidden == 0
    page.evaluate(VIEW, [24.515, 118.1, 16])
    until(page, "zhihui.clusters.size === 0")
