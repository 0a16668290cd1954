"""The tables of crews' checks and of units' limits: shipped as data, replaced by a city's own."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Connection, select

from core.safety import SafetyRule, SafetyRules
from db.shipped import put_shipped, shipped
from db.tables_safety import safety_rule, unit_limit

SAFETY, UNIT_LIMITS = "safetychecks", "unitlimits"
"""The lists by which they come in."""
MEASURES = ("turnout", "travel", "scene")
"""出动: from the dispatch until it moves; 行程: until it arrives; 现场: until it is released."""
_SAFETY_FILE, _LIMITS_FILE = "safety_checks.csv", "unit_limits.csv"
_SAFETY_READERS = {"severity": int, "minutes": float, "grace_minutes": float}


class UnitLimit(TypedDict):
    """How long units of a kind ("" = all others) may take for a measure."""

    kind: str
    measure: str
    seconds: float


def load_safety_tables(conn: Connection) -> None:
    """Put the shipped rows into empty tables: a city that brought its own does not get these back."""
    if conn.execute(select(safety_rule).limit(1)).first() is None:
        put_shipped(conn, safety_rule, _SAFETY_FILE, _SAFETY_READERS)
    if conn.execute(select(unit_limit).limit(1)).first() is None:
        put_shipped(conn, unit_limit, _LIMITS_FILE, {"seconds": float})


def shipped_safety_rules() -> SafetyRules:
    """What a new city has, without a database."""
    return SafetyRules(SafetyRule(**row) for row in shipped(_SAFETY_FILE, _SAFETY_READERS))


def read_safety_rules(conn: Connection) -> SafetyRules:
    return SafetyRules(SafetyRule(**row) for row in conn.execute(select(safety_rule)).mappings())


def read_unit_limits(conn: Connection) -> list[UnitLimit]:
    """Every row, by kind and measure."""
    rows = conn.execute(select(unit_limit).order_by(unit_limit.c.kind, unit_limit.c.measure))
    return [UnitLimit(kind=row.kind, measure=row.measure, seconds=row.seconds) for row in rows]
