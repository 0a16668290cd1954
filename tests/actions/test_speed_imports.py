"""A city's own speeds and turnout times out of files: all or nothing, each mistake with its row."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from actions.driving import timing
from actions.services import Services
from core.speeds import Pace, Spread
from tests.actions.test_table_imports import book, bring, codes

SPEEDS = ["车型", "道路等级", "开始", "结束", "系数", "最高车速", "依据"]
TURNOUTS = [
    "类型", "车型", "驻地出动快", "驻地出动", "驻地出动慢", "街面出动快", "街面出动", "街面出动慢",
    "行驶下限", "行驶上限",
]  # fmt: skip


def test_a_citys_own_speeds_and_turnouts_take_the_place_of_the_shipped_ones(
    city: Services, tmp_path: Path
) -> None:
    speeds = book(
        tmp_path / "车速.xlsx", SPEEDS, ["消防车", "", "", "", 0.8, 60, "云府〔2026〕3号"],
        ["消防车", "主干路", "7:00", 9, 0.5, "", ""],
    )  # fmt: skip
    report = bring(city, "speeds", speeds, replace=True)
    assert report.ok and report.written == 2 and report.counts.removed > 20
    table = city.reference.speeds()
    assert table.paces("heavy", 8).of("primary") == Pace(0.5)
    assert table.paces("heavy", 9).of("primary") == Pace(0.8, 60.0)
    turnouts = book(tmp_path / "出动.xlsx", TURNOUTS, ["fire", "消防车", 10, 60, 90, 0, 5, 20, 0.7, 1.5])
    assert bring(city, "turnouts", turnouts).counts.changed == 1
    fire = city.reference.speeds().turnout("fire")
    assert (fire.home, fire.drive_high) == (Spread(10, 60, 90), 1.5)
    assert city.reference.speeds().turnout("medical").vehicle == "emergency"
    with city.engine.connect() as conn:
        drives_at_the_realms_hour(city, conn)


def drives_at_the_realms_hour(city: Services, conn: Connection) -> None:
    found = timing(city, conn, "live")
    assert found.hour == city.now_in("live").astimezone(city.zone).hour
    eta = found.eta("fire", 100.0, at_home=True)
    assert (eta.seconds_low, eta.seconds, eta.seconds_high) == pytest.approx((80.0, 160.0, 240.0))


def test_each_line_that_cannot_be_is_named_and_no_speed_changes(city: Services, tmp_path: Path) -> None:
    before = city.reference.speeds().paces("heavy", 8)
    wrong = {
        "field_missing": [["消防车", "", 7, 9, "", "", ""]],
        "field_invalid": [["消防车", "土路", 7, 9, 1, "", ""]],
        "hours_overlap": [["消防车", "", 8, 10, 1, "", ""]],
        "line_twice": [["消防车", "", 7, 9, 1, "", ""]],
    }
    for code, rows in wrong.items():
        file = book(tmp_path / f"{code}.xlsx", SPEEDS, ["消防车", "", 7, 9, 1, "", ""], *rows)
        assert codes(bring(city, "speeds", file)) == [(code, 2)]
    for number, cells in enumerate(([8.5, 10], [24, 6], [6, 0], [6, 25])):
        file = book(tmp_path / f"h{number}.xlsx", SPEEDS, ["消防车", "", *cells, 1, "", ""])
        assert codes(bring(city, "speeds", file)) == [("field_invalid", 1)]
    turnouts = {
        "field_not_a_choice": ["fire", "飞艇", 10, 60, 90, 0, 5, 20, 0.7, 1.5],
        "field_invalid": ["fire", "消防车", 70, 60, 90, 0, 5, 20, 0.7, 1.5],
    }
    for code, row in turnouts.items():
        file = book(tmp_path / f"t-{code}.xlsx", TURNOUTS, row)
        assert codes(bring(city, "turnouts", file)) == [(code, 1)]
    assert city.reference.speeds().paces("heavy", 8) == before
