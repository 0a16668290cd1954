"""Fixes of units: noise moves nobody, a clean drive is taken whole, and who was really moved is believed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.fixes import BELIEVED_AT, STEPS, Mover, Position, Sieve, Sifted, metres, sift

BOUNDS = (118.0, 24.4, 118.3, 24.6)
NOW_MS = 1_772_413_200_000
TOP_KMH = 108.0
SIEVE = Sieve(
    movers={
        "F1": Mover("fire", on_duty=True),
        "F2": Mover("fire", on_duty=True),
        "OFF": Mover("fire", on_duty=False),
    },
    latest_ms=NOW_MS + 3_600_000,
    bounds=BOUNDS,
    top_kmh={"fire": TOP_KMH, "": 200.0},
)
METRE = 1 / 111_320.0


def at(north_m: float, second: float, unit: str = "F1", lon: float = 118.1) -> Position:
    return Position(unit, lon, 24.5 + north_m * METRE, NOW_MS + int(second * 1000))


def codes(sifted: Sifted) -> dict[str, int]:
    return dict(sifted.dropped)


def sifted(*batches: list[Position]) -> tuple[list[Position], dict[str, int]]:
    """What is taken of batches that come one after the other, and what is dropped."""
    held, doubts, taken, dropped = {}, {}, [], Sifted().dropped
    for batch in batches:
        one = sift(batch, held, doubts, SIEVE)
        taken += one.taken
        dropped += one.dropped
    return taken, dict(dropped)


def _drive(steps: list[tuple[float, float]]) -> list[Position]:
    """Fixes of a unit that is never faster than its kind."""
    fixes, north, second = [at(0, 0)], 0.0, 0.0
    for seconds, share in steps:
        second += seconds
        north += share * seconds * TOP_KMH / 3.6
        fixes.append(at(north, second))
    return fixes


drives = st.lists(
    st.tuples(st.floats(1, 30), st.floats(-1, 1)), min_size=1, max_size=30
).map(_drive)  # fmt: skip


@given(drives)
def test_a_clean_drive_is_taken_whole(drive: list[Position]) -> None:
    assert sifted(*([fix] for fix in drive)) == (drive, {})


@given(drives, st.randoms())
def test_within_a_batch_the_order_of_arrival_does_not_count(drive: list[Position], dice) -> None:
    shuffled = list(drive)
    dice.shuffle(shuffled)
    assert sifted(shuffled) == (drive, {})


@given(drives.filter(lambda drive: len(drive) > 2), st.data())
def test_a_single_wild_fix_moves_no_unit_and_costs_no_other_fix(drive: list[Position], data) -> None:
    index = data.draw(st.integers(1, len(drive) - 1))
    wild = replace(drive[index], lon=118.25, at_ms=drive[index].at_ms - 1)
    assert sifted(*([fix] for fix in [*drive[:index], wild, *drive[index:]])) == (drive, {"jump": 1})


@given(drives, st.integers(BELIEVED_AT, 10))
def test_a_unit_that_was_really_moved_is_believed_at_the_third_fix(drive: list[Position], count: int) -> None:
    last = drive[-1].at_ms
    there = [replace(drive[-1], lon=118.25, at_ms=last + 5000 * (n + 1)) for n in range(count)]
    taken, dropped = sifted(*([fix] for fix in [*drive, *there]))
    assert taken == [*drive, *there[BELIEVED_AT - 1 :]]
    assert dropped == {"jump": BELIEVED_AT - 1}


@given(st.lists(st.lists(st.builds(
    Position,
    st.sampled_from(["F1", "F2", "OFF", "NOBODY"]),
    st.sampled_from([0.0, 118.1, 118.101, 118.2, 24.5]),
    st.sampled_from([0.0, 24.5, 24.501, 24.7, 26.0]),
    st.integers(NOW_MS - 60_000, NOW_MS + 60_000).map(lambda ms: ms // 5000 * 5000) | st.just(NOW_MS + 10**9),
), max_size=8), max_size=8))  # fmt: skip
def test_whatever_comes_each_fix_is_taken_once_or_counted_and_time_only_goes_on(
    batches: list[list[Position]],
) -> None:
    taken, dropped = sifted(*batches)
    assert len(taken) + sum(dropped.values()) == sum(map(len, batches))
    assert set(dropped) <= {code for code, _ in STEPS}
    for unit in ("F1", "F2"):
        times = [one.at_ms for one in taken if one.unit == unit]
        assert times == sorted(set(times))
    assert {one.unit for one in taken} <= {"F1", "F2"}


def test_two_phones_with_one_code_do_not_make_a_unit_leap_to_and_fro() -> None:
    here = [at(0, 10 * n) for n in range(6)]
    there = [at(5000, 10 * n + 5, lon=118.2) for n in range(6)]
    pairs = [[a, b] for a, b in zip(here, there, strict=True)]
    assert sifted(*pairs) == (here, {"jump": 6})


def test_a_unit_silent_for_long_may_be_far_away() -> None:
    assert sifted([at(0, 0)], [at(10_000, 600)]) == ([at(0, 0), at(10_000, 600)], {})


def test_a_unit_that_stands_may_waver_as_receivers_do_between_high_buildings() -> None:
    assert sifted([at(0, 0)], [at(140, 1)])[1] == {}
    assert sifted([at(0, 0)], [at(200, 1)])[1] == {"jump": 1}


def test_each_step_has_its_code() -> None:
    cases = {
        "unknown_unit": at(0, 1, unit="NOBODY"),
        "off_duty": at(0, 1, unit="OFF"),
        "future": at(0, 3601),
        "null_island": replace(at(0, 1), lon=0.0, lat=0.0),
        "outside": replace(at(0, 1), lon=24.5, lat=89.0),
        "duplicate": at(3, 0),
        "late": at(0, -5),
        "jump": at(9000, 1),
    }
    assert list(cases) == [code for code, _ in STEPS]
    for code, fix in cases.items():
        assert sifted([at(0, 0)], [fix]) == ([at(0, 0)], {code: 1})


def test_a_city_without_grids_and_a_kind_without_limit_let_pass() -> None:
    boundless = replace(SIEVE, bounds=None, top_kmh={})
    far = replace(at(0, 1), lon=2.35, lat=48.85)
    assert codes(sift([at(0, 0), far], {}, {}, boundless)) == {}


def test_metres_are_metres() -> None:
    assert abs(metres(at(0, 0), at(1000, 0)) - 1000) < 1
