"""A file is suspected only on evidence, and never moved."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.datum import Pair, gcj02_to_bd09, wgs84_to_gcj02
from geo.files import Reading
from geo.problems import Problem
from geo.suspicion import suspect_datum, suspect_outside, suspect_water

#: A street every 200 m, for 4 km: dense enough that a point shifted by half a kilometre is near one again.
STREETS = [shapely.LineString([(118.0 + 0.002 * i, 24.4), (118.0 + 0.002 * i, 24.44)]) for i in range(21)]
ALONG = np.array([(118.0 + 0.002 * (i % 21), 24.401 + 0.0009 * i) for i in range(40)])
CITY = (118.0, 24.4, 118.04, 24.44)


def to_bd09(lon: np.ndarray, lat: np.ndarray) -> Pair:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


SHIFTS: dict[str, Callable[[np.ndarray, np.ndarray], Pair]] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "gcj02": wgs84_to_gcj02,
    "bd09": to_bd09,
}


def reading(points: np.ndarray) -> Reading:
    frame = gpd.GeoDataFrame(geometry=list(shapely.points(points)), index=range(1, len(points) + 1), crs=4326)
    return Reading(frame, [], stated=points)


def shifted(datum: str, points: np.ndarray = ALONG) -> np.ndarray:
    return np.column_stack(SHIFTS[datum](points[:, 0], points[:, 1]))


def suspected(problems: list[Problem]) -> str | None:
    return problems[0].params["suspected"] if problems else None


@pytest.mark.parametrize("declared", SHIFTS)
@pytest.mark.parametrize("true", SHIFTS)
def test_the_datum_is_told_by_the_streets_when_another_was_declared(true: str, declared: str):
    found = suspect_datum(reading(shifted(true)), declared, STREETS)
    assert suspected(found) == (None if true == declared else true)


def test_places_that_the_city_knows_decide_before_streets_do():
    inside = np.random.default_rng(1).uniform((118.0, 24.4), (118.04, 24.44), (30, 2))
    (found,) = suspect_datum(reading(shifted("gcj02", inside)), None, STREETS, known=inside)
    assert found.params == {"suspected": "gcj02", "fits_m": 0.0, "now_m": pytest.approx(583, abs=40)}
    assert suspect_datum(reading(inside), None, STREETS, known=inside) == []


def test_a_few_rows_or_a_city_without_streets_prove_nothing():
    assert suspect_datum(reading(shifted("gcj02")[:5]), None, STREETS) == []
    assert suspect_datum(reading(shifted("gcj02")), None, []) == []


def test_a_file_of_another_town_is_told_with_its_share():
    far = ALONG + np.where(np.arange(40) % 2, 1.0, 0.0)[:, None]
    assert [p.params for p in suspect_outside(reading(far), CITY)] == [{"share": 50, "count": 20}]
    assert suspect_outside(reading(ALONG), CITY) == []


def test_points_on_the_sea_are_told_and_two_bridges_are_not():
    sea = [shapely.box(118.02, 24.3, 118.1, 24.5)]
    (found,) = suspect_water(reading(ALONG), sea)
    assert (found.code, found.params["rows"].split(", ")[0]) == ("suspect_water", "11")
    assert suspect_water(reading(ALONG), [shapely.box(118.0199, 24.3, 118.0201, 24.412)]) == []
