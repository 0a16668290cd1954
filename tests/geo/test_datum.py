import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import datum

XIAMEN = (118.0894, 24.4798)
XIAMEN_GCJ = (118.09437708, 24.47715323)
XIAMEN_BD = (118.10082059, 24.48341118)
SAN_FRANCISCO = (-122.4194, 37.7749)
TENTH_OF_A_MILLIMETRE = 1e-9  # degrees


def test_gcj02_has_the_known_offset_in_xiamen():
    lon, lat = datum.wgs84_to_gcj02(*map(np.float64, XIAMEN))
    assert (float(lon), float(lat)) == pytest.approx(XIAMEN_GCJ, abs=5e-9)


def test_bd09_has_the_known_offset_in_xiamen():
    lon, lat = datum.gcj02_to_bd09(*datum.wgs84_to_gcj02(*map(np.float64, XIAMEN)))
    assert (float(lon), float(lat)) == pytest.approx(XIAMEN_BD, abs=5e-9)


@pytest.mark.parametrize(("name", "given_"), [("gcj02", XIAMEN_GCJ), ("BD-09", XIAMEN_BD), ("wgs84", XIAMEN)])
def test_every_datum_comes_back_to_the_same_point(name, given_):
    lon, lat = datum.to_wgs84(*given_, name)
    assert (float(lon), float(lat)) == pytest.approx(XIAMEN, abs=1e-8)


@given(st.floats(73.5, 135.0), st.floats(18.0, 53.5))
def test_the_inverse_is_exact_to_a_tenth_of_a_millimetre_all_over_china(lon, lat):
    there = datum.gcj02_to_bd09(*datum.wgs84_to_gcj02(np.float64(lon), np.float64(lat)))
    back = datum.to_wgs84(*there, "bd09")
    assert abs(back[0] - lon) < TENTH_OF_A_MILLIMETRE
    assert abs(back[1] - lat) < TENTH_OF_A_MILLIMETRE


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_outside_china_nothing_moves(name):
    lon, lat = datum.to_wgs84(*SAN_FRANCISCO, name)
    assert (float(lon), float(lat)) == SAN_FRANCISCO


def test_a_metre_grid_becomes_degrees():
    lon, lat = datum.to_wgs84([500000.0], [0.0], "epsg:4548")
    assert (lon[0], lat[0]) == pytest.approx((117.0, 0.0), abs=1e-9)


def test_whole_arrays_are_converted_at_once():
    lon, lat = datum.to_wgs84(np.full(1000, XIAMEN_GCJ[0]), np.full(1000, XIAMEN_GCJ[1]), "gcj02")
    assert lon.shape == lat.shape == (1000,)
    assert np.ptp(lon) == 0


@pytest.mark.parametrize("name", ["mars", "EPSG:999999", "EPSG:5773", "EPSG:", ""])
def test_an_unknown_datum_is_refused_by_name(name):
    with pytest.raises(datum.UnknownDatum) as refused:
        datum.to_wgs84(0.0, 0.0, name)
    assert refused.value.params == {"datum": name}
