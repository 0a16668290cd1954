import shapely

from geo.coverage import Area
from geo.hierarchy import check_city

COUNTY, TOWN, COMMUNITY = "990101", "990101001", "990101001001"
GROUND = shapely.box(118.0, 24.5, 118.01, 24.51)


def city(**changed):
    """One grid a tier, all of one shape; `base` etc. replace a tier's."""
    tiers = {
        "county": (0, [Area(COUNTY, None, GROUND)]),
        "town": (1, [Area(TOWN, COUNTY, GROUND)]),
        "community": (2, [Area(COMMUNITY, TOWN, GROUND)]),
        "base": (3, [Area(COMMUNITY + "001", COMMUNITY, GROUND)]),
    }
    return {tier: changed.get(name, areas) for name, (tier, areas) in tiers.items()}


def told(tiers):
    return [(fault.kind, fault.codes[0], fault.detail) for fault in check_city(tiers)]


def test_a_city_that_hangs_together_has_no_fault():
    assert told(city()) == []


def test_a_grid_whose_parent_is_not_there_is_an_orphan_and_its_place_is_a_gap():
    lost = [Area(COMMUNITY + "001", "990101001009", GROUND)]
    assert told(city(base=lost)) == [
        ("gap", COMMUNITY, ""),
        ("orphan", COMMUNITY + "001", "990101001009"),
        ("code_prefix", COMMUNITY + "001", "990101001009"),
    ]


def test_a_grid_without_a_parent_below_the_top_is_an_orphan():
    assert ("orphan", COMMUNITY, "") in told(city(community=[Area(COMMUNITY, None, GROUND)]))


def test_a_grid_that_hangs_two_tiers_up_skips_one():
    skipping = [Area(COMMUNITY + "001", TOWN, GROUND)]
    assert ("tier_skip", COMMUNITY + "001", TOWN) in told(city(base=skipping))


def test_a_code_of_another_length_is_told():
    assert ("code_length", TOWN + "01", "12") in told(city(community=[Area(TOWN + "01", TOWN, GROUND)]))


def test_longer_codes_of_base_grids_are_judged_by_what_most_have():
    other = shapely.box(118.005, 24.5, 118.01, 24.51)
    rest = shapely.box(118.0, 24.5, 118.0025, 24.51), shapely.box(118.0025, 24.5, 118.005, 24.51)
    long = [Area(COMMUNITY + f"{n:08d}", COMMUNITY, geom) for n, geom in enumerate(rest)]
    assert told(city(base=[*long, Area(COMMUNITY + "00000009", COMMUNITY, other)])) == []
    short = [*long, Area(COMMUNITY + "009", COMMUNITY, other)]
    assert told(city(base=short)) == [("code_length", COMMUNITY + "009", "20")]


def test_a_code_that_does_not_begin_as_its_parents_is_told():
    other = [Area("990101002001001", COMMUNITY, GROUND)]
    assert told(city(base=other)) == [("code_prefix", "990101002001001", COMMUNITY)]


def test_a_county_that_is_not_the_citys_is_told():
    strange = [Area("350203001", COUNTY, GROUND)]
    assert ("county_unknown", "350203001", "350203") in told(city(town=strange))


def test_codes_that_are_no_divisions_stand_for_themselves():
    assert told({3: [Area("G-0001", None, GROUND)]}) == []
