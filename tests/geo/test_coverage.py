import time

import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import Area, check_tier

STEP = 0.001
METRES2 = 0.001**2 * 111_195**2 * 0.91  # about 11,260 m² a cell at 24.5° N


def cell(x, y, width=1, height=1):
    return shapely.box(118 + x * STEP, 24.5 + y * STEP, 118 + (x + width) * STEP, 24.5 + (y + height) * STEP)


def board(size, parent=None):
    return [Area(f"{x}-{y}", parent, cell(x, y)) for x in range(size) for y in range(size)]


def kinds(faults):
    return [(fault.kind, fault.codes) for fault in faults]


def test_an_exact_tier_has_no_fault():
    assert check_tier(board(5, "p"), {"p": cell(0, 0, 5, 5)}) == []


def test_an_overlap_names_both_grids_and_its_size():
    areas = [Area("a", "p", cell(0, 0, 1.5)), Area("b", "p", cell(1, 0))]
    (fault,) = check_tier(areas, {"p": cell(0, 0, 2)})
    assert (fault.kind, fault.codes) == ("overlap", ("a", "b"))
    assert abs(fault.area_m2 - METRES2 / 2) < METRES2 * 0.01
    assert 118.001 < fault.at[0] < 118.0015


def test_a_deleted_grid_on_the_rim_is_a_gap_of_its_parent():
    areas = [area for area in board(3, "p") if area.code != "0-0"]
    assert kinds(check_tier(areas, {"p": cell(0, 0, 3, 3)})) == [("gap", ("p",))]


def test_a_hole_is_a_gap_also_without_parents():
    areas = [area for area in board(3) if area.code != "1-1"]
    (fault,) = check_tier(areas)
    assert fault.kind == "gap"
    assert 118.001 < fault.at[0] < 118.002


def test_a_grid_that_sticks_out_of_its_parent_is_told():
    areas = [Area("a", "p", cell(0, 0, 2))]
    assert kinds(check_tier(areas, {"p": cell(0, 0)})) == [("outside", ("a",))]


def test_a_parent_without_children_is_one_gap():
    assert kinds(check_tier(board(1, "p"), {"p": cell(0, 0), "q": cell(3, 3)})) == [("gap", ("q",))]


def test_the_ground_of_a_fault_is_kept_to_be_drawn():
    areas = [Area("a", "p", cell(0, 0, 1.5)), Area("b", "p", cell(1, 0))]
    (fault,) = check_tier(areas, {"p": cell(0, 0, 2)}, tier=3)
    assert fault.tier == 3
    assert shapely.symmetric_difference(fault.geom, cell(1, 0, 0.5)).area < 1e-12


def test_two_grids_of_one_shape_are_duplicates():
    areas = [Area("a", "p", cell(0, 0)), Area("b", "p", cell(0, 0))]
    assert kinds(check_tier(areas, {"p": cell(0, 0)})) == [("duplicate", ("a", "b"))]


def test_a_border_drawn_twice_is_a_sliver():
    metre = 1 / 101
    overlapping = [Area("a", "p", cell(0, 0, 1 + metre)), Area("b", "p", cell(1, 0))]
    apart = [Area("a", "p", cell(0, 0, 1 - metre)), Area("b", "p", cell(1, 0))]
    for areas, of in ((overlapping, "overlap"), (apart, "gap")):
        (fault,) = check_tier(areas, {"p": cell(0, 0, 2)})
        assert (fault.kind, fault.detail) == ("sliver", of)


def test_a_gap_and_an_overlap_of_one_size_do_not_hide_each_other():
    areas = [Area("a", "p", cell(0, 0, 1.5)), Area("b", "p", cell(1, 0)), Area("c", "p", cell(2.5, 0, 0.5))]
    found = check_tier(areas, {"p": cell(0, 0, 3)})
    assert kinds(found) == [("gap", ("p",)), ("overlap", ("a", "b"))]


def test_slivers_of_rounding_are_no_faults():
    areas = [Area("a", "p", cell(0, 0, 1.000001)), Area("b", "p", cell(1, 0))]
    assert check_tier(areas, {"p": cell(0, 0, 2)}) == []


def test_nothing_to_check_has_no_faults():
    assert check_tier([], {"p": cell(0, 0)}) == []


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6))
def test_the_gaps_are_as_large_as_what_was_taken_away(taken):
    areas = [area for area in board(5, "p") if tuple(map(int, area.code.split("-"))) not in taken]
    faults = check_tier(areas, {"p": cell(0, 0, 5, 5)})
    assert {fault.kind for fault in faults} <= {"gap"}
    assert abs(sum(fault.area_m2 for fault in faults) / METRES2 - len(taken)) < 0.02


def test_ten_thousand_grids_are_checked_within_seconds():
    began = time.process_time()
    assert check_tier(board(100, "p"), {"p": cell(0, 0, 100, 100)}) == []
    assert time.process_time() - began < 10
