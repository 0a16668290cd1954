"""A stable of officers: `racer.py DATABASE REDIS SECRET`, each officer a process of its own.

Reads one race a line: `[{"incident", "units"}, …]` (dispatch; with `water` so much of it too; with `hold` the
units are held; with `plan` a leader activates it), `[{"lot", "quantity"}, …]` (issue; transfer with `store`
and `to`). Forks an officer for each, lets all act at the same moment, and answers with a line: what each was
told.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from actions import dispatch, holds, linkage, stock
from actions.commands import DispatchCommand, SupplyCommand
from actions.holds import HoldCommand
from actions.linkage_commands import ActivateCommand
from actions.services import Services
from actions.stock import MoveCommand, TransferCommand
from actions.unit_of_work import Call
from core.errors import Refusal
from core.permissions import Principal
from tests.parts import own_services


def act(services: Services, call: Call, order: dict[str, Any]) -> dict[str, Any]:
    if "to" in order:
        moved = TransferCommand(lot=order["lot"], to=order["to"], quantity=order["quantity"])
        return stock.transfer(services, call, order["store"], moved)
    if "lot" in order:
        return stock.issue(services, call, order["lot"], MoveCommand(quantity=order["quantity"]))
    if "plan" in order:
        activated = ActivateCommand(incident=order["incident"], level=order["level"])
        return linkage.activate(services, call, order["plan"], activated)
    if "hold" in order:
        return holds.hold(services, call, HoldCommand(incident=order["incident"], units=order["units"]))
    water = [SupplyCommand(item="1010101", quantity=order["water"])] if "water" in order else []
    command = DispatchCommand(units=order["units"], supplies=tuple(water))
    return dispatch.dispatch(services, call, order["incident"], command)


def attempt(services: Services, name: str, order: dict[str, Any]) -> dict[str, Any]:
    try:
        role = "leader" if "plan" in order else "officer"
        return {"won": act(services, Call(Principal(name, name, role)), order)}
    except Refusal as refusal:
        return {"code": refusal.code, "params": refusal.params}
    except Exception as error:
        return {"fault": f"{type(error).__name__}: {error}"}


def ride(name: str, order: dict[str, Any], ready: int, go: int, answer: int) -> None:
    """An officer: connected and waiting, then off."""
    database, redis, secret = sys.argv[1:]
    with own_services(database, redis, Path(secret), pool=1) as services:
        services.reference.classes(), services.reference.roads()
        with services.engine.connect():
            os.write(ready, b".")
        os.read(go, 1)
        told = attempt(services, name, order)
    with os.fdopen(answer, "w") as writing:
        json.dump(told, writing, default=str)


def race(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ready, go = os.pipe(), os.pipe()
    reading, children = [], []
    for number, order in enumerate(orders):
        answer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(go[1])
            try:
                ride(f"officer-{number}", order, ready[1], go[0], answer[1])
            finally:
                os._exit(0)
        os.close(answer[1])
        reading.append(answer[0])
        children.append(child)
    waiting = len(orders)
    while waiting:
        waiting -= len(os.read(ready[0], waiting))
    os.close(go[1])
    told = [json.loads(os.fdopen(descriptor).read()) for descriptor in reading]
    for child in children:
        os.waitpid(child, 0)
    for descriptor in (*ready, go[0]):
        os.close(descriptor)
    return told


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(race(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
