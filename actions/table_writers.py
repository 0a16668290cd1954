"""How the rows of lists without places become rows of tables, inside the import's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from sqlalchemy import func, select

from actions.duty_import import write_contacts, write_roster
from actions.position_import import write_position_limits
from actions.runcard_import import write_advice_rules, write_run_cards, write_run_supplies
from actions.safety_import import write_safety_checks, write_unit_limits
from actions.speed_import import write_speeds, write_turnouts
from actions.table_checks import (
    Problems,
    check_areas,
    check_departments,
    known_departments,
    refuse_rows,
    tell_idle_classes,
    twice,
)
from actions.unit_of_work import Transaction
from core.errors_cases import FlowBroken
from db import clocks, flow, org
from db.history import Counts, Revision
from db.org import put_rows
from db.tables_clocks import work_hours, workday
from db.tables_flow import workflow_move
from geo.problems import FileRefused, Problem
from geo.table import Row
from geo.table_kinds import TABLES

Writer = Callable[[Transaction, list[Row], Problems, Revision], Counts]


def write_departments(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Raises FileRefused for codes given twice or with an @, and when one that goes is still needed."""
    refuse_rows(twice(rows, "code"))
    refuse_rows(
        Problem("field_invalid", row["row"], "code", params={"value": row["code"]})
        for row in rows
        if "@" in row["code"]
    )
    made = [
        {name: row[name] or "" for name in ("code", "name", "name_en")} | {"source": _source(row)}
        for row in rows
    ]
    if revision.replace:
        _refuse_losing({row["code"] for row in rows}, org.departments_in_use(tx.conn))
    return org.put_departments(tx.conn, made, replace=revision.replace)


def _refuse_losing(kept: set[str], used: Mapping[str, str]) -> None:
    """A department that accounts belong to, or that the list of duties names, does not go."""
    lost = sorted(code for code in used if code not in kept)
    refuse_rows(Problem("department_in_use", params={"dept": code, "by": used[code]}) for code in lost)


def write_duties(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """A department may be told by code or name. Raises FileRefused for one that is not known, an area that is
    none, a line given twice; a class that the city does not have is told."""
    codes = known_departments(tx)
    for row in rows:
        row["dept"] = codes.get(row["dept"], row["dept"])
        row["area"] = row["area"] or ""
    check_departments(rows, codes)
    check_areas(tx, rows)
    refuse_rows(twice(rows, "dept", "class", "area"))
    tell_idle_classes(tx, rows, problems)
    made = [
        {"dept": r["dept"], "class_code": r["class"], "area": r["area"], "source": _source(r)} for r in rows
    ]
    return org.put_duties(tx.conn, made, replace=revision.replace)


def write_limits(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """办理时限. Raises FileRefused for a step or an area that is none and a line given twice; a class that
    the city does not have is told."""
    for row in rows:
        row |= {name: row[name] or "" for name in ("class", "area", "urgency")}
    steps = {rule.step for rule in clocks.read_limits(tx.conn, tx.services.zone).rules}
    known = ", ".join(sorted(steps))
    refuse_rows(
        Problem("field_not_a_choice", row["row"], "step", params={"value": row["step"], "choices": known})
        for row in rows
        if row["step"] not in steps
    )
    check_areas(tx, rows)
    refuse_rows(twice(rows, "step", "class", "area", "urgency"))
    tell_idle_classes(tx, rows, problems)
    names = ("area", "urgency", "step", "amount", "unit")
    made = [
        {name: row[name] for name in names} | {"class_code": row["class"], "source": _source(row)}
        for row in rows
    ]
    return clocks.put_limits(tx.conn, made, replace=revision.replace)


def write_hours(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """工作时间: the file is the whole day. Raises FileRefused for stretches that run backwards or overlap."""
    refuse_rows(
        Problem("field_invalid", row["row"], "ends", params={"value": row["ends"]})
        for row in rows
        if row["ends"] <= row["starts"]
    )
    ordered = sorted(rows, key=lambda row: row["starts"])
    refuse_rows(
        Problem("hours_overlap", after["row"], "starts", params={"other": before["row"]})
        for before, after in pairwise(ordered)
        if after["starts"] < before["ends"]
    )
    made = [{"starts": r["starts"], "ends": r["ends"], "source": _source(r)} for r in rows]
    return put_rows(tx.conn, work_hours, made, replace=True)


def write_days(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """放假与调休: days that are not as the calendar has them. Raises FileRefused for a day given twice."""
    refuse_rows(twice(rows, "day"))
    made = [{"day": r["day"], "worked": r["worked"], "source": _source(r)} for r in rows]
    return put_rows(tx.conn, workday, made, replace=revision.replace)


def write_workflow(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """事件流程表: the file is the whole table. Raises FileRefused for a verb given twice, a word that is
    none, and a table by which an incident could be lost."""
    refuse_rows(twice(rows, "verb"))
    made = [
        {name: " ".join((row[name] or "").split()) for name in ("verb", "from", "who", "needs", "starts")}
        | {"most": row["most"], "source": _source(row)}
        for row in rows
    ]
    steps = {rule.step for rule in clocks.read_limits(tx.conn, tx.services.zone).rules}
    known = ", ".join(sorted(steps))
    refuse_rows(
        Problem("field_not_a_choice", row["row"], "starts", params={"value": new["starts"], "choices": known})
        for row, new in zip(rows, made, strict=True)
        if new["starts"] and new["starts"] not in steps
    )
    try:
        flow.workflow_of(made)
    except FlowBroken as broken:
        raise FileRefused(_broken(rows, broken)) from broken
    before = tx.conn.scalar(select(func.count()).select_from(workflow_move)) or 0
    flow.put_workflow(tx.conn, made)
    return Counts(added=len(made), removed=before)


def _broken(rows: Iterable[Row], broken: FlowBroken) -> Problem:
    """The row that is wrong, or none where the table as a whole is."""
    told = broken.params
    number = next((row["row"] for row in rows if row["verb"] == told["verb"]), None)
    return Problem("flow_broken", number, told["field"], params=told)


def _source(row: Row) -> str:
    return row["source"] or "本市导入"


TABLE_WRITERS: dict[str, Writer] = {
    "departments": write_departments,
    "duties": write_duties,
    "limits": write_limits,
    "workhours": write_hours,
    "workdays": write_days,
    "workflow": write_workflow,
    "speeds": write_speeds,
    "turnouts": write_turnouts,
    "positionlimits": write_position_limits,
    "safetychecks": write_safety_checks,
    "unitlimits": write_unit_limits,
    "runcards": write_run_cards,
    "runsupplies": write_run_supplies,
    "advicerules": write_advice_rules,
    "roster": write_roster,
    "contacts": write_contacts,
}
assert TABLE_WRITERS.keys() == TABLES.keys()  # noqa: S101  a list without a writer cannot be offered
