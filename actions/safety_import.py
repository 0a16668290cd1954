"""安全核对表 and 队伍时限表 out of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from actions.table_checks import Problems, refuse_rows, twice
from actions.unit_of_work import Transaction
from db.history import Counts, Revision
from db.org import put_rows
from db.tables_safety import safety_rule, unit_limit
from geo.problems import Problem
from geo.table import Row

Holds = Callable[[float], bool]
LEVELS = range(1, 5)
LONGEST_S = 7 * 86_400.0
"""No unit is given longer: a figure beyond is a slip of the hand."""


def write_safety_checks(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """安全核对. Raises FileRefused for a level that is none, a round under a minute, a time past LONGEST_S
    and a line given twice."""
    for row in rows:
        row["class"] = row["class"] or ""
    refuse_rows(_wrong(rows, "severity", lambda value: value in LEVELS))
    refuse_rows(_wrong(rows, "minutes", lambda value: value == 0 or 60 <= value * 60 <= LONGEST_S))
    refuse_rows(_wrong(rows, "grace_minutes", lambda value: 0 < value * 60 <= LONGEST_S))
    refuse_rows(twice(rows, "class", "severity"))
    made = [
        {"class_code": row["class"], **_only(row, "severity", "minutes", "grace_minutes", "source")}
        for row in rows
    ]
    return put_rows(tx.conn, safety_rule, made, replace=revision.replace)


def write_unit_limits(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """队伍时限. Raises FileRefused for seconds that no unit is given and a line given twice."""
    for row in rows:
        row["kind"] = row["kind"] or ""
    refuse_rows(_wrong(rows, "seconds", lambda value: 0 < value <= LONGEST_S))
    refuse_rows(twice(rows, "kind", "measure"))
    made = [_only(row, "kind", "measure", "seconds", "source") for row in rows]
    return put_rows(tx.conn, unit_limit, made, replace=revision.replace)


def _only(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names} | {"source": row["source"] or "本市导入"}


def _wrong(rows: Iterable[Row], field: str, holds: Holds) -> Iterable[Problem]:
    for row in rows:
        if not holds(row[field]):
            yield Problem("field_invalid", row["row"], field, params={"value": f"{row[field]:g}"})
