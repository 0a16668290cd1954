"""How the rows of lists without places become rows of tables, inside the import's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from actions.unit_of_work import Transaction
from core.permissions import is_area_prefix
from db import accounts, clocks, org
from db.history import Counts, Revision
from db.org import put_rows
from db.tables_clocks import work_hours, workday
from geo.problems import FileRefused, Problem, note
from geo.table import Row
from geo.table_kinds import TABLES

Problems = list[Problem]
Writer = Callable[[Transaction, list[Row], Problems, Revision], Counts]


def write_departments(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Raises FileRefused for codes given twice or with an @, and when one that goes is still needed."""
    _refuse(_twice(rows, "code"))
    _refuse(
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
    _refuse(Problem("department_in_use", params={"dept": code, "by": used[code]}) for code in lost)


def write_duties(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """A department may be told by code or name. Raises FileRefused for one that is not known, an area that is
    none, a line given twice; a class that the city does not have is told."""
    codes = known_departments(tx)
    for row in rows:
        row["dept"] = codes.get(row["dept"], row["dept"])
        row["area"] = row["area"] or ""
    check_departments(rows, codes)
    check_areas(tx, rows)
    _refuse(_twice(rows, "dept", "class", "area"))
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
    _refuse(
        Problem("field_not_a_choice", row["row"], "step", params={"value": row["step"], "choices": known})
        for row in rows
        if row["step"] not in steps
    )
    check_areas(tx, rows)
    _refuse(_twice(rows, "step", "class", "area", "urgency"))
    tell_idle_classes(tx, rows, problems)
    names = ("area", "urgency", "step", "amount", "unit")
    made = [
        {name: row[name] for name in names} | {"class_code": row["class"], "source": _source(row)}
        for row in rows
    ]
    return clocks.put_limits(tx.conn, made, replace=revision.replace)


def write_hours(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """工作时间: the file is the whole day. Raises FileRefused for stretches that run backwards or overlap."""
    _refuse(
        Problem("field_invalid", row["row"], "ends", params={"value": row["ends"]})
        for row in rows
        if row["ends"] <= row["starts"]
    )
    ordered = sorted(rows, key=lambda row: row["starts"])
    _refuse(
        Problem("hours_overlap", after["row"], "starts", params={"other": before["row"]})
        for before, after in pairwise(ordered)
        if after["starts"] < before["ends"]
    )
    made = [{"starts": r["starts"], "ends": r["ends"], "source": _source(r)} for r in rows]
    return put_rows(tx.conn, work_hours, made, replace=True)


def write_days(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """放假与调休: days that are not as the calendar has them. Raises FileRefused for a day given twice."""
    _refuse(_twice(rows, "day"))
    made = [{"day": r["day"], "worked": r["worked"], "source": _source(r)} for r in rows]
    return put_rows(tx.conn, workday, made, replace=revision.replace)


def _source(row: Row) -> str:
    return row["source"] or "本市导入"


def known_departments(tx: Transaction) -> dict[str, str]:
    """Code and name of each department → its code."""
    found = org.read_departments(tx.conn)
    return {one.name: one.code for one in found.values()} | {code: code for code in found}


def check_departments(rows: Iterable[Row], codes: Mapping[str, str]) -> None:
    """Raises FileRefused, naming the rows whose department this city does not have."""
    known = ", ".join(sorted(set(codes.values())))
    _refuse(
        Problem("dept_not_known", row["row"], "dept", params={"value": row["dept"], "known": known})
        for row in rows
        if row["dept"] and row["dept"] not in codes
    )


def check_areas(tx: Transaction, rows: Iterable[Row]) -> None:
    """Raises FileRefused, naming the rows whose area is neither a division nor a grid of this city."""
    told = {row["area"] for row in rows}
    wrong = {area for area in told if not (is_area_prefix(area) or accounts.grid_exists(tx.conn, area))}
    _refuse(
        Problem("area_not_known", row["row"], "area", params={"value": row["area"]})
        for row in rows
        if row["area"] in wrong
    )


def tell_idle_classes(tx: Transaction, rows: Iterable[Row], problems: Problems) -> None:
    """A class or group that no class of the city falls under is worth a word."""
    classes, told = tx.services.reference.classes(), {row["class"] for row in rows}
    idle = sorted(one for one in told if not any(code.startswith(one) for code in classes))
    if idle:
        problems.append(note("duty_without_class", classes=", ".join(idle[:20]), count=len(idle)))


def _twice(rows: Iterable[Row], *fields: str) -> Iterable[Problem]:
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in fields)
        first = seen.setdefault(key, row["row"])
        if first != row["row"]:
            value = " ".join(str(part) for part in key if part)
            yield Problem("line_twice", row["row"], fields[0], params={"value": value, "first": first})


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise FileRefused(*found)


TABLE_WRITERS: dict[str, Writer] = {
    "departments": write_departments,
    "duties": write_duties,
    "limits": write_limits,
    "workhours": write_hours,
    "workdays": write_days,
}
assert TABLE_WRITERS.keys() == TABLES.keys()  # noqa: S101  a list without a writer cannot be offered
