"""Notices acknowledged and shelved, shifts handed over by two people, the roster, the phone book."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from actions import accounts, duty, handover, incidents, notices
from actions.duty_commands import HandedItem, HandOverCommand, ShelveCommand, StandInCommand
from actions.imports import import_file
from actions.rebuild import rebuild
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.errors import Forbidden, NotFound, Refusal
from core.errors_duty import HandoverTaken, HandoverWaiting, NotAnAlarm, NotYours, SamePerson, ShelfTooLong
from core.permissions import SYSTEM
from db import tables_duty
from outbound.reader import Reader
from tests import cast
from tests.outbound.desk import read
from tests.parts import Clock, kinds, report

DESK, SECOND = Call(cast.OFFICER), Call(cast.SECOND_OFFICER)
PLAIN = HandOverCommand(notes="平安无事")


@pytest.fixture
def told(city: Services) -> Callable[[], None]:
    """What has happened is told to the offices: the city's desk is manned."""
    accounts.add_user(city, SYSTEM, "wang", "officer")
    reader = Reader(city.engine, city.zone, city.now)
    return lambda: read(reader)


def open_notices(city: Services, by: Call = DESK) -> list[dict[str, Any]]:
    return notices.listed(city, by.principal, "live")


# --- notices ---------------------------------------------------------------------------------------------


def test_what_one_acknowledges_all_of_the_office_see_acknowledged(
    city: Services, told: Callable[[], None], clock: Clock
) -> None:
    report(city)
    told()
    (seen,) = open_notices(city)
    assert notices.waiting(city, cast.SECOND_OFFICER, "live") == {"waiting": 1, "alarms": 1}
    clock.pass_(seconds=20)
    assert notices.acknowledge(city, DESK, [seen["seq"]])["acknowledged"] == [seen["seq"]]
    assert notices.waiting(city, cast.SECOND_OFFICER, "live")["waiting"] == 0
    (after,) = notices.listed(city, cast.SECOND_OFFICER, "live", "all")
    assert (after["acked_by"], after["acked_seat"], after["acked_at"]) == ("wang", "desk-1", clock.at)
    assert notices.acknowledge(city, SECOND, [seen["seq"]])["acknowledged"] == [], "it stays the first one's"
    assert kinds(city)[-1] == "NoticesAcknowledged"


def test_another_office_neither_sees_nor_acknowledges(city: Services, told: Callable[[], None]) -> None:
    report(city)
    told()
    (seen,) = open_notices(city)
    assert notices.listed(city, cast.OFFICER_A, "live", "all") == []
    with pytest.raises(NotFound):
        notices.acknowledge(city, Call(cast.OFFICER_A), [seen["seq"]])
    with pytest.raises(Forbidden):
        notices.acknowledge(city, Call(cast.VIEWER), [seen["seq"]])


def test_a_shelved_alarm_is_heard_again_when_its_time_is_over(
    city: Services, told: Callable[[], None], clock: Clock
) -> None:
    report(city, **{"class": cast.LITTER})
    told()
    (seen,) = open_notices(city)
    notices.shelve(city, DESK, seen["seq"], ShelveCommand(reason="现场已有人，等回话", minutes=10))
    assert open_notices(city) == []
    (shelved,) = notices.listed(city, cast.SECOND_OFFICER, "live", "shelved")
    assert (shelved["shelved_by"], shelved["shelved_reason"]) == ("wang", "现场已有人，等回话")
    clock.pass_(minutes=10)
    assert run_due(city, "live") == 1
    assert [one["seq"] for one in open_notices(city)] == [seen["seq"]]
    assert kinds(city)[-2:] == ["AlarmShelved", "AlarmUnshelved"]


def test_a_shelf_taken_back_or_put_off_is_not_ended_by_the_first_timer(
    city: Services, told: Callable[[], None], clock: Clock
) -> None:
    report(city, **{"class": cast.LITTER})
    told()
    (seen,) = open_notices(city)
    notices.shelve(city, DESK, seen["seq"], ShelveCommand(reason="一", minutes=5))
    notices.unshelve(city, SECOND, seen["seq"])
    notices.shelve(city, DESK, seen["seq"], ShelveCommand(reason="二", minutes=20))
    clock.pass_(minutes=5)
    run_due(city, "live")
    assert open_notices(city) == []
    with pytest.raises(ShelfTooLong):
        notices.shelve(city, DESK, seen["seq"], ShelveCommand(reason="三", minutes=2000))


def test_what_is_settled_is_not_shelved(city: Services, told: Callable[[], None]) -> None:
    ident = report(city)
    told()
    (seen,) = open_notices(city)
    incidents.accept(city, DESK, ident)
    told()
    with pytest.raises(NotAnAlarm):
        notices.shelve(city, DESK, seen["seq"], ShelveCommand(reason="一", minutes=5))


