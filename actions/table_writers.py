"""How the rows of lists without places become rows of tables, inside the import's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from actions.unit_of_work import Transaction
from core.permissions import is_area_prefix
from db import accounts, org
from db.history import Counts, Revision
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
    classes = tx.services.reference.classes()
    idle = sorted({r["class"] for r in rows if not any(code.startswith(r["class"]) for code in classes)})
    if idle:
        problems.append(note("duty_without_class", classes=", ".join(idle[:20]), count=len(idle)))
    made = [
        {"dept": r["dept"], "class_code": r["class"], "area": r["area"], "source": _source(r)} for r in rows
    ]
    return org.put_duties(tx.conn, made, replace=revision.replace)


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


TABLE_WRITERS: dict[str, Writer] = {"departments": write_departments, "duties": write_duties}
assert TABLE_WRITERS.keys() == TABLES.keys()  # noqa: S101  a list without a writer cannot be offered
