"""撤销: a desk's act taken back by the verb that lawfully answers it, as a fact in the log like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from actions import assignments, incidents
from actions.commands import Code, Command, Location
from actions.letting_go import given_back
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.errors import InvalidInput, NotFound, UndoTooLate
from core.model import Assignment
from db.projection import Needs

UndoneVerb = Literal["dispatch", "close", "reject", "report", "relocate"]

ANSWERED_BY: dict[str, str] = {
    "dispatch": "assignment.release",
    "close": "reopen",
    "reject": "reopen",
    "report": "reject",
    "relocate": "relocate",
}
"""Each act that can be taken back, and the verb that does it. 受理 is not among them: nothing leads back."""

NOT_YET_GOING = frozenset({"dispatched", "acknowledged"})


class TakenPart(Command):
    """So much of a lot."""

    lot: Code
    quantity: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]


class UndoCommand(Command):
    """The act to take back: its verb, incident, and `seq`, the incident's version that it made.

    `sent` are the assignments a dispatch made, `supplies` what it reserved; `back` is where a relocated
    incident was.
    """

    verb: UndoneVerb
    incident: Code
    seq: int
    sent: tuple[Code, ...] = ()
    supplies: tuple[TakenPart, ...] = ()
    back: Location | None = None


def undo(services: Services, call: Call, command: UndoCommand, reason: str) -> Answer:
    """Take one act back, once: the same act asked for again gives the same answer.

    Raises UndoTooLate when a unit of a dispatch is already on its way, StaleVersion when anybody has acted on
    the incident since, and what the answering verb refuses; then nothing is written.
    """
    name = f"undo:{call.realm}:{command.verb}:{command.incident}:{command.seq}"
    return _WAYS[command.verb](services, replace(call, key=name, request_hash=name), command, reason)


Way = Callable[[Services, Call, UndoCommand, str], Answer]


def _recall(services: Services, call: Call, command: UndoCommand, reason: str) -> Answer:
    """Release exactly the assignments that the dispatch made, and what it reserved, all or none."""
    if not (command.sent or command.supplies):
        raise InvalidInput(pointer="/sent", detail="missing")
    needs = Needs(incidents=(command.incident,), assignments=command.sent)
    return perform(services, call, ANSWERED_BY["dispatch"], lambda tx: _released(tx, command, reason), needs)


def _released(tx: Transaction, command: UndoCommand, reason: str) -> Answer:
    for ident in command.sent:
        _check_not_going(tx.assignment(ident)[0], command)
    quantities = {part.lot: part.quantity for part in command.supplies}
    back = given_back(tx, tx.other_incident(command.incident), quantities, reason)
    for ident in command.sent:
        assignments.advance_within(tx, ident, "release", reason)
    tx.append(back)
    return tx.incident_answer(command.incident)


def _check_not_going(assignment: Assignment, command: UndoCommand) -> None:
    if assignment.incident != command.incident:
        raise NotFound(kind="assignment", id=assignment.id)
    if assignment.ended_at or assignment.status not in NOT_YET_GOING:
        raise UndoTooLate(unit_name=assignment.unit_name, status=assignment.status)


def _reopen(services: Services, call: Call, command: UndoCommand, reason: str) -> Answer:
    return incidents.reopen(services, replace(call, if_match=command.seq), command.incident, reason)


def _reject(services: Services, call: Call, command: UndoCommand, reason: str) -> Answer:
    return incidents.reject(services, replace(call, if_match=command.seq), command.incident, reason)


def _move_back(services: Services, call: Call, command: UndoCommand, _reason: str) -> Answer:
    if command.back is None:
        raise InvalidInput(pointer="/back", detail="missing")
    seen = replace(call, if_match=command.seq)
    return incidents.relocate(services, seen, command.incident, command.back, None)


_WAYS: dict[str, Way] = {
    "dispatch": _recall,
    "close": _reopen,
    "reject": _reopen,
    "report": _reject,
    "relocate": _move_back,
}
