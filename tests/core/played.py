"""A drill that was played, as a log by hand: one inject after another, and one act of a player for each
indicator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import core.events as e
import core.events_cases as c
import core.events_drills as d
import core.events_linkage as m
import core.events_stock as s
from core.drill_script import Script
from core.envelope import Body, Event
from core.events_briefing import ReportFiled
from tests.cast import AREA_A, FIRE, IN_A, START, dispatched, due, reported

REALM = "drill:01jd0000000000000000000000"
Told = tuple[float, str, Body]
"""Minute of the realm, subject, fact."""
LIMITS = {
    "ack": 2, "dispatch": 5, "arrival": 20, "activation": 30, "order": 45, "supplies": 60, "task": 75,
    "initial": 90, "close": 120,
}  # fmt: skip
"""Code of an indicator of the first inject → minutes."""


def script(**changed: Any) -> Script:
    """A fire, more of it, a rumour, and what never comes."""
    lon, lat = IN_A
    fire = {"kind": "report", "class": FIRE, "severity": 2, "text": "高层起火", "lon": lon, "lat": lat}
    return Script.model_validate(
        {
            "name": "高层火灾演练", "content": "comprehensive", "form": "tabletop", "division": "990101001",
            "plan": "fire", "hazard": FIRE, "scenario": "住宅楼十层起火", "minutes": 180,
            "objectives": [{"code": "alarm", "name": "接警处置"}, {"code": "call", "name": "信息报送"}],
            "seats": [
                {"code": "control", "name": "导调", "role": "controller"},
                {"code": "judge", "name": "评估", "role": "evaluator"},
                {"code": "duty", "name": "值班席"},
                {"code": "fire", "name": "消防席", "office": "xiaofang@990101001"},
            ],
            "injects": [
                inject(1, fire, "duty", "alarm", [one(code, limit) for code, limit in LIMITS.items()]),
                inject(2, {"kind": "supplement", "inject": 1, "text": "有人被困"}, "fire", "alarm",
                       [one("reinforce", 10, "dispatch", weight=3), one("raised", 5, "activation")]),
                inject(3, {"kind": "message", "text": "网传多人伤亡"}, "duty", "call",
                       [one("follow", 10, "report", report="follow_up")]),
                inject(4, {"kind": "message", "text": "复盘"}, "duty", "call",
                       [one("late_one", 5, "report")]),
            ],
            **changed,
        }
    )  # fmt: skip


def inject(number: int, act: Any, target: str, objective: str, indicators: list[Any]) -> dict[str, Any]:
    return {
        "number": number, "at_min": 0, "synopsis": f"情况 {number}", "channel": "电话", "target": target,
        "act": act, "expected": "按预案处置", "evaluator": "judge", "objective": objective,
        "indicators": indicators,
    }  # fmt: skip


def one(code: str, limit_min: float, measure: str | None = None, **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"task": {"task": "pump"}, "initial": {"report": "initial", "measure": "report"}}
    shape = {"code": code, "name": code, "measure": measure or code, "limit_s": limit_min * 60}
    return {**shape, **given.get(code, {}), **more}


def task_set(ident: str, code: str, *, waits: bool = False) -> m.TaskSet:
    return m.TaskSet(
        id=ident, code=code, phase="p", title=code, title_en=code, owner="@990101001", ack_s=60, due_s=600,
        due=None if waits else due("task_ack"),
    )  # fmt: skip


def activated(*tasks: m.TaskSet, incident: str = "I1") -> m.PlanActivated:
    return m.PlanActivated(
        incident=incident, number="1", title="火情", plan="fire", plan_name="火灾", plan_version=1, level=2,
        commander="@", commander_name="陈", lon=IN_A[0], lat=IN_A[1], tasks=tasks, offices=(),
    )  # fmt: skip


def filed(stage: str, number: int = 1) -> ReportFiled:
    values = {"stage": stage, "number": number, "incident": "I1", "title": "火情", "text": "…", "offices": ()}
    return ReportFiled.model_validate({**values, "covers": 0, "due_at": None, "late": False})


def delivered(number: int, incident: str = "", made: str = "") -> d.InjectDelivered:
    return d.InjectDelivered(number=number, by_hand=False, made=made, incident=incident)


STAGED: tuple[Told, ...] = (
    (0, REALM, d.DrillStarted(rate=1)),
    (0, "I1", reported("I1")),
    (0, REALM, delivered(1, "I1", "I1")),
    (80, REALM, delivered(2, "I1")),
    (90, REALM, delivered(3)),
    (150, REALM, d.DrillStopped(aborted=False, reason="")),
)
"""What the controller did."""
ACTS: dict[str, Told] = {
    "ack": (1, "I1", e.IncidentAccepted()),
    "dispatch": (4, "I1", dispatched("F1", "A1")),
    "arrival": (15, "A1", e.AssignmentArrived(due=None)),
    "activation": (28, "L1", activated(task_set("T1", "pump"), task_set("T2", "feed", waits=True))),
    "order": (40, "L1", m.TaskAcknowledged(task="T1", office="@990101001", due=due("task_done"))),
    "supplies": (55, "LOT", s.LotIssued(quantity=1, of_reserved=0, incident="I1")),
    "task": (70, "L1", m.TaskDone(task="T1", office="@990101001", text="已排")),
    "initial": (85, "L1", filed("first")),
    "reinforce": (89, "I1", dispatched("F2", "A2", reinforces=True)),
    "follow": (99, "L1", filed("follow", 2)),
    "close": (115, "I1", e.IncidentClosed()),
}
"""Code of an indicator → the player's act that meets it."""


def log(told: Iterable[Told]) -> list[Event]:
    """Facts of the realm, in the order of their time."""
    found = []
    for seq, (minute, subject, body) in enumerate(sorted(told, key=lambda fact: fact[0]), start=1):
        at = START + timedelta(minutes=minute)
        found.append(Event(REALM, seq, body.VERSION, subject, AREA_A, at, at, "wang", "desk-1", None, body))
    return found


def played(*without: str, more: Iterable[Told] = (), **instead: Told) -> list[Event]:
    """The drill with all its acts but some, with others in their place, and more."""
    acts = {code: act for code, act in {**ACTS, **instead}.items() if code not in without}
    return log([*STAGED, *acts.values(), *more])


def merged(minute: float, into: str = "I0") -> Told:
    return minute, "I1", c.IncidentMerged(into=into, number="0")
