"""The levels of drills (演练评定), shipped and as a city has them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from core.drill_levels import Rule
from db.shipped import put_shipped, shipped
from db.tables_drill_levels import drill_level

_FILE = "drill_levels.csv"


def _number(cell: str) -> int | None:
    return int(cell) if cell else None


_READERS: dict[str, Any] = {
    "rank": int, "share": float, "key_weight": float, "key_failed": _number, "mark": float, "mend_days": int,
}  # fmt: skip


def load_drill_levels(conn: Connection) -> None:
    """Put the shipped levels in; those that a city changed or added are left as they are."""
    put_shipped(conn, drill_level, _FILE, _READERS)


def shipped_levels() -> tuple[Rule, ...]:
    return tuple(Rule(**row) for row in shipped(_FILE, _READERS))


def drill_levels(conn: Connection) -> tuple[Rule, ...]:
    """The best first."""
    rows = conn.execute(select(drill_level).order_by(drill_level.c.rank, drill_level.c.code)).mappings()
    return tuple(Rule(**row) for row in rows)
