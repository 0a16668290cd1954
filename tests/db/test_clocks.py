"""Limits and working time as data: what is shipped, and what a city's own table does to it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from db.clocks import load_clock_tables, put_limits, read_limits, shipped_limits
from db.org import put_rows
from db.tables_clocks import work_hours

ZONE = ZoneInfo("Asia/Shanghai")
OWN = {
    "class_code": "51010",
    "area": "",
    "urgency": "",
    "step": "handle",
    "unit": "work_hour",
    "source": "本市",
}


def test_a_new_city_has_the_shipped_limits_and_its_calendar(engine: Engine) -> None:
    with engine.connect() as conn:
        limits = read_limits(conn, ZONE)
    assert {rule.key for rule in limits.rules} == {rule.key for rule in shipped_limits(ZONE).rules}
    assert limits.calendar.day_s == 7 * 3600
    assert not limits.calendar.is_workday(date(2027, 1, 1))


def test_every_step_has_a_limit_for_emergencies_and_for_the_rest() -> None:
    limits = shipped_limits(ZONE)
    for step in {rule.step for rule in limits.rules}:
        for emergency in (True, False):
            assert limits.rule(step, emergency=emergency).urgency


def test_a_citys_own_table_takes_the_place_of_what_is_of_classes_and_stays(engine: Engine) -> None:
    with engine.begin() as conn:
        assert put_limits(conn, [{**OWN, "amount": 8.0}], replace=True).removed == 5
        hours = {"starts": "09:00", "ends": "18:00", "source": "本市"}
        put_rows(conn, work_hours, [hours], replace=True)
        load_clock_tables(conn)
        limits = read_limits(conn, ZONE)
    assert [rule.amount for rule in limits.rules if rule.class_code] == [8.0]
    assert limits.rule("dispatch", emergency=True).amount == 60
    assert limits.calendar.day_s == 9 * 3600
