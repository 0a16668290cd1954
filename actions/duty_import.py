"""值班表 and 通讯录 out of files."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from actions.table_checks import (
    Problems,
    check_areas,
    check_departments,
    known_departments,
    refuse_rows,
    twice,
)
from actions.unit_of_work import Transaction
from core.offices import Office
from core.permissions import covers
from core.roster import Shift, overlap
from db import duty
from db.history import Counts, Revision
from db.org import put_rows
from db.tables_duty import contact
from geo.problems import FileRefused, Problem
from geo.table import Row


def write_roster(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """值班表: what an office had between the first start and the last end of the file's shifts goes.

    Raises FileRefused for departments and areas that are none, a shift that ends before it begins, and a
    person at one post twice at a time.
    """
    _find_offices(tx, rows)
    zone = tx.services.zone
    refuse_rows(
        Problem("shift_ends_first", row["row"], "ends_at")
        for row in rows
        if _utc(row["ends_at"], zone) <= _utc(row["starts_at"], zone)
    )
    fresh = [_shift(row, zone) for row in rows]
    gone = duty.replace_shifts(tx.conn, fresh)
    since, until = min(s.starts_at for s in fresh), max(s.ends_at for s in fresh)
    if doubled := overlap(duty.shifts(tx.conn, since, until, {shift.office for shift in fresh})):
        first, second = doubled
        at = second.starts_at.astimezone(zone).strftime("%m-%d %H:%M")
        params = {"person": first.person, "post": first.post, "at": at}
        raise FileRefused(Problem("shift_twice", params=params))
    return Counts(added=len(fresh), removed=gone)


def _shift(row: Row, zone: ZoneInfo) -> Shift:
    starts_at, ends_at = _utc(row["starts_at"], zone), _utc(row["ends_at"], zone)
    office = str(Office(row["dept"], row["area"]))
    return Shift(office, row["post"], starts_at, ends_at, row["person"], row["deputy"] or "")


def _utc(at: datetime, zone: ZoneInfo) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def write_contacts(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """通讯录. Raises FileRefused as for the roster, and for a line given twice."""
    _find_offices(tx, rows)
    refuse_rows(twice(rows, "dept", "area", "role", "phone"))
    made = [
        {
            "office": str(Office(row["dept"], row["area"])), "role": row["role"], "phone": row["phone"],
            "name": row["name"] or "", "note": row["note"] or "",
        }
        for row in rows
    ]  # fmt: skip
    return put_rows(tx.conn, contact, made, replace=revision.replace)


def _find_offices(tx: Transaction, rows: list[Row]) -> None:
    """Departments by code or name, empty for the desk of the area; areas of this city; offices that the asker
    acts for. Raises FileRefused."""
    codes = known_departments(tx)
    for row in rows:
        row["dept"] = codes.get(row["dept"] or "", row["dept"] or "")
        row["area"] = row["area"] or ""
    check_departments(rows, codes)
    check_areas(tx, rows)
    refuse_rows(
        Problem("office_not_yours", row["row"], "area", params={"value": row["area"] or row["dept"]})
        for row in rows
        if not covers(tx.call.principal, str(Office(row["dept"], row["area"])))
    )
