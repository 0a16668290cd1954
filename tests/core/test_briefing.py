"""Reports say what the log says: all of it first, then what is new, at the end what it came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import core.events as e
import core.events_linkage as m
from core import briefing, linkage, losses, reports
from core.briefing_model import Known, Section, Supply
from core.briefing_totals import supplies_used
from core.envelope import Event
from core.errors import InvalidInput
from core.errors_briefing import LossesReduced, ReportOutOfTurn
from core.events_briefing import LossesReported, ReportFiled, ReportMissed
from core.events_commit import SuppliesReserved, SupplyPart
from core.events_stock import LotConsumed, LotIssued, LotReturned
from core.linkage_model import Linkage
from core.losses import Field
from core.masking import without_numbers
from core.reports import Due
from db.shipped import shipped
from tests.cast import START, TOWN_A, TOWN_B, dispatched, event
from tests.core.test_linkage import Response

FIELDS = (
    Field("dead", "死亡", "Dead", "人", "persons", True),
    Field("loss", "损失", "Loss", "万元", "10k yuan", False),
)
LIMITS = {(2, "first"): 1800.0, (2, "follow"): 7200.0, (2, "final"): 3600.0}


def told(room: Response, *more: Event, **changed: Any) -> Known:
    """What a report of the room's response is made of."""
    incident = room.board.incidents[room.incident]
    values: dict[str, Any] = {"losses": [], "supplies": [], "at": room.now} | changed
    tasks = list(room.board.tasks.values())
    return Known(incident=incident, linkage=room.linkage, tasks=tasks, events=more, **values)


def codes(sections: tuple[Section, ...]) -> dict[str, list[str]]:
    return {one.code: [item.code for item in one.items] for one in sections}


def losses_of(area: str = TOWN_A, remark: str = "", **figures: float) -> LossesReported:
    return LossesReported(of_area=area, name="东门", figures=figures, former={}, remark=remark, office="@")


def filed(number: int, stage: Any, at: Any = START) -> reports.Filed:
    body = ReportFiled(
        stage=stage, number=number, incident="I1", title="内涝", text="报告", offices=("@",), covers=number,
        due_at=None, late=False,
    )  # fmt: skip
    return reports.Filed(number, at, "wang", "desk-1", body)


def test_the_first_report_tells_what_where_who_commands_and_what_was_done() -> None:
    room = Response()
    facts = [
        event(20, room.incident, dispatched("F1", "A1")),
        event(21, room.incident, e.NoteAdded(text="联系人 13812345678，水深半米")),
        event(22, room.incident, SuppliesReserved(parts=(part("L1", 20), part("L2", 30)))),
    ]
    made = briefing.draft(told(room, *facts), "first")
    assert codes(made) == {
        "what": ["what", "text", "begun"], "losses": ["losses_unknown"],
        "done": ["units", "supplies", "note"], "next": ["open"],
    }  # fmt: skip
    done = made[2].items
    assert done[0].values == {"count": 1, "names": ("F1",)}
    assert done[1].values == {"goods": (("饮用水", 50.0, "箱"),)}
    assert done[2].values["text"] == "联系人 ***********，水深半米"


def part(lot: str, quantity: float) -> SupplyPart:
    return SupplyPart(
        store="S1",
        store_name="库",
        lot=lot,
        item="1010101",
        name="饮用水",
        unit="箱",
        quantity=quantity,
        eta_s=60,
    )


def test_a_follow_up_tells_only_what_came_after_the_report_before_it() -> None:
    room = Response()
    before, after = (event(n, room.incident, e.NoteAdded(text=f"第{n}条")) for n in (20, 30))
    made = briefing.draft(told(room, before, after, after=25, since=START), "follow")
    assert [item.values["text"] for one in made if one.code == "done" for item in one.items] == ["第30条"]
    assert codes(made)["stands"] == ["stands"]


def test_losses_that_nobody_told_anew_are_as_they_were() -> None:
    room, fact = Response(), event(20, "I1", losses_of(dead=1))
    known = told(room, fact, after=25, losses=losses.fold([fact]))
    assert codes(briefing.draft(known, "follow"))["losses"] == ["losses_same"]
    known = told(room, fact, after=10, losses=losses.fold([fact]))
    assert codes(briefing.draft(known, "follow"))["losses"] == ["losses"]


def test_the_final_report_adds_up_tasks_by_office_supplies_and_what_is_left() -> None:
    room = Response()
    room.do(linkage.finish, "meet", "已会商")
    room.respond(lambda h: linkage.cancel(h, room.running, [room.task("save").id], "无被困"))
    moved = (
        LotIssued(quantity=10, of_reserved=10, incident="I1"), LotConsumed(quantity=4, incident="I1"),
        LotReturned(quantity=5, incident="I1"), LotIssued(quantity=7, of_reserved=0, incident="I2"),
    )  # fmt: skip
    facts = [event(n, "L1", body) for n, body in enumerate(moved, start=1)]
    used = supplies_used(facts, "I1", {"L1": ("饮用水", "箱")})
    made = codes(briefing.draft(told(room, supplies=used), "final"))
    assert made["tasks"][0] == "tasks"
    assert made["means"] == ["supply_used"]
    assert made["left"] == ["supply_left", "called_off"]
    [whole] = [one for one in briefing.draft(told(room, supplies=used), "final") if one.code == "tasks"]
    assert whole.items[0].values == {"offices_n": 3, "count": 3, "done": 1, "cancelled": 1, "late": 0}
    assert used == [Supply("饮用水", "箱", 10, 5, 4)]


