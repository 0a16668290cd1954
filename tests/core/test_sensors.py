"""Thresholds: held for a while, told once, quiet again only after a while."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.sensors import Reading, Rule, State, is_stale, take
from tests.cast import START

LEVEL = Rule("water_level", "", "水位", "m", True, 3.5, 3.2, 60, 900, "11000", 2, "")
LOW = Rule("pressure", "", "水压", "MPa", False, 0.2, 0.25, 0, 900, "25000", 3, "")


def alarms(values: list[float], rule: Rule | None = LEVEL, every_s: float = 20) -> list[int]:
    """At which of these readings the sensor alarmed."""
    state: State | None = None
    found = []
    for number, value in enumerate(values):
        at = START + timedelta(seconds=every_s * number)
        state = take(state, Reading("N1", value, at), rule)
        if state.alarmed_at == at:
            found.append(number)
    return found


def test_a_value_beyond_its_limit_alarms_after_it_has_held_and_once():
    assert alarms([3.0, 3.6, 3.6, 3.7, 3.6, 3.8, 3.9]) == [4]


def test_a_short_peak_tells_nothing():
    assert alarms([3.0, 3.6, 3.7, 3.1, 3.6, 3.7, 3.1]) == []


def test_a_value_that_trembles_around_the_limit_tells_once():
    assert alarms([3.6, 3.4] * 40) == [4]


def test_a_short_dip_does_not_end_the_alarm_and_a_long_one_does():
    high, dip, calm = [3.6] * 4, [3.0], [3.0] * 4
    assert alarms(high + dip + high) == [3]
    assert alarms(high + calm + high) == [3, 11]


def test_a_limit_from_below_works_as_well_and_holds_no_time_if_it_says_so():
    assert alarms([0.3, 0.19, 0.18], LOW) == [1]


def test_without_a_limit_nothing_alarms():
    assert alarms([1e9] * 9, None) == []


def test_an_older_reading_changes_nothing():
    state = take(None, Reading("N1", 3.0, START), LEVEL)
    assert take(state, Reading("N1", 9.0, START - timedelta(seconds=1)), LEVEL) is state
    assert take(state, Reading("N1", 9.0, START), LEVEL) is state


@given(st.lists(st.floats(0, 10), max_size=60), st.floats(1, 120))
def test_between_two_alarms_lies_a_calm_as_long_as_the_hold(values, every_s):
    found = alarms(values, every_s=every_s)
    for one, other in pairwise(found):
        good = [n for n in range(one, other) if LEVEL.good(values[n])]
        assert good and (good[-1] - good[0]) * every_s + every_s >= LEVEL.hold_s


def test_silence_longer_than_allowed_is_stale_and_so_is_a_sensor_never_heard():
    assert is_stale(None, LEVEL, START)
    assert not is_stale(START, LEVEL, START + timedelta(seconds=900))
    assert is_stale(START, LEVEL, START + timedelta(seconds=901))
