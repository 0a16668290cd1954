"""The tables of departments and duties: shipped as data, replaced by a city's own lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from core.duties import Department, Duty, DutyList
from db.history import Counts
from db.shipped import put_shipped
from db.tables_accounts import account
from db.tables_org import department, duty

Row = Mapping[str, Any]


def load_org_tables(conn: Connection) -> None:
    """Put the shipped lists into empty tables: a city that brought its own does not get these back."""
    if _empty(conn, department):
        put_shipped(conn, department, "departments.csv")
        put_shipped(conn, duty, "duties.csv")


def _empty(conn: Connection, table: Table) -> bool:
    return conn.execute(select(table).limit(1)).first() is None


def read_departments(conn: Connection) -> dict[str, Department]:
    """Every department by its code, in the order of codes."""
    rows = conn.execute(select(department).order_by(department.c.code)).mappings()
    return {row["code"]: Department(**row) for row in rows}


def read_duties(conn: Connection) -> DutyList:
    """The whole list, by class, then department."""
    rows = conn.execute(select(duty).order_by(duty.c.class_code, duty.c.dept, duty.c.area)).mappings()
    return DutyList(Duty(**row) for row in rows)


def departments_in_use(conn: Connection) -> dict[str, str]:
    """Code → what still needs the department: an account, else the list of duties."""
    by_duty = dict.fromkeys(conn.scalars(select(duty.c.dept).distinct()), "duties")
    query = select(account.c.dept, func.min(account.c.name)).where(account.c.dept != "")
    return by_duty | {row[0]: row[1] for row in conn.execute(query.group_by(account.c.dept))}


def put_departments(conn: Connection, rows: Sequence[Row], *, replace: bool) -> Counts:
    return put_rows(conn, department, rows, replace=replace)


def put_duties(conn: Connection, rows: Sequence[Row], *, replace: bool) -> Counts:
    return put_rows(conn, duty, rows, replace=replace)


def put_rows(conn: Connection, table: Table, rows: Sequence[Row], *, replace: bool) -> Counts:
    """Insert what is new, update what differs; with `replace` what is not among the rows goes.

    A row has every column of the table. The tables are short: what is there is read whole.
    """
    keys = [column.name for column in table.primary_key]
    present = map(dict, conn.execute(select(table)).mappings())
    held: dict[tuple[Any, ...], Row] = {_key(row, keys): row for row in present}
    fresh = {_key(row, keys): dict(row) for row in rows}
    new = [row for key, row in fresh.items() if key not in held]
    changed = [row for key, row in fresh.items() if key in held and held[key] != row]
    gone = [key for key in held if key not in fresh] if replace else []
    for key in gone:
        conn.execute(
            delete(table).where(*(table.c[name] == part for name, part in zip(keys, key, strict=True)))
        )
    if new or changed:
        query = insert(table)
        rest = {column.name: query.excluded[column.name] for column in table.c if column.name not in keys}
        conn.execute(query.on_conflict_do_update(index_elements=keys, set_=rest), [*new, *changed])
    return Counts(len(new), len(changed), len(fresh) - len(new) - len(changed), len(gone))


def _key(row: Row, keys: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in keys)
