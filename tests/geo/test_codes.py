import pytest

from geo.codes import STANDARD, CodeScheme, made_code

GRID = "990101001001001"


def test_the_length_of_a_code_is_its_tier():
    assert [STANDARD.tier(GRID[:length]) for length in (6, 9, 12, 15)] == [0, 1, 2, 3]


@pytest.mark.parametrize("code", ["G-0001", "99010", "", "99010x", "９９０１０１"])
def test_a_code_of_another_shape_has_no_tier_and_no_parent(code):
    assert STANDARD.tier(code) is None
    assert STANDARD.parent(code) is None
    assert STANDARD.prefixes(code) == (code,)


def test_parents_lead_up_to_the_county():
    assert STANDARD.parent(GRID) == "990101001001"
    assert STANDARD.parent("990101001") == "990101"
    assert STANDARD.parent("990101") is None


def test_prefixes_go_from_the_county_to_the_grid():
    assert STANDARD.prefixes(GRID) == ("990101", "990101001", "990101001001", GRID)


def test_belonging_is_a_prefix_test():
    assert STANDARD.within(GRID, "9901")
    assert STANDARD.within(GRID, "990101001")
    assert not STANDARD.within(GRID, "990101002")
    assert STANDARD.within("anything", "")


def test_made_codes_do_not_contain_one_another():
    assert not STANDARD.within("G-00010", "G-0001")
    assert made_code("G", 7) == "G-0007"


def test_another_city_may_have_longer_grid_codes():
    scheme = CodeScheme((6, 9, 12, 20))
    assert scheme.tier("9" * 20) == 3
    assert scheme.parent("9" * 20) == "9" * 12
