import pytest
import shapely

from geo.coverage import Area
from geo.hierarchy import check_city
from geo.repair import propose

P = "990101001001"
WIDE = 0.001  # degrees: about 101 m from west to east, 111 m from south to north
METRE = WIDE / 101


def box(west, east, south=0.0, north=1.0):
    """Sides in cells of 0.001°."""
    return shapely.box(118 + west * WIDE, 24.5 + south * WIDE, 118 + east * WIDE, 24.5 + north * WIDE)


def city(*bases, parent=None):
    """Base grids P001, P002 … in one community."""
    grids = [Area(f"{P}{n:03d}", P, geom) for n, geom in enumerate(bases, 1)]
    return {2: [Area(P, None, parent or box(0, 3))], 3: grids}


def mended(tiers, **how):
    """The faults, the repair, and the faults left when it is applied."""
    faults = check_city(tiers)
    repair = propose(tiers, faults, **how)
    changed = {(c.tier, c.code): c for c in repair.changes}
    after = {
        tier: [
            Area(a.code, c.parent, c.geom) if (c := changed.get((tier, a.code))) else a for a in areas
        ]
        for tier, areas in tiers.items()
    }  # fmt: skip
    return faults, repair, check_city(after)


def test_an_overlap_goes_to_one_of_the_two_and_nothing_else_changes():
    faults, repair, left = mended(city(box(0, 1.1), box(1, 2), box(2, 3)))
    assert [fault.kind for fault in faults] == ["overlap"]
    assert left == []
    assert {change.code[-3:] for change in repair.changes if change.gained_m2 + change.lost_m2 > 1} <= {
        "001",
        "002",
    }
    assert sum(change.lost_m2 for change in repair.changes) == pytest.approx(faults[0].area_m2, abs=1)
    assert sum(change.gained_m2 for change in repair.changes) < 1


def test_a_narrow_gap_goes_to_the_neighbour_with_the_longest_border():
    gap = city(box(0, 1), box(1 + 0.05, 2, 0, 0.4), box(1 + 0.05, 2, 0.4, 1), box(2, 3))
    faults, repair, left = mended(gap)
    assert [fault.kind for fault in faults] == ["gap"]
    assert left == []
    (grown,) = [change for change in repair.changes if change.gained_m2 > 1]
    assert grown.code == P + "001"
    assert grown.gained_m2 == pytest.approx(faults[0].area_m2, abs=1)
    assert grown.after_m2 - grown.before_m2 == pytest.approx(grown.gained_m2, abs=0.2)


def test_a_strip_missing_at_the_rim_is_filled_as_well():
    faults, repair, left = mended(city(box(0, 1), box(1, 2), box(2, 2.95)))
    assert (faults[0].kind, left) == ("gap", [])
    assert [change.code[-3:] for change in repair.changes if change.gained_m2 > 1] == ["003"]


def test_a_gap_as_wide_as_a_grid_is_refused():
    tiers = city(box(0, 1), box(2, 3))
    _, repair, _ = mended(tiers)
    assert (repair.changes, repair.refused) == ((), {0: "too_wide"})
    assert mended(tiers, gap_m=200.0)[2] == []


def test_two_grids_of_one_shape_and_great_overlaps_are_for_people():
    assert mended(city(box(0, 1), box(0, 1), box(1, 3)))[1].refused == {0: "duplicate"}
    assert mended(city(box(0, 1.8), box(1, 2), box(2, 3)))[1].refused == {0: "too_much"}


def test_a_parent_becomes_the_union_of_its_children_where_one_sticks_out():
    faults, repair, left = mended(city(box(0, 1), box(1, 2), box(2, 3.2)))
    assert [fault.kind for fault in faults] == ["outside"]
    assert left == []
    (change,) = repair.changes
    assert (change.code, change.gained_m2) == (P, pytest.approx(faults[0].area_m2, abs=0.2))


def test_an_orphan_hangs_where_its_ground_lies():
    tiers = city(box(0, 1), box(1, 2), box(2, 3))
    tiers[3][1] = Area(tiers[3][1].code, None, tiers[3][1].geom)
    _, repair, left = mended(tiers)
    assert left == []
    assert (repair.changes[0].parent, repair.changes[0].gained_m2) == (P, 0)


def test_a_code_is_not_guessed():
    tiers = city(box(0, 1), box(1, 2), box(2, 3))
    tiers[3][0] = Area("990101002001001", P, tiers[3][0].geom)
    assert mended(tiers)[1].refused == {0: "code"}


def test_only_the_faults_asked_for_are_mended():
    tiers = city(box(0, 1.1), box(1, 2), box(2, 2.95))
    faults = check_city(tiers)
    repair = propose(tiers, [fault for fault in faults if fault.kind == "gap"])
    assert {change.code[-3:] for change in repair.changes if change.gained_m2 + change.lost_m2 > 1} == {"003"}