def test_a_follow_up_tells_who_came_into_a_shelter_that_was_open_before() -> None:
    opened = m.ShelterOpened(shelter="R1", name="一中", lon=118.1, lat=24.5, places=200, office="@")
    facts = [event(20, "R", opened), event(30, "R", m.ShelterFilled(shelter="R1", name="一中", persons=80))]
    [done] = [
        one for one in briefing.draft(told(Response(), *facts, after=25), "follow") if one.code == "done"
    ]
    assert [(one.code, one.values) for one in done.items] == [
        ("shelters", {"count": 1, "places": 200, "persons": 80})
    ]
    later = briefing.draft(told(Response(), *facts, after=30), "follow")
    assert "done" not in codes(later), "nothing changed since"


def test_what_came_back_in_parts_of_a_unit_leaves_nothing_over() -> None:
    moved = (
        LotIssued(quantity=0.8, of_reserved=0.8, incident="I1"), LotReturned(quantity=0.7, incident="I1"),
        LotConsumed(quantity=0.1, incident="I1"),
    )  # fmt: skip
    facts = [event(n, "L1", body) for n, body in enumerate(moved, start=1)]
    used = supplies_used(facts, "I1", {"L1": ("消毒液", "吨")})
    assert codes(briefing.draft(told(Response(), supplies=used), "final"))["left"] == ["nothing_left"]


def test_reports_come_in_their_order_and_each_has_its_time() -> None:
    of = Response().linkage
    began = of.started_at
    first = reports.next_due(of, [], LIMITS)
    assert first == Due("first", began + timedelta(minutes=30))
    one = filed(1, "first", began + timedelta(hours=1))
    assert reports.next_due(of, [one], LIMITS) == Due("follow", began + timedelta(hours=3))
    with pytest.raises(ReportOutOfTurn):
        reports.check("final", reports.next_due(of, [one], LIMITS))
    over = ended(of)
    assert reports.next_due(over, [one], LIMITS) == Due("final", began + timedelta(hours=6))
    assert reports.next_due(over, [one, filed(2, "final")], LIMITS) is None
    with pytest.raises(ReportOutOfTurn):
        reports.check("final", None)


def ended(of: Linkage) -> Linkage:
    """Over after five hours."""
    return replace(of, ended_at=of.started_at + timedelta(hours=5))


def test_a_report_is_missed_once_for_each_time_that_it_is_due() -> None:
    due = Due("first", START)
    missed = event(9, "L1", ReportMissed(stage="first", title="内涝", due_at=START, commander="@"))
    assert not reports.missed(due, START - timedelta(seconds=1), [])
    assert reports.missed(due, START, [])
    assert not reports.missed(due, START, [missed])
    assert not reports.missed(Due("first", None), START, [])


def test_losses_are_the_newest_of_each_town_added_up_by_district() -> None:
    facts = [
        event(1, "I1", losses_of(TOWN_A, dead=3, loss=1.5)),
        event(2, "I1", losses_of(TOWN_B, dead=1)),
        event(3, "I1", losses_of("990102001", dead=2)),
        event(4, "I1", losses_of(TOWN_A, dead=2, loss=2.5).model_copy(update={"former": {"dead": 3}})),
    ]
    areas = losses.fold(facts)
    assert losses.total(areas) == {"dead": 5, "loss": 2.5}
    assert losses.by_district(areas) == {"990101": {"dead": 3, "loss": 2.5}, "990102": {"dead": 2}}
    assert next((one.area, one.reports, one.corrected) for one in areas) == (TOWN_A, 2, 1)


@pytest.mark.parametrize("figures", [{"wounded": 1.0}, {"dead": 1.5}])
def test_a_figure_that_cannot_be_is_named(figures: dict[str, float]) -> None:
    with pytest.raises(InvalidInput) as refused:
        losses.checked(FIELDS, figures, {}, "")
    assert refused.value.params["pointer"] == f"/figures/{next(iter(figures))}"


def test_a_figure_becomes_smaller_with_a_reason_alone() -> None:
    with pytest.raises(LossesReduced):
        losses.checked(FIELDS, {"loss": 2.0}, {"dead": 1.0, "loss": 1.0}, "")
    assert losses.checked(FIELDS, {"dead": 0.0}, {"dead": 1.0}, "重复统计") == {"dead": 0.0}


def test_numbers_that_lead_to_a_person_are_left_out_of_what_is_quoted() -> None:
    assert (
        without_numbers("身份证35020619900101123X，水位 13812 毫米") == f"身份证{'*' * 18}，水位 13812 毫米"
    )


def test_every_shipped_stage_of_every_level_has_a_time() -> None:
    rows = {(int(row["level"]), row["stage"]): float(row["minutes"]) for row in shipped("report_limits.csv")}
    assert set(rows) == {(level, stage) for level in (1, 2, 3, 4) for stage in ("first", "follow", "final")}
    for stage in ("first", "follow", "final"):
        minutes = [rows[level, stage] for level in (1, 2, 3, 4)]
        assert minutes == sorted(minutes), "the graver, the sooner"
