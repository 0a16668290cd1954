"""Who is on duty, what is told to whom, how many alarms are too many."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.alarms import HOUR, band, load
from core.notices import staffed
from core.roster import Shift, gaps, on_duty, overlap
from geo.duty_values import wall_clock
from tests.cast import START

DAY = timedelta(hours=12)


def shift(office: str, person: str, start_h: float, hours: float = 8, **more: object) -> Shift:
    begins = START + timedelta(hours=start_h)
    return Shift(office, "值班员", begins, begins + timedelta(hours=hours), person, **more)  # type: ignore[arg-type]


def test_whoever_is_on_the_roster_answers_and_the_deputy_when_they_are_away() -> None:
    assert on_duty([shift("@9901", "张", 0)], "@9901", START).people == ("张",)
    away = shift("@9901", "张", 0, deputy="李", away=True)
    assert on_duty([away], "@9901", START).people == ("李",)


def test_a_gap_is_filled_by_the_next_level_that_has_somebody() -> None:
    shifts = [shift("@", "总值班", -8, 24), shift("@990101", "区值班", 0), shift("@990101001", "镇值班", 8)]
    assert on_duty(shifts, "@990101001", START).via == "@990101"
    assert on_duty(shifts, "@990101001", START + timedelta(hours=8)).people == ("镇值班",)
    assert on_duty(shifts, "@990101001", START - timedelta(hours=1)).people == ("总值班",)
    assert on_duty(shifts, "chengguan@990102", START).via == "@"


def test_one_who_is_away_without_a_deputy_leaves_a_gap() -> None:
    found = on_duty([shift("@9901", "张", 0, away=True)], "@9901", START)
    assert (found.shifts, found.people) == ((), ())


def test_a_shift_ends_when_the_next_begins() -> None:
    shifts = [shift("@", "甲", 0), shift("@", "乙", 8)]
    assert on_duty(shifts, "@", START + timedelta(hours=8)).people == ("乙",)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=8))
def test_gaps_and_shifts_cover_the_whole_time_and_never_both(spans: list[tuple[int, int]]) -> None:
    shifts = [shift("@", "甲", start, hours) for start, hours in spans]
    until = START + timedelta(hours=48)
    free = gaps(shifts, START, until)
    for hour in range(48):
        at = START + timedelta(hours=hour)
        assert any(a <= at < b for a, b in free) != any(s.covers(at) for s in shifts)


def test_a_person_twice_at_one_post_is_found() -> None:
    first, second = shift("@", "甲", 0), shift("@", "甲", 7)
    assert overlap([second, first]) == (first, second)
    assert overlap([first, shift("@", "甲", 8), shift("@", "乙", 3)]) is None


def test_what_is_told_to_an_office_without_people_goes_to_the_next_desk_up() -> None:
    desks = {"@", "@990101", "chengguan@990101"}
    assert staffed("chengguan@990101", desks) == "chengguan@990101"
    assert staffed("@990101001002003", desks) == "@990101"
    assert staffed("haishi@990102", desks) == "@"
    assert staffed("haishi@990102", set()) == "@"


def test_alarms_are_counted_hour_by_hour_and_shared_by_the_manned_seats() -> None:
    times = [START, START + timedelta(minutes=59), START + HOUR]
    seats = [("1", (START - DAY, START + DAY)), ("2", (START, START + timedelta(minutes=1)))]
    found = load(times, seats, START, START + 3 * HOUR)
    assert [(hour.alarms, hour.seats) for hour in found] == [(2, 2), (1, 1), (0, 1)]
    assert found[0].per_seat == 1


def test_the_bands_are_those_of_the_standard() -> None:
    assert [band(n) for n in (0, 6, 6.5, 12, 13, 29.9, 30, 100)] == [
        "good", "good", "manageable", "manageable", "high", "high", "flood", "flood",
    ]  # fmt: skip


def test_times_of_rosters_are_read_as_people_write_them() -> None:
    wanted = datetime(2026, 11, 22, 8, 0)
    for said in ("2026-11-22 08:00", "2026/11/22 8:00", "2026年11月22日 8:00", "2026-11-22T08:00:00", wanted):
        assert wall_clock(said) == wanted
