"""Cells and their parents, beside the library's own."""

import h3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cells import RESOLUTION, cell_of, parent_masks, ring_of

LON, LAT = st.floats(-180, 180), st.floats(-89, 89)


@settings(deadline=None)
@given(LON, LAT, st.integers(0, RESOLUTION))
def test_a_parent_by_its_bits_is_the_parent(lon: float, lat: float, resolution: int):
    cell = cell_of(lon, lat)
    keep, put = parent_masks(resolution)
    assert cell < 2**63
    assert h3.int_to_str(cell & keep | put) == h3.cell_to_parent(h3.int_to_str(cell), resolution)


def test_the_ring_of_a_cell_goes_round_its_point():
    ring = ring_of(cell_of(118.11, 24.49))
    assert len(ring) == 6
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    assert west < 118.11 < east
    assert east - west == pytest.approx(0.0035, abs=0.001)
