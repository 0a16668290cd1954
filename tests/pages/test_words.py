"""Times and lengths in words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from pages.words import age, clock, distance, duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 秒"),
        (59.4, "59 秒"),
        (59.6, "1 分 0 秒"),
        (250, "4 分 10 秒"),
        (11100, "3 小时 5 分"),
        (187200, "2 天 4 小时"),
    ],
)
def test_a_duration_has_at_most_two_units(seconds: float, words: str):
    assert duration("zh-CN", seconds) == words


def test_an_age_has_one_unit():
    assert [age("en", s) for s in (59.9, 3599, 7300, 90000)] == ["59 s", "59 min", "2 h", "1 d"]


def test_a_distance_is_in_metres_below_a_kilometre():
    assert [distance("zh-CN", m) for m in (344, 999, 2149)] == ["340 米", "1000 米", "2.1 公里"]


def test_the_clock_is_the_citys():
    zone = ZoneInfo("Asia/Shanghai")
    assert clock(zone, "2026-03-02T01:00:09.123+00:00") == "09:00:09"
    assert clock(zone, "2026-03-02T01:00:09+00:00", seconds=False) == "09:00"
