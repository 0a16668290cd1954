"""A drill that was played has a report, made of its log, beside earlier drills and real incidents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from actions import drills, incidents
from actions.commands import DispatchCommand
from actions.dispatch import dispatch
from actions.drill_commands import (
    InjectCommand,
    MarkCommand,
    OpenCommand,
    RunCommand,
    SeatCommand,
    StopCommand,
)
from actions.drill_injects import inject
from actions.drill_opening import open_drill
from actions.drill_reports import read_report, record_print
from actions.services import Services
from actions.unit_of_work import Call
from core.drill_compare import Compared
from core.drill_report import Report
from core.drill_script import Script
from core.errors import Forbidden, NotFound
from tests.cast import FIRE, IN_A, LEADER, OFFICER, START, VIEWER
from tests.parts import Clock, kinds, report

BY, PLAYER = Call(LEADER), Call(OFFICER)


def script(division: str = "") -> Script:
    lon, lat = IN_A
    fire = {"kind": "report", "class": FIRE, "severity": 2, "text": "楼道冒烟", "lon": lon, "lat": lat}
    asked = [
        {"code": "ack", "name": "受理", "measure": "ack", "limit_s": 60},
        {"code": "dispatch", "name": "派遣", "measure": "dispatch", "limit_s": 120},
    ]
    return Script.model_validate(
        {
            "name": "高层火灾", "content": "special", "form": "tabletop", "hazard": FIRE,
            "scenario": "住宅楼起火", "division": division, "minutes": 60, "sources": ["本市演练计划"],
            "seats": [{"code": "control", "name": "导调", "role": "controller"},
                      {"code": "duty", "name": "值班席"}],
            "injects": [
                {"number": 1, "at_min": 30, "synopsis": "110 转警", "channel": "110", "target": "duty",
                 "act": fire, "expected": "受理并派遣", "indicators": asked}
            ],
        }
    )  # fmt: skip


def opened(city: Services, division: str = "") -> tuple[str, Call]:
    """Running, its inject delivered; its id, and a player in its realm."""
    given = open_drill(city, BY, OpenCommand(script=script(division)))
    drills.start(city, BY, given["drill"], RunCommand(rate=1))
    return given["drill"], replace(PLAYER, realm=given["realm"])


def play(city: Services, clock: Clock, ack_s: float = 30, dispatch_s: float = 90, division: str = "") -> str:
    """The player takes so long; the drill's id, over."""
    ident, player = opened(city, division)
    made = inject(city, BY, ident, InjectCommand(number=1))
    clock.pass_(seconds=ack_s)
    incidents.accept(city, player, made["incident"])
    clock.pass_(seconds=dispatch_s - ack_s)
    dispatch(city, player, made["incident"], DispatchCommand(units=("F1",)))
    clock.pass_(minutes=5)
    drills.stop(city, BY, ident, StopCommand())
    return ident


def states(of: Report) -> dict[str, tuple[str, float | None]]:
    return {one.indicator.code: (one.state, one.seconds) for one in of.score.indicators}


def beside(of: Report) -> dict[str, Compared]:
    return {one.measured.indicator.code: one for one in of.compared}


def test_a_drill_is_measured_on_its_own_clock(city: Services, clock: Clock) -> None:
    found = read_report(city, LEADER, play(city, clock))
    assert states(found) == {"ack": ("met", 30), "dispatch": ("met", 90)}
    assert found.grade
    assert (found.grade.rule.name, found.findings) == ("优秀", ())


def test_a_player_ten_minutes_late_loses_that_indicator_alone(city: Services, clock: Clock) -> None:
    found = read_report(city, LEADER, play(city, clock, dispatch_s=690))
    assert states(found) == {"ack": ("met", 30), "dispatch": ("late", 690)}
    (finding,) = found.findings
    assert (finding.about, finding.office, finding.state) == ("dispatch", "@", "proposed")
    assert found.grade
    assert finding.due_on == START.date() + timedelta(days=found.grade.rule.mend_days)


def test_a_report_stands_beside_earlier_drills_and_real_incidents(city: Services, clock: Clock) -> None:
    real = report(city)
    clock.pass_(seconds=20)
    incidents.accept(city, PLAYER, real)
    first = play(city, clock)
    second = read_report(city, LEADER, play(city, clock, ack_s=50))
    ack = beside(second)["ack"]
    assert ack.earlier and ack.real
    assert (ack.seconds, ack.earlier.n, ack.earlier.median, ack.real.n, ack.real.median) == (50, 1, 30, 1, 20)
    alone = beside(read_report(city, LEADER, first))["ack"]
    assert alone.earlier is None, "what came later is no measure"


def test_who_plays_reads_the_report_when_all_is_over(city: Services, clock: Clock) -> None:
    ident, player = opened(city)
    drills.take_seat(city, player, ident, SeatCommand(seat="duty"))
    assert states(read_report(city, LEADER, ident))["ack"] == ("open", None)
    with pytest.raises(Forbidden):
        read_report(city, OFFICER, ident)
    drills.stop(city, BY, ident, StopCommand(aborted=True, reason="实战"))
    found = read_report(city, VIEWER, ident)
    assert (found.grade, found.score.aborted) == (None, True)
    with pytest.raises(NotFound):
        read_report(city, LEADER, "0" * 26)


def test_a_mark_after_the_end_is_in_the_report_at_its_moment(city: Services, clock: Clock) -> None:
    ident = play(city, clock)
    drills.mark(city, BY, ident, MarkCommand(about="1", mark=2, text="复述不全", at_seq=4))
    found = read_report(city, LEADER, ident)
    (mark,) = found.score.marks
    assert (mark.at_seq, mark.at) == (4, START)
    assert [one.code for one in found.findings] == ["mark"]


def test_a_printed_report_is_in_the_audit(city: Services, clock: Clock) -> None:
    ident = play(city, clock)
    record_print(city, LEADER, ident, read_report(city, LEADER, ident))
    assert "Exported" in kinds(city, "system")
