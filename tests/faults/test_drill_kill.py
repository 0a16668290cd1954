"""kill -9 of what runs a drill at 60×: it stands where it stood, goes on, and nothing comes twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import orjson
import pytest

from actions import drills
from actions.drill_commands import RunCommand, StopCommand
from actions.services import Services
from actions.unit_of_work import Call
from core.drill_script import Script
from db import log
from tests.cast import BOUNDS
from tests.drilling import CONTROL, inject, of, place, script_doc
from tests.faults.conftest import Instance
from tests.parts import Follower, eventually, facts
from tests.playing import begin

CROWD = {"kind": "report", "class": "42000", "severity": 4, "text": "人群聚集（演练）"}
SEATS = ({"code": "chief", "name": "总导调", "role": "controller"}, {"code": "desk", "name": "值班席"})
ONCE = ("IncidentAccepted", "AssignmentAcknowledged", "AssignmentEnroute", "AssignmentArrived")
INJECTS = 12
WEST, SOUTH = BOUNDS[0], BOUNDS[1] + 0.01


def crowds() -> Script:
    """One a minute, too far from one another to be taken for the same."""
    spots = [(WEST + 0.003 * n, SOUTH) for n in range(1, INJECTS + 1)]
    told = [inject(n, {**CROWD, **place(spot)}) for n, spot in enumerate(spots, start=1)]
    return Script.model_validate(script_doc(*told, seats=SEATS))


@pytest.mark.whole
@pytest.mark.slow
def test_a_drill_at_sixty_times_outlives_its_server(instance: Instance) -> None:
    city = instance.services
    ident = begin(city, crowds(), rate=60.0)
    realm = drills.realm_of(ident)
    eventually(lambda: "AssignmentArrived" in told(city, realm), 30)
    killed_at = city.now_in(realm)
    instance.kill("chores")
    eventually(lambda: of(city, ident).status == "paused", 30)
    drill = of(city, ident)
    last = max(wire["recorded_at"] for wire in facts(city, realm))
    assert (drill.why, drill.since) == ("restart", last)
    assert killed_at - timedelta(seconds=60) <= drill.since <= killed_at + timedelta(seconds=60)
    assert city.now_in(realm) == drill.since, "its clock stands"
    drills.resume(city, Call(CONTROL), ident, RunCommand())
    eventually(lambda: len(of(city, ident).delivered) == INJECTS, 60)
    eventually(lambda: told(city, realm)["AssignmentArrived"] >= INJECTS, 60)
    drills.stop(city, Call(CONTROL), ident, StopCommand())
    nothing_twice(city, realm)


def told(city: Services, realm: str) -> Counter[str]:
    return Counter(wire["kind"] for wire in facts(city, realm))


def nothing_twice(city: Services, realm: str) -> None:
    """Every inject and every step once, the chain whole, the guard rows the fold."""
    wires: list[Any] = facts(city, realm)
    numbers = [orjson.loads(one["body"])["number"] for one in wires if one["kind"] == "InjectDelivered"]
    assert sorted(numbers) == list(range(1, INJECTS + 1))
    for kind in ONCE:
        steps = Counter(one["subject"] for one in wires if one["kind"] == kind)
        assert set(steps.values()) == {1}, kind
    with city.engine.connect() as conn:
        assert log.verify(conn, realm).ok
    Follower(city, realm).compare()
