"""Cover by kind, and who may fill the gap: what counting the whole city anew would say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cover import covered, weighed
from core.runcards import Weights
from geo.fleet_cover import LIMIT_S, FleetCover, Places
from geo.roads import RoadGraph
from tests.geo.test_cover import FLEETS, points
from tests.geo.test_roads import road

SLOW = RoadGraph([road((0, y), (2, y), (4, y), speed=2.0) for y in range(5)]
                 + [road((x, 0), (x, 2), (x, 4), speed=2.0) for x in (0, 2, 4)])  # fmt: skip
"""Streets on which five minutes are half the city."""
PLACES = Places(points([(x, y) for x in range(5) for y in range(5)]), np.arange(1.0, 26.0))
WEIGHTS = Weights(kinds={"medical": 0.5})


def counted(spots):
    """Weighed share of people in reach of units at these spots."""
    return weighed(covered(SLOW.outward(spots, PLACES.spots, LIMIT_S), PLACES.people), WEIGHTS)


@settings(max_examples=50)
@given(FLEETS, st.data())
def test_the_loss_is_what_counting_anew_says_and_lies_between_none_and_all(fleet, data):
    size = len(fleet)
    kinds = data.draw(st.lists(st.sampled_from(("fire", "medical")), min_size=size, max_size=size))
    free = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    gone = data.draw(st.lists(st.integers(0, size - 1), unique=True))
    spots = points(fleet)
    cover = FleetCover(lambda _: SLOW, kinds, spots, free, PLACES, WEIGHTS)
    kept = 1.0
    for kind, share in (("fire", 1.0), ("medical", 0.5)):
        own = [unit for unit in range(size) if free[unit] and kinds[unit] == kind]
        left = [unit for unit in own if unit not in gone]
        kept *= 1.0 - share * (counted(spots[own]) - counted(spots[left]))
    assert cover.loss(gone) == pytest.approx(1.0 - kept)
    assert 0.0 <= cover.loss(gone) <= 1.0


@settings(max_examples=25)
@given(FLEETS)
def test_a_move_up_gives_back_most_of_what_could_be_given_back(fleet):
    spots = points(fleet)
    cover = FleetCover(
        lambda _: SLOW, ["fire"] * len(fleet), spots, np.ones(len(fleet), bool), PLACES, WEIGHTS
    )
    best = cover.move_up([0])
    left = spots[1:]
    gains = [
        counted(np.vstack([np.delete(left, mover, axis=0), spots[:1]])) - counted(left)
        for mover in range(len(left))
    ]
    most = max(gains, default=0.0)
    if best is None:
        assert most < WEIGHTS.move_up_least + 1e-9
    else:
        assert best.gain == pytest.approx(most)
        assert best.unit != 0 and best.leaves == 0


def test_who_is_not_free_covers_nobody():
    cover = FleetCover(lambda _: SLOW, ["fire"], points([(1, 1)]), np.array([False]), PLACES, WEIGHTS)
    assert cover.loss([0]) == 0.0
    assert cover.kept([0]) == {}
    assert cover.move_up([0]) is None


def test_nobody_moves_up_whom_the_asker_may_not_send():
    spots, free = points([(0, 0), (4, 4), (0, 4)]), np.ones(3, bool)
    best = FleetCover(lambda _: SLOW, ["fire"] * 3, spots, free, PLACES, Weights()).move_up([1, 2])
    own = np.array([False, True, True])
    cover = FleetCover(lambda _: SLOW, ["fire"] * 3, spots, free, PLACES, Weights(), movable=own)
    assert best is not None and best.unit == 0
    assert cover.move_up([1, 2]) is None
