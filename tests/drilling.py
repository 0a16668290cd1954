"""A small drill in the cast's city, and hands to run it by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from actions import drill_injects, drills
from actions.drill_commands import InjectCommand, JumpCommand, OpenCommand, RunCommand, SeatCommand
from actions.drill_opening import open_drill
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.drill import Drill
from core.drill_script import Script
from core.permissions import Principal
from db import drills as rows
from tests.cast import FIRE, IN_A, IN_B, LEADER, TOWN_A

SCENE = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
"""14:00 in the city, on the cast's day."""
CONTROL = LEADER
JUDGE = Principal("u6", "qian", "officer", seat="desk-6")
PLAYER = Principal("u7", "sun", "officer", seat="desk-7")


def place(where: tuple[float, float] = IN_A) -> dict[str, float]:
    return {"lon": where[0], "lat": where[1]}


def fire_report(where: tuple[float, float] = IN_A) -> dict[str, Any]:
    return {"kind": "report", "class": FIRE, "severity": 3, "text": "仓库冒烟（演练）", **place(where)}


def inject(number: int, act: Mapping[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    values = {
        "number": number, "synopsis": f"情况 {number}", "channel": "110", "target": "desk",
        "act": act or fire_report(), "expected": "受理并派遣",
    }  # fmt: skip
    timed = {} if "when" in changed else {"at_min": float(number)}
    return {**values, **timed, **changed}


def message(text: str = "市领导询问进展", **changed: Any) -> dict[str, Any]:
    return {"kind": "message", "text": text, **changed}


INJECTS = (
    inject(1, indicators=[{"code": "ack1", "name": "受理", "measure": "ack", "limit_s": 120}]),
    inject(2, {"kind": "supplement", "inject": 1, "text": "火势扩大", "severity": 2}),
    inject(3, fire_report(IN_B)),
    inject(4, message(inject=1)),
)


def script_doc(*injects: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "name": "仓库火灾演练", "content": "comprehensive", "form": "tabletop", "scenario": "某仓库起火。",
        "scenario_at": "14:00", "minutes": 60, "division": TOWN_A,
        "objectives": [{"code": "ack", "name": "受理及时"}],
        "seats": [
            {"code": "chief", "name": "总导调", "role": "controller"},
            {"code": "judge", "name": "评估员", "role": "evaluator"},
            {"code": "desk", "name": "值班席", "simulated": False},
            {"code": "guest", "name": "观摩席", "role": "observer"},
        ],
        "injects": list(injects or INJECTS), "sources": ["测试"], **changed,
    }  # fmt: skip


def script(*injects: Mapping[str, Any], **changed: Any) -> Script:
    return Script.model_validate(script_doc(*injects, **changed))


def opened(city: Services, *injects: Mapping[str, Any], by: Principal = CONTROL, **changed: Any) -> str:
    """A new drill's id."""
    command = OpenCommand(script=script(*injects, **changed))
    return str(open_drill(city, Call(by), command)["drill"])


def started(city: Services, *injects: Mapping[str, Any], rate: float = 1.0, **changed: Any) -> str:
    ident = opened(city, *injects, **changed)
    drills.start(city, Call(CONTROL), ident, RunCommand(rate=rate))
    return ident


def of(city: Services, ident: str) -> Drill:
    """As its guard row has it."""
    with city.engine.connect() as conn:
        found = rows.read_drill(conn, drills.realm_of(ident))
    assert found
    return found


def run(city: Services, ident: str) -> None:
    """All that is due."""
    while run_due(city, drills.realm_of(ident)):
        pass


def jump(city: Services, ident: str, seconds: float | None = None) -> None:
    drills.jump(city, Call(CONTROL), ident, JumpCommand(seconds=seconds))
    run(city, ident)


def by_hand(city: Services, ident: str, number: int, **given: Any) -> dict[str, Any]:
    command = InjectCommand(number=number, **given)
    return drill_injects.inject(city, Call(CONTROL), ident, command)


def sit(city: Services, ident: str, seat: str, by: Principal, **given: Any) -> None:
    drills.take_seat(city, Call(by), ident, SeatCommand(seat=seat, **given))
