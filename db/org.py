"""The tables of departments and duties: shipped as data, replaced by a city's own lists."""

from __future__ import annotations

from sqlalchemy import Connection, Table, select

from core.duties import Department, Duty, DutyList
from db.shipped import put_shipped
from db.tables_org import department, duty


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
