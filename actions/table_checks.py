"""What is looked at in the rows of lists without places, before they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from actions.unit_of_work import Transaction
from core.permissions import is_area_prefix
from db import accounts, org
from geo.problems import FileRefused, Problem, note
from geo.table import Row

Problems = list[Problem]


def known_departments(tx: Transaction) -> dict[str, str]:
    """Code and name of each department → its code."""
    found = org.read_departments(tx.conn)
    return {one.name: one.code for one in found.values()} | {code: code for code in found}


def check_departments(rows: Iterable[Row], codes: Mapping[str, str]) -> None:
    """Raises FileRefused, naming the rows whose department this city does not have."""
    known = ", ".join(sorted(set(codes.values())))
    refuse_rows(
        Problem("dept_not_known", row["row"], "dept", params={"value": row["dept"], "known": known})
        for row in rows
        if row["dept"] and row["dept"] not in codes
    )


def check_areas(tx: Transaction, rows: Iterable[Row]) -> None:
    """Raises FileRefused, naming the rows whose area is neither a division nor a grid of this city."""
    told = {row["area"] for row in rows}
    wrong = {area for area in told if not (is_area_prefix(area) or accounts.grid_exists(tx.conn, area))}
    refuse_rows(
        Problem("area_not_known", row["row"], "area", params={"value": row["area"]})
        for row in rows
        if row["area"] in wrong
    )


def twice(rows: Iterable[Row], *fields: str) -> Iterable[Problem]:
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in fields)
        first = seen.setdefault(key, row["row"])
        if first != row["row"]:
            value = " ".join(str(part) for part in key if part)
            yield Problem("line_twice", row["row"], fields[0], params={"value": value, "first": first})


def refuse_rows(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise FileRefused(*found)


def tell_idle_classes(tx: Transaction, rows: Iterable[Row], problems: Problems) -> None:
    """A class or group that no class of the city falls under is worth a word."""
    classes, told = tx.services.reference.classes(), {row["class"] for row in rows}
    idle = sorted(one for one in told if not any(code.startswith(one) for code in classes))
    if idle:
        problems.append(note("duty_without_class", classes=", ".join(idle[:20]), count=len(idle)))
