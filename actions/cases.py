"""Verbs on who answers for an incident and on its clocks; the rules stand in `core.casework`."""

from __future__ import annotations

from collections.abc import Iterable

from ulid import ULID

from actions.commands import AssistCommand, AssistEndCommand, ExtendCommand, TransferCommand, WhistleCommand
from actions.incidents import act
from actions.letting_go import Decision
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import casework
from core.errors_cases import UnknownOffice
from core.offices import parse
from db.projection import Needs


def _place(services: Services, call: Call, ident: str, verb: str, decision: Decision) -> Answer:
    """A verb after which the incident concerns other offices: so do its units' ways."""

    def decide(tx: Transaction) -> Answer:
        incident = tx.incident(ident)
        if incident.assignments:
            tx.lock(Needs(assignments=incident.assignments))
        tx.append(decision(tx.hearing(), incident))
        return tx.incident_answer(ident)

    return perform(services, call, verb, decide, Needs(incidents=(ident,)))


def transfer(services: Services, call: Call, ident: str, command: TransferCommand) -> Answer:
    """转办. Raises UnknownOffice, SameOffice, NotOnDutyList."""
    check_offices(services, [command.to])
    return _place(
        services, call, ident, "transfer", lambda h, i: casework.transfer(h, i, command.to, command.reason)
    )


def give_back(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """退回"""
    return _place(services, call, ident, "return", lambda h, i: casework.give_back(h, i, reason))


def assist(services: Services, call: Call, ident: str, command: AssistCommand) -> Answer:
    """协办. Raises UnknownOffice, SameOffice, NotOnDutyList."""
    check_offices(services, command.offices)
    return _place(
        services, call, ident, "assist", lambda h, i: casework.assist(h, i, command.offices, command.reason)
    )


def end_help(services: Services, call: Call, ident: str, command: AssistEndCommand) -> Answer:
    """协办结束. Raises NotHelping, NotInCharge."""
    offices, reason = command.offices, command.reason
    return _place(services, call, ident, "assist_end", lambda h, i: casework.end_help(h, i, offices, reason))


def whistle(services: Services, call: Call, ident: str, command: WhistleCommand) -> Answer:
    """吹哨. Raises UnknownOffice, SameOffice, NotOnDutyList."""
    check_offices(services, command.offices)
    calls = [(str(ULID()), office) for office in dict.fromkeys(command.offices)]
    return _place(
        services,
        call,
        ident,
        "whistle",
        lambda h, i: casework.whistle(h, i, calls, command.text, command.reason),
    )


def report_in(services: Services, call: Call, ident: str, text: str | None) -> Answer:
    """报到"""
    return act(services, call, ident, "report_in", lambda h, i: casework.report_in(h, i, text))


def supervise(services: Services, call: Call, ident: str, text: str) -> Answer:
    """督办"""
    order = str(ULID())
    return act(services, call, ident, "supervise", lambda h, i: casework.supervise(h, i, order, text))


def answer(services: Services, call: Call, ident: str, text: str) -> Answer:
    """督办回复"""
    return act(services, call, ident, "answer", lambda h, i: casework.answer(h, i, text))


def escalate(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """升级"""
    return _place(services, call, ident, "escalate", lambda h, i: casework.escalate(h, i, reason))


def extend(services: Services, call: Call, ident: str, command: ExtendCommand) -> Answer:
    """延期: at once by whoever may approve, else asked for."""
    amount, unit, reason = command.amount, command.unit, command.reason
    return act(services, call, ident, "extend", lambda h, i: casework.extend(h, i, amount, unit, reason))


def pause(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """暂停计时: at once by whoever may approve, else asked for."""
    return act(services, call, ident, "pause", lambda h, i: casework.pause(h, i, reason))


def resume(services: Services, call: Call, ident: str) -> Answer:
    """恢复计时"""
    return act(services, call, ident, "resume", casework.resume)


def approve(services: Services, call: Call, ident: str) -> Answer:
    """同意 what was asked for."""
    return act(services, call, ident, "approve", casework.approve)


def refuse(services: Services, call: Call, ident: str, reason: str) -> Answer:
    """不同意"""
    return act(services, call, ident, "refuse", lambda h, i: casework.refuse(h, i, reason))


def check_offices(services: Services, offices: Iterable[str]) -> None:
    """Raises UnknownOffice when a department or an area is not the city's."""
    departments, areas = services.reference.departments(), services.reference.areas()
    for text in offices:
        office = parse(text)
        known_area = not office.area or areas.is_known(office.area)
        if not known_area or (office.dept and office.dept not in departments):
            raise UnknownOffice(office=text)
