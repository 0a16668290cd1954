"""Grids beneath a film: those that were otherwise then, and no others."""

from datetime import timedelta

from actions.replay_grids import read_grids
from core.permissions import SYSTEM
from tests.boundaries import A1, A2, MIDDLE, NORTH, SOUTH, WEST, split


def shown(city, at):
    return {one["id"] for one in read_grids(city, SYSTEM, "live", at)["features"]}


def test_a_grid_that_was_split_or_renamed_since_is_shown_as_it_was(city, bring, clock):
    before = clock.at - timedelta(days=1)
    assert shown(city, before) == set()
    bring(split())
    assert shown(city, before) == {A1}, "the other half came later"
    assert shown(city, clock.at + timedelta(days=1)) == set()
    clock.pass_(days=2)
    between = clock.at - timedelta(days=1)
    bring({A1: (WEST, SOUTH, MIDDLE, NORTH)})
    assert shown(city, between) == {A1, A2}
