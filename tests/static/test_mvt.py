"""The decoder of vector tiles, against tiles that PostGIS makes and against bytes that are none."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import Error, Page
from sqlalchemy import Engine, text

from tests.static.conftest import Bench

pytestmark = pytest.mark.browser
DECODE = "b => zhihui.mvt(Uint8Array.from(atob(b), c => c.charCodeAt(0)))"
TILE = text(
    """SELECT ST_AsMVT(item, :name) FROM (
        SELECT ST_AsMVTGeom(ST_GeomFromText(wkt), ST_MakeEnvelope(0, 0, 4096, 4096), 4096, 64, false) AS geom,
               name, whole, real, yes
        FROM unnest(CAST(:wkts AS text[]), CAST(:names AS text[]), CAST(:wholes AS int[]),
                    CAST(:reals AS float8[]), CAST(:yeses AS boolean[])) AS given(wkt, name, whole, real, yes)
    ) AS item"""
)


def decoded(page: Page, tile: bytes) -> Any:
    return page.evaluate(DECODE, base64.b64encode(tile).decode())


@pytest.fixture
def page(bench: Bench) -> Page:
    return bench("38-mvt")


def made(engine: Engine, *wkts: str) -> bytes:
    rows = len(wkts)
    values = {
        "name": "things", "wkts": list(wkts), "names": ["云港区"] * rows, "wholes": [-7] * rows,
        "reals": [0.25] * rows, "yeses": [True] * rows,
    }  # fmt: skip
    with engine.connect() as conn:
        return bytes(conn.execute(TILE, values).scalar_one())


def test_points_lines_and_areas_come_out_where_they_went_in(page: Page, engine: Engine):
    hole = "(400 400, 400 600, 600 600, 600 400, 400 400)"
    square = f"POLYGON((0 0, 1000 0, 1000 1000, 0 1000, 0 0), {hole})"
    tile = made(engine, "POINT(10 4086)", "LINESTRING(0 4096, 100 4000, 300 4000)", square)
    things = decoded(page, tile)["things"]
    assert things["extent"] == 4096
    point, line, area = things["features"]
    assert (point["type"], point["parts"]) == (1, [[10, 10]])
    assert (line["type"], line["parts"]) == (2, [[0, 0, 100, 96, 300, 96]])
    assert area["type"] == 3 and [len(ring) for ring in area["parts"]] == [10, 10]
    assert all(ring[:2] == ring[-2:] for ring in area["parts"])
    assert {*zip(area["parts"][1][::2], area["parts"][1][1::2], strict=True)} == {
        (400, 3696), (400, 3496), (600, 3496), (600, 3696)
    }  # fmt: skip


def test_many_points_are_one_run_and_many_lines_are_many(page: Page, engine: Engine):
    tile = made(engine, "MULTIPOINT(1 4095, 2 4094)", "MULTILINESTRING((0 4096, 9 4096), (0 4090, 9 4090))")
    points, lines = decoded(page, tile)["things"]["features"]
    assert len(points["parts"]) == 1 and sorted(points["parts"][0]) == [1, 1, 2, 2]
    assert lines["parts"] == [[0, 0, 9, 0], [0, 6, 9, 6]]


def test_properties_keep_their_kind(page: Page, engine: Engine):
    props = decoded(page, made(engine, "POINT(1 1)"))["things"]["features"][0]["props"]
    assert props == {"name": "云港区", "whole": -7, "real": 0.25, "yes": True}


def test_no_bytes_are_no_layers(page: Page):
    assert decoded(page, b"") == {}


def test_layers_follow_each_other(page: Page, engine: Engine):
    one = made(engine, "POINT(1 1)")
    assert list(decoded(page, one + one.replace(b"things", b"others"))) == ["things", "others"]


def test_bytes_that_are_cut_short_are_refused(page: Page, engine: Engine):
    tile = made(engine, "LINESTRING(0 0, 100 100)")
    with pytest.raises(Error, match="vector tile"):
        decoded(page, tile[:-3])


def test_any_bytes_end_in_layers_or_a_refusal(page: Page, engine: Engine):
    """Bytes of a tile with some of them changed: nothing but a RangeError comes of it."""
    tile = base64.b64encode(made(engine, "LINESTRING(0 0, 100 100)", "POINT(3 3)")).decode()
    others = page.evaluate(
        """b => {
            const tile = Uint8Array.from(atob(b), c => c.charCodeAt(0));
            const others = new Set();
            let dice = 7;
            const roll = most => (dice = (dice * 48271) % 2147483647) % most;
            for (let n = 0; n < 5000; n++) {
                const changed = tile.slice();
                for (let k = 0; k < 3; k++) changed[roll(changed.length)] = roll(256);
                try { zhihui.mvt(changed); } catch (error) {
                    if (!(error instanceof RangeError)) others.add(String(error));
                }
            }
            return Array.from(others);
        }""",
        tile,
    )
    assert others == []
