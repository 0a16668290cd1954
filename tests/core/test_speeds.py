import math

import pytest

from core.speeds import USUAL, Pace, Paces, SpeedRule, SpeedTable
from db.speeds import shipped_speeds
from geo.kinds import UNIT_KINDS


def rule(vehicle="", road="", starts=0, ends=24, factor=1.0, most=None):
    return SpeedRule(vehicle, road, starts, ends, factor, most)


def test_the_line_that_names_more_holds_vehicle_before_road_before_hour():
    table = SpeedTable(
        [
            rule(factor=0.5),
            rule(road="primary", starts=7, ends=9, factor=0.4),
            rule("heavy", factor=0.9),
            rule("heavy", "primary", factor=0.8),
            rule("heavy", "primary", 7, 9, factor=0.7),
        ],
        [],
    )
    assert table.paces("heavy", 12) == Paces((("primary", Pace(0.8)),), Pace(0.9))
    assert table.paces("heavy", 8).of("primary") == Pace(0.7)
    assert table.paces("light", 8).of("primary") == Pace(0.4)
    assert table.paces("light", 9).of("primary") == Pace(0.5)
    assert table.paces("foot", 12).of("lane") == Pace(0.5)


def test_what_walks_walks_on_every_road_at_every_hour():
    table = SpeedTable([rule(road="primary", starts=7, ends=9, factor=0.4), rule("foot", most=5.0)], [])
    assert table.paces("foot", 8).of("primary") == Pace(1.0, 5.0)


@pytest.mark.parametrize(
    ("starts", "ends", "inside"), [(22, 6, (22, 23, 0, 1, 2, 3, 4, 5)), (7, 9, (7, 8)), (5, 5, range(24))]
)
def test_hours_run_over_midnight_and_end_before_their_last(starts, ends, inside):
    assert rule(starts=starts, ends=ends).hours == frozenset(inside)


def test_empty_tables_leave_the_roads_as_they_are():
    table = SpeedTable([], [])
    assert table.paces("", 3) == Paces((), USUAL) == Paces()
    assert (table.turnout("fire").home.high_s, table.turnout("fire").drive_low) == (0.0, 1.0)


def test_every_kind_of_unit_has_a_shipped_line_and_every_vehicle_a_speed_at_every_hour():
    table = shipped_speeds()
    for kind in UNIT_KINDS:
        turnout = table.turnout(kind)
        assert turnout.kind == kind
        assert turnout.home.low_s <= turnout.home.usual_s <= turnout.home.high_s
        for hour in range(24):
            paces = table.paces(turnout.vehicle, hour)
            assert paces != Paces() or turnout.vehicle == "emergency"
    assert table.paces("foot", 8).of("trunk").most_ms == pytest.approx(5 / 3.6)
    assert math.isinf(table.paces("emergency", 12).usual.most_kmh)
