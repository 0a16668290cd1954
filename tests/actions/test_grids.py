"""Questions about the grids, and the repair of their faults."""

from datetime import timedelta

import pytest

from actions import grid_repair, grids, layers
from actions.layers import Asked
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput, NotFound
from core.permissions import SYSTEM
from db import grids as db
from tests import cast
from tests.boundaries import A1, A2, MIDDLE, NORTH, SOUTH, WEST, moved_border, overlapping, split
from tests.parts import kinds, report

DAY = timedelta(days=1)


@pytest.fixture
def overlap(bring):
    """The second base grid of the east gate reaches 0.0002° (20 m) over the first."""
    assert bring(overlapping()).ok


def ids(city):
    return [fault.id for fault in grids.faults(city, SYSTEM).listed]


def test_a_repair_says_what_would_change_and_writes_nothing(city, overlap):
    found = grid_repair.propose(city, SYSTEM, ids(city))
    assert (len(found.solved), found.refused) == (1, {})
    moved = [change for change in found.changes if change.gained_m2 + change.lost_m2 > 1]
    assert {change.code for change in moved} <= {A1, A2}
    assert sum(change.lost_m2 for change in moved) == pytest.approx(45_000, rel=0.05)
    assert len(grids.faults(city, SYSTEM).listed) == 1


def test_a_repair_that_is_applied_is_a_version_told_by_one_fact(city, overlap):
    found = grid_repair.propose(city, SYSTEM, ids(city))
    done = grid_repair.apply(city, Call(SYSTEM), ids(city), found.version)
    assert (done["version"], done["left"]) == (2, 0)
    assert grids.faults(city, SYSTEM).counts == {}
    assert grids.versions(city, SYSTEM)[0].origin == "repair"
    assert kinds(city).count("GridsTookEffect") == 1


def test_a_repair_of_grids_that_changed_meanwhile_is_refused(city, overlap, bring):
    wrong = ids(city)
    found = grid_repair.propose(city, SYSTEM, wrong)
    bring({A2: ((WEST + 0.0149, SOUTH, MIDDLE, NORTH), {})})
    with pytest.raises(grid_repair.GridsChanged):
        grid_repair.apply(city, Call(SYSTEM), wrong, found.version)


def test_what_cannot_be_mended_is_refused_with_its_reason(city, bring):
    bring({A1: (WEST, SOUTH, WEST + 0.01, NORTH)})
    (gap,) = ids(city)
    found = grid_repair.propose(city, SYSTEM, [gap])
    assert (found.changes, found.refused) == ([], {gap: "too_wide"})
    with pytest.raises(grid_repair.NothingToRepair):
        grid_repair.apply(city, Call(SYSTEM), [gap], found.version)


def test_an_officer_may_look_at_faults_of_the_own_area_but_not_repair(city, overlap):
    assert len(grids.faults(city, cast.OFFICER_A).listed) == 1
    with pytest.raises(Forbidden):
        grid_repair.propose(city, cast.OFFICER_A, ids(city))


def test_staffing_lists_who_is_short_and_over_and_counts_by_community_and_town(city, bring):
    west, east = split().values()
    bring({A1: (west, {"managers": 1, "assistants": 1}), A2: (east, {"managers": 1, "assistants": 6})})
    told = grids.staffing(city, cast.OFFICER_A)
    assert told.counts == {"short": 1, "over": 1}
    assert [(one.code, one.state) for one in told.wrong] == [(A1, "short"), (A2, "over")]
    community = next(area for area in told.areas if area.code == cast.AREA_A)
    assert (community.tier, community.grids, community.short, community.over) == (2, 2, 1, 1)
    assert grids.staffing(city, SYSTEM).counts == {"short": 1, "over": 1, "unknown": 1}


def test_the_balance_of_load_names_the_heaviest_first_and_hides_few_homes(city, bring):
    west, east = split().values()
    bring({A1: (west, {"households": 400}), A2: (east, {"households": 4})})
    for _ in range(3):
        report(city, (WEST + 0.001, 24.49))
    report(city, cast.IN_B)
    now = city.now()
    found = grids.load_balance(city, SYSTEM, now - DAY, now + DAY)
    first, *others = found.loads
    assert (first.code, first.incidents, first.per_1000) == (A1, 3, 7.5)
    assert first.ratio == pytest.approx(2.25)
    small = next(load for load in others if load.code == A2)
    assert (small.households, small.per_1000, small.homes_ratio) == (None, None, None)
    assert found.incident_spread is not None and found.incident_spread > 0


def test_few_people_are_told_by_no_layer_no_history_and_no_filter(city, bring):
    west, east = split().values()
    bring({A1: (west, {"households": 400}), A2: (east, {"households": 4})})
    told = {one["id"]: one["properties"] for one in layers.read_page(city, SYSTEM, "grids", Asked()).features}
    assert (told[A1]["households"], "households" in told[A2]) == (400, False)
    assert "households" not in layers.read_one(city, SYSTEM, "grids", A2)["properties"]
    assert all("households" not in stage.props for stage in grids.history(city, SYSTEM, A2).stages)
    with pytest.raises(InvalidInput):
        layers.read_page(city, SYSTEM, "grids", Asked(equal={"households": "4"}))


def test_incidents_are_counted_by_the_grids_as_they_happened_or_of_any_day(city, bring):
    where = (MIDDLE - 0.002, 24.49)
    report(city, where)
    now = city.now()
    bring(moved_border(), holds_from="2026-04-01")
    period = (now - DAY, now + DAY)
    count = grids.count_incidents
    assert count(city, SYSTEM, *period) == {cast.GRID_A: 1}
    assert count(city, SYSTEM, *period, boundaries=now) == {cast.GRID_A: 1}
    later = now + timedelta(days=60)
    assert count(city, SYSTEM, *period, boundaries=later) == {cast.GRID_B: 1}
    assert count(city, SYSTEM, *period, boundaries=later, tier=1) == {cast.TOWN_B: 1}
    assert count(city, SYSTEM, *period, tier=1) == {cast.TOWN_A: 1}


def test_the_history_of_a_grid_is_its_life_and_its_kin(city, bring):
    bring(split())
    found = grids.history(city, SYSTEM, A2)
    assert [stage.version for stage in found.stages] == [1]
    assert [(line.predecessor, line.share) for line in found.lineage] == [(A1, 1.0)]
    with pytest.raises(NotFound):
        grids.history(city, cast.OFFICER_A, cast.GRID_B)
    with pytest.raises(NotFound):
        grids.history(city, SYSTEM, "nowhere")


def test_a_grid_that_no_version_touched_has_the_life_it_has(city):
    assert grids.history(city, SYSTEM, cast.GRID_B).stages[0].holds_from == db.BEGINNING


def test_special_grids_are_told_with_their_kind_and_base_grids(city, bring):
    box = (MIDDLE - 0.003, 24.485, MIDDLE + 0.001, 24.489)
    bring({"S1": (box, {"name": "实验小学", "special": "school"})})
    (one,) = grids.special_grids(city, SYSTEM)
    assert (one.kind_name, list(one.bases)) == ("学校", [cast.GRID_A, cast.GRID_B])
