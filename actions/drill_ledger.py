"""演练台账: the year's plan of drills, and what became of it, town by town."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field
from sqlalchemy import Connection, Engine

from actions.commands import Timed
from actions.drill_scores import outcome, set_up_at
from actions.imports import check_whole_city
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.clock import day_of
from core.drill import Drill
from core.drill_ledger import Held, State, TownYear, ledger, summed, towns_of
from core.drill_levels import Rule
from core.envelope import Draft, Event
from core.errors import Forbidden, InvalidInput
from core.errors_accounts import AreaUnknown
from core.errors_ledger import YearPlannedMeanwhile
from core.events_ledger import DrillYearPlanned, PlannedDrill
from core.permissions import Principal, prefixes
from db import drills as rows
from db import log
from db.drill_levels import drill_levels

Year = Annotated[int, Field(ge=2000, le=2200)]
_TOWNS = 1
"""Tier of the grids that are towns."""


class YearCommand(Timed):
    """年度演练计划, all of it."""

    year: Year
    planned: Annotated[tuple[PlannedDrill, ...], Field(max_length=2000)]


@dataclass(frozen=True, slots=True)
class Ledger:
    """`names` of the towns, `counts` how many stand how, `levels` by code; `seq` is that of the year's plan,
    0 = none."""

    year: int
    seq: int
    lines: tuple[TownYear, ...]
    names: dict[str, str]
    counts: dict[State, int]
    levels: dict[str, Rule]


def plan_year(services: Services, call: Call, command: YearCommand) -> Answer:
    """Write the year's plan in the place of the one before: {seq, year, planned}. `call.if_match`: the
    position of the plan that the writer has seen, 0 = none.

    Raises Forbidden, WholeCityNeeded, InvalidInput (another realm than live, a date of another year),
    AreaUnknown, YearPlannedMeanwhile.
    """
    if call.realm != "live":
        raise InvalidInput(pointer="realm", detail="live")
    check_whole_city(call.principal)
    towns = {row.code for row in services.reference.areas().tier(_TOWNS)}
    for n, one in enumerate(command.planned):
        if one.town not in towns:
            raise AreaUnknown(area=one.town)
        if one.due_on.year != command.year:
            raise InvalidInput(pointer=f"/planned/{n}/due_on", detail=str(command.year))

    def decide(tx: Transaction) -> Answer:
        _check_seen(tx, call.if_match, command.year)
        body = DrillYearPlanned(year=command.year, planned=command.planned)
        seq = tx.append([Draft(body, _subject(command.year), "", tx.occurred_at())])
        return {"seq": seq, "year": command.year, "planned": len(command.planned)}

    return perform(services, call, "drill", decide)


def _check_seen(tx: Transaction, seen: int | None, year: int) -> None:
    """The counter row is held from here on: of two who plan at once the second is told. Raises
    YearPlannedMeanwhile."""
    if seen is None:
        return
    _ = tx.counter
    newest = _newest(tx.conn, year)
    if newest and newest[0].seq != seen:
        raise YearPlannedMeanwhile(year=year, by=newest[0].actor, count=len(newest[1].planned))


def _subject(year: int) -> str:
    return f"drillyear:{year}"


def read_ledger(services: Services, principal: Principal, year: int | None = None) -> Ledger:
    """Of the towns within the asker's area; None = this year. Raises Forbidden."""
    check_read(principal, "live")
    if principal.kind == "wall":
        raise Forbidden(verb="drill", role=principal.role)
    today = day_of(services.now(), services.zone)
    year = year or today.year
    names = {
        row.code: row.name for row in services.reference.areas().tier(_TOWNS)
        if principal.area in prefixes(row.code)
    }  # fmt: skip
    with services.engine.connect() as conn:
        seq, planned = _planned(conn, year)
        rules = drill_levels(conn)
        ended = [one for one in rows.list_drills(conn) if one.status == "stopped"]
    held = [
        _held(services.engine, one, on, tuple(names), rules) for one in ended
        if (on := day_of(set_up_at(one.id), services.zone)).year == year
    ]  # fmt: skip
    lines = ledger(sorted(names), year, planned, held, today)
    return Ledger(year, seq, tuple(lines), names, dict(summed(lines)), {one.code: one for one in rules})


def _planned(conn: Connection, year: int) -> tuple[int, tuple[PlannedDrill, ...]]:
    """The newest plan of a year, with its position."""
    newest = _newest(conn, year)
    return (newest[0].seq, newest[1].planned) if newest else (0, ())


def _newest(conn: Connection, year: int) -> tuple[Event, DrillYearPlanned] | None:
    for wire in reversed(log.timeline(conn, "live", [_subject(year)])):
        event = log.to_event(wire)
        if isinstance(event.body, DrillYearPlanned):
            return event, event.body
    return None


def _held(engine: Engine, of: Drill, on: date, towns: tuple[str, ...], rules: tuple[Rule, ...]) -> Held:
    found = outcome(engine, of, rules)
    return Held(
        realm=of.id, name=of.script.name, on=on, towns=towns_of(of.script, found.seats, towns),
        content=of.script.content, form=of.script.form, plan=of.script.plan,
        participants=found.persons, rehearsal=of.rehearsal, aborted=of.aborted,
        level=found.rule.code if found.rule else "", share=found.share,
    )  # fmt: skip
