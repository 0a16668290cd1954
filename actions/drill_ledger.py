"""演练台账: the year's plan of drills, and what became of it, town by town."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import Connection
from ulid import ULID

from actions.commands import Timed
from actions.drill_reports import facts
from actions.imports import check_whole_city
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.clock import day_of
from core.drill import PREFIX, Drill
from core.drill_ledger import Held, State, TownYear, ledger, summed, towns_of
from core.drill_levels import Rule, grade
from core.drill_score import score
from core.envelope import Draft
from core.errors import Forbidden, InvalidInput
from core.errors_accounts import AreaUnknown
from core.events_drills import SeatTaken
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
    """`names` of the towns, `counts` how many stand how; `seq` is that of the year's plan, 0 = none."""

    year: int
    seq: int
    lines: tuple[TownYear, ...]
    names: dict[str, str]
    counts: dict[State, int]


def plan_year(services: Services, call: Call, command: YearCommand) -> Answer:
    """Write the year's plan in the place of the one before: {seq, year, planned}.

    Raises Forbidden, WholeCityNeeded, InvalidInput (another realm than live, a date of another year),
    AreaUnknown.
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
        body = DrillYearPlanned(year=command.year, planned=command.planned)
        seq = tx.append([Draft(body, _subject(command.year), "", tx.occurred_at())])
        return {"seq": seq, "year": command.year, "planned": len(command.planned)}

    return perform(services, call, "drill", decide)


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
            _held(conn, one, on, tuple(names), rules) for one in ended
            if (on := _day(services, one)).year == year
        ]  # fmt: skip
    lines = ledger(sorted(names), year, planned, held, today)
    return Ledger(year, seq, tuple(lines), names, dict(summed(lines)))


def _planned(conn: Connection, year: int) -> tuple[int, tuple[PlannedDrill, ...]]:
    """The newest plan of a year, with its position."""
    for wire in reversed(log.timeline(conn, "live", [_subject(year)])):
        event = log.to_event(wire)
        if isinstance(event.body, DrillYearPlanned):
            return event.seq, event.body.planned
    return 0, ()


def _day(services: Services, of: Drill) -> date:
    """The real day on which it was set up, which its id tells: its own clock may stand at any time."""
    at = ULID.from_str(of.id.removeprefix(PREFIX).upper()).timestamp
    return day_of(datetime.fromtimestamp(at, UTC), services.zone)


def _held(conn: Connection, of: Drill, on: date, towns: tuple[str, ...], rules: tuple[Rule, ...]) -> Held:
    events = facts(conn, of.id)
    found = score(of.script, events, of.since)
    level = grade(found, rules)
    sat = [one.body for one in events if isinstance(one.body, SeatTaken) and one.body.person]
    return Held(
        realm=of.id, name=of.script.name, on=on,
        towns=towns_of(of.script, (one.seat for one in sat), towns),
        content=of.script.content, form=of.script.form, plan=of.script.plan,
        participants=len({one.person for one in sat}), rehearsal=of.rehearsal, aborted=of.aborted,
        level=level.rule.code if level else "", share=found.share,
    )  # fmt: skip