def test_alarms_of_the_hour_are_counted_against_the_seats(city: Services, told: Callable[[], None]) -> None:
    for _ in range(7):
        report(city)
    told()
    (hour,) = notices.alarm_load(city, cast.OFFICER, "live", 1)
    assert (hour.alarms, hour.seats, hour.band) == (7, 0, "manageable")


# --- shifts ----------------------------------------------------------------------------------------------


def test_one_hands_over_and_another_takes_over(city: Services, clock: Clock) -> None:
    ident = report(city)
    command = HandOverCommand(notes="注意东门路施工", items=(HandedItem(incident=ident, note="等消防回话"),))
    given = handover.hand_over(city, DESK, command)
    sheet = handover.sheet(city, cast.SECOND_OFFICER, "live")
    assert sheet.waiting is not None and sheet.waiting.handed.name == "wang"
    assert sheet.waiting.counts["open"] == 1 and sheet.waiting.items[0][2] == "等消防回话"
    clock.pass_(minutes=3)
    handover.take_over(city, SECOND, given["id"], "已知悉")
    after = handover.read(city, cast.OFFICER, "live", given["id"])
    assert after.taken is not None
    assert (after.taken.name, after.taken.seat, after.taken.at) == ("li", "desk-2", clock.at)
    assert kinds(city)[-2:] == ["ShiftHandedOver", "ShiftTakenOver"]
    assert handover.sheet(city, cast.OFFICER, "live").waiting is None


def test_nobody_takes_over_from_themselves_and_no_system_signs(city: Services) -> None:
    given = handover.hand_over(city, DESK, PLAIN)
    with pytest.raises(SamePerson):
        handover.take_over(city, DESK, given["id"], None)
    with pytest.raises(Forbidden):
        handover.take_over(city, Call(cast.SYSTEM_A), given["id"], None)
    with pytest.raises(NotFound):
        handover.take_over(city, Call(cast.OFFICER_A), given["id"], None)


def test_a_handover_is_taken_back_by_whoever_signed_it(city: Services) -> None:
    given = handover.hand_over(city, DESK, PLAIN)
    with pytest.raises(NotYours):
        handover.withdraw(city, SECOND, given["id"])
    handover.withdraw(city, DESK, given["id"])
    with pytest.raises(HandoverTaken):
        handover.take_over(city, SECOND, given["id"], None)
    assert handover.hand_over(city, SECOND, PLAIN)["id"] != given["id"]


def outcome(act: Callable[[], Any]) -> str:
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return "signed"


def test_of_two_who_hand_over_at_once_one_signs(city: Services) -> None:
    calls = [DESK, SECOND, Call(cast.LEADER)]
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda call: outcome(lambda: handover.hand_over(city, call, PLAIN)), calls))
    assert sorted(told) == ["handover_waiting", "handover_waiting", "signed"]
    with pytest.raises(HandoverWaiting):
        handover.hand_over(city, DESK, PLAIN)


def test_of_two_who_take_over_at_once_one_signs(city: Services) -> None:
    ident = handover.hand_over(city, DESK, PLAIN)["id"]
    calls = [SECOND, Call(cast.LEADER)] * 2
    with ThreadPoolExecutor(4) as pool:
        told = list(
            pool.map(lambda call: outcome(lambda: handover.take_over(city, call, ident, None)), calls)
        )
    assert sorted(told) == ["handover_taken"] * 3 + ["signed"]


def test_each_count_is_the_length_of_its_list_in_every_scope(city: Services) -> None:
    first, second = report(city), report(city, cast.IN_B, **{"class": cast.LITTER})
    report(city, severity=1)
    incidents.accept(city, DESK, first)
    incidents.reject(city, DESK, second, "重复")
    for who in (cast.OFFICER, cast.OFFICER_A, cast.LEADER, replace(cast.OFFICER, dept="chengguan")):
        counts = handover.count(city, who, "live")
        for kind in (kind for kind in counts if kind != "alarms"):
            assert counts[kind] == len(handover.unresolved(city, who, "live", kind)), (who.name, kind)
    assert handover.count(city, cast.OFFICER, "live")["open"] == 2


# --- roster and phone book -------------------------------------------------------------------------------

ROSTER = """部门,区域编码,岗位,值班人员,替班,开始时间,结束时间
,,值班员,wang,li,2026-03-02 08:00,2026-03-02 20:00
,,值班员,li,,2026-03-02 20:00,2026/3/3 8:00
公安局,990101,带班领导,赵局,,2026-03-02 08:00,2026-03-03 08:00
"""


def bring(city: Services, kind: str, path: Path, words: str) -> Any:
    path.write_text(words, encoding="utf-8")
    return import_file(city, SYSTEM, kind, path)


