"""A plan as text: YAML or JSON in, YAML or JSON out; and what differs between two versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from core.documents import line_of, misshapen
from core.errors_plans import PlanMisshapen, PlanUnreadable
from core.plans import Plan

MOST_CHARS = 200_000
"""Thirty times the longest that ships; YAML is read at some 100,000 characters a second."""
_KEYS = {
    "stages": "level", "phases": "code", "tasks": "code", "broadcasts": "code", "shelters": "code",
    "cordons": "code", "contacts": "role",
}  # fmt: skip


def read_plan(text: str) -> Plan:
    """A plan from YAML or JSON (which is YAML). Raises PlanUnreadable with the line, PlanMisshapen with the
    fields and their lines."""
    if len(text) > MOST_CHARS:
        raise PlanUnreadable(line=0, detail=f"> {MOST_CHARS}")
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise PlanUnreadable(line=0, detail="aliases (*)")  # a few lines of them may grow into gigabytes
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise PlanUnreadable(line=mark.line + 1 if mark else 0, detail=str(error.problem)[:200]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise PlanUnreadable(line=0, detail=str(error)[:200]) from error
    try:
        return plan_of(data)
    except PlanMisshapen as refusal:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        for fault in refusal.params["faults"]:
            fault["line"] = line_of(root, fault["pointer"])
        raise


def plan_of(data: object) -> Plan:
    """A plan from a JSON value. Raises PlanMisshapen, naming each field; a fault's code is pydantic's."""
    try:
        return Plan.model_validate(data)
    except ValidationError as error:
        told = misshapen(error)
        raise PlanMisshapen(pointer=told[0]["pointer"], detail=told[0]["detail"], faults=told) from error


def to_yaml(plan: Plan) -> str:
    """Without what is left at its default; reading it again gives the same plan."""
    data = plan.model_dump(mode="json", exclude_defaults=True)
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    return text


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a plan that is not as it was. `fields`: name → (before, now), where it was changed."""

    section: str
    key: str
    how: Literal["added", "removed", "changed"]
    fields: dict[str, tuple[Any, Any]]


def differences(before: Plan, now: Plan) -> list[Difference]:
    """What changed from one version to the next, in the order of the plan; parts are known by their code."""
    old, new = before.model_dump(mode="json"), now.model_dump(mode="json")
    found: list[Difference] = []
    for section in new:
        if section in _KEYS:
            found += _parts(section, old[section], new[section])
        elif old[section] != new[section]:
            found.append(Difference(section, "", "changed", {section: (old[section], new[section])}))
    return found


def _parts(section: str, old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> list[Difference]:
    key = _KEYS[section]
    before, now = ({str(one[key]): one for one in parts} for parts in (old, new))
    found = [Difference(section, name, "removed", {}) for name in before if name not in now]
    for name, part in now.items():
        if name not in before:
            found.append(Difference(section, name, "added", {}))
        elif part != before[name]:
            was = before[name]
            fields = {field: (was[field], part[field]) for field in part if part[field] != was[field]}
            found.append(Difference(section, name, "changed", fields))
    return found
