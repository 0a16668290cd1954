"""The heat map over a city of two towns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.heat import read_heat, resolution_of
from actions.services import Services
from core.cells import RESOLUTION, cell_of, text_of
from core.errors import InvalidInput
from tests.cast import FIRE, IN_A, IN_B, LITTER, OFFICER, OFFICER_A
from tests.parts import Clock, report

CELL_A, CELL_B = text_of(cell_of(*IN_A)), text_of(cell_of(*IN_B))


def counts(city: Services, zoom: float = 15, by: object = OFFICER, **more: object) -> dict[str, int]:
    found = read_heat(city, by, "live", zoom, **more)  # type: ignore[arg-type]
    return {cell.cell: cell.count for cell in found.cells}


def test_incidents_are_counted_by_hexagon_the_hottest_first(city: Services):
    report(city, IN_B)
    for _ in range(3):
        report(city, IN_A)
    found = read_heat(city, OFFICER, "live", 15)
    assert [(cell.cell, cell.count) for cell in found.cells] == [(CELL_A, 3), (CELL_B, 1)]
    assert all(cell.place for cell in found.cells)
    assert found.resolution == RESOLUTION
    assert (len(found.cells[0].ring), list(found.cuts)) == (6, [3])


def test_from_afar_hexagons_are_wider_and_count_the_same(city: Services):
    for where in (IN_A, IN_B):
        report(city, where)
    assert sum(counts(city, zoom=15).values()) == sum(counts(city, zoom=5).values()) == 2
    assert len(counts(city, zoom=15)) == 2
    assert [resolution_of(zoom) for zoom in (5, 10, 12, 13, 18)] == [6, 7, 8, 9, 9]


def test_period_class_box_and_area_say_what_counts(city: Services, clock: Clock):
    report(city, IN_A)
    report(city, IN_B, **{"class": LITTER})
    start = clock.at
    clock.pass_(days=2)
    assert sum(counts(city).values()) == 2
    assert counts(city, since=start + timedelta(days=1)) == {}
    assert list(counts(city, class_code=FIRE)) == [CELL_A]
    assert list(counts(city, bbox=(118.12, 24.4, 118.2, 24.6))) == [CELL_B]
    assert list(counts(city, by=OFFICER_A)) == [CELL_A]


def test_a_zoom_that_no_map_has_is_refused(city: Services):
    for zoom in (-1, 99, float("nan")):
        with pytest.raises(InvalidInput):
            counts(city, zoom=zoom)
