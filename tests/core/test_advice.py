"""Sets of units: what holds of every one, whatever the fleet, the card and the city."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.advice import STATES, Fleet, ranked_sets
from core.cover import Kept, covered
from core.runcards import Slot, Weights, card_for
from db.runcards import shipped_run_cards
from db.shipped import shipped
from geo.kinds import UNIT_KINDS

SKILLS = ("rescue", "hazmat")
FREE, BUSY = STATES.index("free"), STATES.index("busy")
BY_TIME = Weights(cover_weight=0.0)


def slot(number=1, kinds=("fire",), skills=(), takes=0, name="消防车"):
    return Slot("", 0, name, "", tuple(kinds), tuple(skills), "", number, takes, "")


units = st.tuples(
    st.sampled_from(("fire", "medical")), st.lists(st.sampled_from(SKILLS), unique=True).map(tuple),
    st.sampled_from(STATES), st.integers(0, 4), st.integers(1, 900) | st.just(np.inf), st.integers(0, 1000),
)  # fmt: skip
fleets = st.lists(units, max_size=9)
cards = st.lists(
    st.builds(
        slot, st.integers(1, 3), st.sampled_from((("fire",), ("medical",), ("fire", "medical"))),
        st.lists(st.sampled_from(SKILLS), max_size=1).map(tuple), st.integers(0, 4),
    ),
    min_size=1, max_size=3,
).map(tuple)  # fmt: skip


def fleet_of(told):
    """Units U0, U1, … with a cover of their own each, which is lost when they go."""
    named = [(f"U{number}", one) for number, one in enumerate(told)]
    return fleet_named(named)


def fleet_named(named):
    eta = np.array([float(one[4]) for _, one in named])
    fleet = Fleet.of(
        [name for name, _ in named], [(one[0], one[1], None) for _, one in named],
        [one[2] for _, one in named], [one[3] for _, one in named], eta, np.zeros(len(named)),
    )  # fmt: skip
    share = np.array([one[5] for _, one in named]) / 10_000
    return fleet, lambda chosen: float(share[list(chosen)].sum())


@settings(max_examples=150)
@given(cards, fleets)
def test_a_set_holds_nobody_twice_and_nobody_who_may_not_go(card, told):
    fleet, loss = fleet_of(told)
    for one in ranked_sets(card, fleet, Weights(), loss):
        assert len(set(one.units)) == len(one.units)
        for chosen in one.chosen:
            wanted, unit = card[chosen.slot], told[chosen.unit]
            assert wanted.fits(unit[0], unit[1], None)
            assert np.isfinite(unit[4])
            by_rule = unit[2] == "busy" and wanted.takes and unit[3] >= wanted.takes
            assert unit[2] == "free" or by_rule
        places = sum(wanted.number for wanted in card)
        assert len(one.chosen) + sum(gap.missing for gap in one.gaps) == places
        assert 0 <= one.loss <= 1


@settings(max_examples=100)
@given(cards, fleets, units)
def test_another_unit_never_makes_the_first_set_later(card, told, more):
    def slowest(units):
        fleet, loss = fleet_of(units)
        first = ranked_sets(card, fleet, BY_TIME, loss)[0]
        return sum(gap.missing for gap in first.gaps), first.worst_s

    assert slowest([*told, more]) <= slowest(told)


@settings(max_examples=60)
@given(cards, fleets, st.randoms())
def test_the_order_in_which_units_are_told_says_nothing(card, told, chance):
    def named(order):
        fleet, loss = fleet_named(order)
        sets = ranked_sets(card, fleet, Weights(), loss)
        return [(sorted(fleet.ids[u] for u in one.units), one.why, round(one.score, 6)) for one in sets]

    given_order = [(f"U{number}", one) for number, one in enumerate(told)]
    other = list(given_order)
    chance.shuffle(other)
    assert named(given_order) == named(other)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=6, unique=True), st.integers(1, 3))
def test_the_fastest_set_is_the_one_that_trying_all_finds(seconds, number):
    told = [("fire", ("rescue",) if at % 2 else (), "free", 0, s, 0) for at, s in enumerate(seconds)]
    card = (slot(number), slot(1, skills=("rescue",), name="救援"))
    fleet, loss = fleet_of(told)
    first = ranked_sets(card, fleet, BY_TIME, loss)[0]
    best = (number + 2, 0.0)
    for order in permutations(range(len(told)), min(number + 1, len(told))):
        rescuer = [unit for unit in order if told[unit][1]]
        for one in [None, *rescuer]:
            rest = [unit for unit in order if unit != one][:number]
            chosen = [*rest, *([one] if one is not None else [])]
            worst = max((float(told[unit][4]) for unit in chosen), default=0.0)
            best = min(best, (number + 1 - len(chosen), worst))
    assert (sum(gap.missing for gap in first.gaps), first.worst_s) == best


def test_a_set_that_keeps_cover_stands_beside_the_fastest():
    told = [("fire", (), "free", 0, 100, 2000), ("fire", (), "free", 0, 160, 0)]
    fleet, loss = fleet_of(told)
    first, second = ranked_sets((slot(),), fleet, Weights(cover_weight=6.0), loss)
    assert (first.units, first.why, first.loss) == ((1,), "keeps_cover", 0.0)
    assert (second.units, second.why) == ((0,), "fastest")
    assert second.score == pytest.approx(100 + 6 * 20)


def test_a_need_that_is_not_met_says_why():
    card = (slot(2), slot(1, ("medical",), name="急救车"), slot(1, ("patrol",), name="巡防"))
    told = [("fire", (), "busy", 0, 60, 0), ("fire", (), "off_duty", 0, 50, 0),
            ("medical", (), "free", 0, np.inf, 0)]  # fmt: skip
    fleet, loss = fleet_of(told)
    (only,) = ranked_sets(card, fleet, Weights(), loss)
    assert [(gap.slot, gap.missing, gap.reason) for gap in only.gaps] == [
        (0, 2, "all_busy"), (1, 1, "not_reachable"), (2, 1, "none_of_kind"),
    ]  # fmt: skip
    assert only.gaps[0].counts == {"busy": 1, "off_duty": 1}


def test_a_unit_is_called_off_only_where_the_card_says_so():
    told = [("fire", (), "busy", 4, 60, 0)]
    fleet, loss = fleet_of(told)
    assert ranked_sets((slot(takes=0),), fleet, Weights(), loss)[0].units == ()
    assert ranked_sets((slot(takes=4),), fleet, Weights(), loss)[0].units == (0,)
    on_scene, loss = fleet_of([("fire", (), "busy", 0, 60, 0)])
    assert ranked_sets((slot(takes=4),), on_scene, Weights(), loss)[0].units == ()


def test_cover_is_weighed_by_people():
    seconds, people = np.array([200.0, 500.0, 2000.0]), np.array([50.0, 25.0, 25.0])
    assert covered(seconds, people) == (0.5, 0.75, 0.75)
    assert Kept((0.5, 0.75, 0.75), (0.5, 0.5, 0.75)).lost(Weights()) == pytest.approx(0.25 * 0.3)


def test_every_class_and_level_has_a_card_of_units_that_there_are():
    cards = shipped_run_cards()
    for row in shipped("classes.csv"):
        for level in (1, 2, 3, 4):
            card = card_for(cards.slots, row["code"], level)
            assert card, row["code"]
            assert all(set(one.kinds) <= set(UNIT_KINDS) and one.number > 0 for one in card)
    assert {one.item for one in cards.supplies} <= {row["code"] for row in shipped("items.csv")}
