"""The workflow table: shipped as data, replaced by a city's own."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from core.errors_cases import FlowBroken
from core.flow import Move, Workflow
from db.renewing import Rules, renew
from db.shipped import Row, shipped
from db.tables_flow import workflow_move

KIND = "workflow"
_FILE = "workflow.csv"
_SETS = ("from", "who", "needs")


def _most(cell: str) -> int | None:
    return int(cell) if cell else None


RULES = Rules(workflow_move, _FILE, {"most": _most}, position="position")


def shipped_workflow() -> Workflow:
    """What a new city has, without a database."""
    return workflow_of(shipped(_FILE, {"most": _most}))


def load_workflow(conn: Connection) -> None:
    """The shipped rows that the city has not touched are renewed, unless its table were broken by that."""
    with suppress(FlowBroken), conn.begin_nested():
        renew(conn, RULES)
        read_workflow(conn)


def put_workflow(conn: Connection, rows: Iterable[Row]) -> None:
    """Another table in place of the one that holds."""
    conn.execute(delete(workflow_move))
    conn.execute(insert(workflow_move), [{**row, "position": n} for n, row in enumerate(rows)])


def read_workflow(conn: Connection) -> Workflow:
    rows = conn.execute(select(workflow_move).order_by(workflow_move.c.position)).mappings()
    return workflow_of(rows)


def workflow_of(rows: Iterable[Any]) -> Workflow:
    """The table of its rows. Raises FlowBroken when it lets an incident be lost."""
    return Workflow(_move(row) for row in rows)


def _move(row: Any) -> Move:
    states, who, needs = (frozenset(row[name].split()) for name in _SETS)
    return Move(row["verb"], states, who, needs, row["starts"], row["most"], row["source"])