def test_a_roster_comes_in_by_file_and_a_second_file_takes_its_place(city: Services, tmp_path: Path) -> None:
    report_ = bring(city, "roster", tmp_path / "值班表.csv", ROSTER)
    assert report_.ok and report_.written == 3
    assert duty.on_duty(city, cast.OFFICER, "@").people == ("wang",)
    assert duty.on_duty(city, cast.OFFICER, "gongan@990101").people == ("赵局",)
    assert duty.on_duty(city, cast.OFFICER, "gongan@990101001").via == "@", "a desk stands in, not the police"
    again = bring(city, "roster", tmp_path / "二.csv", ROSTER.replace("wang,li", "sun,"))
    assert again.counts.removed == 3
    assert duty.on_duty(city, cast.OFFICER, "@").people == ("sun",)


@pytest.mark.parametrize(
    ("old", "new", "code", "row"),
    [
        ("公安局,990101", "公安,990101", "dept_not_known", 3),
        ("公安局,990101", "公安局,东门", "area_not_known", 3),
        ("2026/3/3 8:00", "2026-03-02 08:00", "shift_ends_first", 2),
        ("2026/3/3 8:00", "明早", "field_invalid", 2),
        ("值班员,li,,2026-03-02 20:00", "值班员,wang,,2026-03-02 19:00", "shift_twice", None),
    ],
)
def test_a_roster_with_a_mistake_is_refused_whole(
    city: Services, tmp_path: Path, old: str, new: str, code: str, row: int | None
) -> None:
    refused = bring(city, "roster", tmp_path / "值班表.csv", ROSTER.replace(old, new))
    assert [(problem.code, problem.row) for problem in refused.problems] == [(code, row)]
    assert duty.on_duty(city, cast.OFFICER, "@").people == ()


def test_the_deputy_stands_in_when_told_by_the_person_or_a_leader(city: Services, tmp_path: Path) -> None:
    bring(city, "roster", tmp_path / "值班表.csv", ROSTER)
    begun = duty.on_duty(city, cast.OFFICER, "@").shifts[0].starts_at
    away = StandInCommand(office="@", post="值班员", person="wang", starts_at=begun, away=True)
    with pytest.raises(Forbidden):
        duty.stand_in(city, SECOND, away)
    duty.stand_in(city, DESK, away)
    assert duty.on_duty(city, cast.OFFICER, "@").people == ("li",)
    duty.stand_in(city, Call(cast.LEADER), away.model_copy(update={"away": False}))
    assert duty.on_duty(city, cast.OFFICER, "@").people == ("wang",)
    assert kinds(city)[-2:] == ["StandInSet", "StandInSet"]


CONTACTS = """部门,区域编码,岗位,电话,姓名
,,总值班室,0592-5551234,
公安局,990102,指挥室,0592-5556789,
,990101001,值班室,0592-5550001,陈
"""


def test_who_has_no_need_sees_numbers_masked(city: Services, tmp_path: Path) -> None:
    assert bring(city, "contacts", tmp_path / "通讯录.csv", CONTACTS).ok
    assert {row["phone"] for row in duty.phone_book(city, cast.OFFICER)} == {
        "0592-5551234", "0592-5556789", "0592-5550001",
    }  # fmt: skip
    town = {row["office"]: row["phone"] for row in duty.phone_book(city, cast.OFFICER_A)}
    assert town == {"@": "0592-5551234", "gongan@990102": "059*****6789", "@990101001": "0592-5550001"}
    assert all("*" in row["phone"] for row in duty.phone_book(city, cast.VIEWER))
    assert [row["office"] for row in duty.phone_book(city, cast.OFFICER, words="指挥室")] == ["gongan@990102"]
    assert [row["office"] for row in duty.phone_book(city, cast.OFFICER, area="990101")] == ["@990101001"]


def test_shifts_and_notices_are_made_again_from_the_log(
    city: Services, told: Callable[[], None], clock: Clock
) -> None:
    idents = [report(city) for _ in range(4)]
    told()
    notices.acknowledge(city, DESK, [open_notices(city)[0]["seq"]])
    for minutes, one in enumerate(open_notices(city)[:2], 10):
        notices.shelve(city, SECOND, one["seq"], ShelveCommand(minutes=minutes, reason="等消防回话"))
    notices.unshelve(city, DESK, notices.listed(city, cast.OFFICER, "live", "shelved")[0]["seq"])
    incidents.accept(city, DESK, idents[3])
    told()
    ident = handover.hand_over(city, DESK, PLAIN)["id"]
    clock.pass_(minutes=5)
    handover.take_over(city, SECOND, ident, "收到")
    handover.hand_over(city, SECOND, PLAIN)
    tables = (tables_duty.notice, tables_duty.handover)

    def held() -> list[Any]:
        with city.engine.connect() as conn:
            return [conn.execute(select(one).order_by(*one.primary_key)).all() for one in tables]

    before = held()
    assert [len(rows) for rows in before] == [4, 2]
    rebuild(city, "live")
    assert held() == before, "what is there is not told twice"
    with city.engine.begin() as conn:
        for one in tables:
            conn.execute(delete(one))
    rebuild(city, "live")
    assert held() == before
