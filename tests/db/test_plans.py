"""The plans that ship: each can run in the demo city, cites its source, and is a plan of its own."""

from __future__ import annotations

from itertools import combinations

import pytest

from core.plan_checks import Known, faults, shared
from core.plan_text import read_plan, to_yaml
from core.plans import LEVELS, Plan
from db.plans import shipped_plans
from db.shipped import shipped
from demo.units import KINDS

PLANS = {plan.code: plan for plan in shipped_plans()}
KNOWN = Known(
    departments={row["code"] for row in shipped("departments.csv")},
    items={row["code"] for row in shipped("items.csv")},
    skills={skill for kind in KINDS for skills in kind.skills for skill in skills.split(",")},
    classes={row["code"] for row in shipped("classes.csv")},
)


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest) -> Plan:
    return PLANS[request.param]


def test_a_shipped_plan_has_no_faults(plan: Plan) -> None:
    assert faults(plan, KNOWN) == []


def test_a_shipped_plan_can_be_raised_through_every_level_and_each_asks_for_more(plan: Plan) -> None:
    numbers = [len(plan.tasks_at(level)) for level in LEVELS]
    assert {stage.level for stage in plan.stages} == set(LEVELS)
    assert numbers == sorted(numbers)
    assert numbers[0] >= 4
    assert numbers[-1] >= 12


def test_a_shipped_plan_names_public_sources_and_says_what_is_our_own(plan: Plan) -> None:
    assert len(plan.sources) >= 2
    assert any("（u）" in source for source in plan.sources)


def test_a_shipped_plan_reports_warns_and_has_a_commander_at_every_level(plan: Plan) -> None:
    assert any(task.reports for task in plan.tasks)
    assert plan.broadcasts
    assert all(stage.commander for stage in plan.stages)


def test_a_shipped_plan_is_the_same_after_a_round_trip(plan: Plan) -> None:
    assert read_plan(to_yaml(plan)) == plan


def test_no_two_shipped_plans_share_over_half_of_their_tasks() -> None:
    for one, other in combinations(PLANS.values(), 2):
        assert shared(one, other) <= 0.5, (one.code, other.code)
