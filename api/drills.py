"""REST for drills (演练). A drill is named by its id; its realm is `drill:ID`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from actions import drill_asking, drill_crews, drill_injects, drill_opening, drill_reading, drills
from actions.drill_commands import (
    AskCommand,
    CrewsCommand,
    InjectCommand,
    JumpCommand,
    MarkCommand,
    OpenCommand,
    PauseCommand,
    RateCommand,
    RunCommand,
    ScriptCommand,
    SeatCommand,
    StopCommand,
)
from actions.services import Services
from actions.unit_of_work import Answer, Call
from api.operations import answered, versioned
from api.requests import BodyIn, CallIn, PrincipalIn, ServicesIn, parse
from core.errors import NotFound

router = APIRouter(prefix="/api/v1")

VERBS: dict[str, tuple[type, Callable[[Services, Call, str, Any], Answer]]] = {
    "start": (RunCommand, drills.start),
    "pause": (PauseCommand, drills.pause),
    "ask": (AskCommand, drill_asking.ask),
    "crews": (CrewsCommand, drill_crews.lend),
    "resume": (RunCommand, drills.resume),
    "rate": (RateCommand, drills.set_rate),
    "jump": (JumpCommand, drills.jump),
    "inject": (InjectCommand, drill_injects.inject),
    "seat": (SeatCommand, drills.take_seat),
    "script": (ScriptCommand, drills.change_script),
    "mark": (MarkCommand, drills.mark),
    "stop": (StopCommand, drills.stop),
}
"""verb → what it is given, and what does it."""


@router.get("/drills")
def list_drills(services: ServicesIn, principal: PrincipalIn) -> Response:
    """Drills, the newest first, and the scripts that ship."""
    items = drill_reading.list_drills(services, principal)
    return answered({"items": items, "scripts": drill_reading.list_scripts(services, principal)})


@router.post("/drills")
def open_drill(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """设立: `{script | script_code, source?, at?, rehearsal?}`."""
    return answered(drill_opening.open_drill(services, call, parse(OpenCommand, body)), 201)


@router.get("/drills/{ident}")
def read_drill(services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """Controllers and evaluators get the script, what is next and what is late; others what they may know."""
    found = drill_reading.read_drill(services, principal, ident)
    return answered(found, seq=found["seq"])


@router.post("/units/{ident}/recall")
def recall(services: ServicesIn, call: CallIn, ident: str) -> Response:
    """召回 of a real unit that takes part in a drill: free at once, and told there."""
    return versioned(drill_crews.recall(services, call, ident))


@router.post("/drills/{ident}/{verb}")
def act(services: ServicesIn, call: CallIn, body: BodyIn, ident: str, verb: str) -> Response:
    if verb not in VERBS:
        raise NotFound(kind="verb", id=verb)
    command, do = VERBS[verb]
    return versioned(do(services, call, ident, parse(command, body)))
