"""The year's plan of drills is a fact; the ledger tells town by town what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from actions.drill_ledger import YearCommand, plan_year, read_ledger
from actions.imports import WholeCityNeeded
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput
from core.errors_accounts import AreaUnknown
from core.errors_ledger import YearPlannedMeanwhile
from tests.actions.test_drill_reports import play
from tests.cast import LEADER, OFFICER, OFFICER_A, TOWN_A, TOWN_B
from tests.parts import Clock

BY = Call(LEADER)


def command(town: str = TOWN_A, due_on: date = date(2026, 6, 1), year: int = 2026) -> YearCommand:
    planned = [{"town": town, "name": "防汛演练", "content": "special", "due_on": due_on.isoformat()}]
    return YearCommand.model_validate({"year": year, "planned": planned})


def states(city: Services, year: int | None = None) -> dict[str, str]:
    return {one.town: one.state for one in read_ledger(city, LEADER, year).lines}


def test_a_towns_drill_is_planned_then_overdue(city: Services, clock: Clock) -> None:
    assert states(city) == {TOWN_A: "unplanned", TOWN_B: "unplanned"}
    plan_year(city, BY, command())
    assert states(city) == {TOWN_A: "planned", TOWN_B: "unplanned"}
    clock.pass_(days=120)
    assert states(city) == {TOWN_A: "overdue", TOWN_B: "unplanned"}
    assert read_ledger(city, LEADER).counts == {"done": 0, "planned": 0, "unplanned": 1, "overdue": 1}


def test_a_plan_takes_the_place_of_the_years_plan_before(city: Services) -> None:
    plan_year(city, BY, command())
    plan_year(city, BY, command(TOWN_B))
    assert states(city) == {TOWN_A: "unplanned", TOWN_B: "planned"}
    assert states(city, 2025) == {TOWN_A: "overdue", TOWN_B: "overdue"}, "that year is over"


def test_of_two_who_plan_a_year_at_once_the_second_is_told_who_was_first(city: Services) -> None:
    seen = read_ledger(city, LEADER).seq
    plan_year(city, replace(BY, if_match=seen), command())
    with pytest.raises(YearPlannedMeanwhile) as refused:
        plan_year(city, replace(BY, if_match=seen), command(TOWN_B))
    assert refused.value.params == {"year": 2026, "by": LEADER.name, "count": 1}
    plan_year(city, replace(BY, if_match=read_ledger(city, LEADER).seq), command(TOWN_B))


def test_a_drill_of_a_town_is_in_its_line_with_its_level(city: Services, clock: Clock) -> None:
    ident = play(city, clock, division=TOWN_A)
    year = datetime.now(UTC).year  # drills' ids tell the machine's time
    line, other = read_ledger(city, LEADER, year).lines
    assert [(one.realm, one.level, one.participants) for one in line.held] == [
        (f"drill:{ident}", "excellent", 1)
    ]
    assert (line.state, line.done, other.held) == ("done", 1, ())


def test_a_town_reads_its_own_line_and_only_the_city_plans(city: Services) -> None:
    town = replace(OFFICER_A, role="leader")
    assert [one.town for one in read_ledger(city, town).lines] == [TOWN_A]
    with pytest.raises(WholeCityNeeded):
        plan_year(city, Call(town), command())
    with pytest.raises(Forbidden):
        plan_year(city, Call(OFFICER), command())


def test_a_plan_names_towns_of_the_city_and_days_of_its_year(city: Services) -> None:
    with pytest.raises(AreaUnknown):
        plan_year(city, BY, command("990101009"))
    with pytest.raises(InvalidInput):
        plan_year(city, BY, command(year=2027))
    with pytest.raises(InvalidInput):
        plan_year(city, replace(BY, realm="drill:x"), command())
