from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from geo import values


@pytest.mark.parametrize("cell", [None, "", "  ", float("nan"), np.nan, pd.NaT, pd.NA])
def test_blank_cells_are_missing(cell):
    assert values.is_missing(cell)


@pytest.mark.parametrize("cell", [0, False, "0", [], {}])
def test_nought_is_not_missing(cell):
    assert not values.is_missing(cell)


@pytest.mark.parametrize(
    ("cell", "code"), [(350203.0, "350203"), (" 35０203 ", "350203"), ("P 1", "P1"), (7, "7")]
)
def test_codes_are_half_width_without_spaces_or_points(cell, code):
    assert values.code(cell) == code


@pytest.mark.parametrize(
    ("cell", "flag"), [("True", True), ("是", True), (0, False), ("在线", True), (False, False)]
)
def test_yes_and_no_come_in_many_words(cell, flag):
    assert values.flag(cell) is flag


@pytest.mark.parametrize(
    ("reader", "cell"),
    [
        (values.flag, "perhaps"),
        (values.count, -1),
        (values.count, 1.5),
        (values.whole, "x"),
        (values.number, "inf"),
        (values.moment, "2026-03-02 09:00"),
        (values.moment, "yesterday"),
        (values.speed, "fast"),
        (values.speed, "0"),
        (values.code, "x" * 65),
        (values.lots, "{"),
    ],
)
def test_nonsense_is_an_error_of_value(reader, cell):
    with pytest.raises(ValueError):
        reader(cell)


def test_times_become_utc():
    assert values.moment("2026-03-02T09:00:00+08:00") == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_words_are_split_at_any_comma():
    assert values.words("fire，rescue、 hazmat,") == ("fire", "rescue", "hazmat")
    assert values.words(["fire"]) == ("fire",)


@pytest.mark.parametrize(
    ("cell", "ours"),
    [
        ("primary_link", "primary"),
        ("living_street|residential", "lane"),
        ("unclassified", "residential"),
        ("x", "residential"),
    ],
)
def test_road_classes_of_openstreetmap_become_ours(cell, ours):
    assert values.road_class(cell) == ours


@pytest.mark.parametrize(("cell", "way"), [("-1", -1), ("yes", 1), (False, 0), ("reverse", -1)])
def test_a_one_way_road_has_a_direction(cell, way):
    assert values.direction(cell) == way


def test_lots_are_read_with_their_expiry():
    text = '[{"item": 1030101, "name": "帐篷", "quantity": "12", "unit": "顶", "expiry": "2027-01-31"}]'
    assert values.lots(text) == [
        {
            "item": "1030101",
            "name": "帐篷",
            "unit": "顶",
            "quantity": 12.0,
            "minimum": 0.0,
            "expiry": date(2027, 1, 31),
        }
    ]
