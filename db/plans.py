"""What plans are checked against, and the plans that ship with the product."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from core.plan_checks import Known
from core.plan_text import read_plan
from core.plans import Plan
from db.tables import incident_class, unit
from db.tables_linkage import plan_version
from db.tables_org import department
from db.tables_stock import item

SHIPPED = "shipped"
"""Who made the plans that come with the product; nobody of the city has approved them yet."""
_PLANS = Path(__file__).parent / "data" / "plans"


def shipped_plans() -> list[Plan]:
    return [read_plan(path.read_text(encoding="utf-8")) for path in sorted(_PLANS.glob("*.yaml"))]


def load_plans(conn: Connection) -> None:
    """Put the shipped plans in force where the city has none of that code."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {"code": one.code, "version": 1, "state": "approved", "body": one.model_dump(mode="json"),
         "made_by": SHIPPED, "made_at": at, "approved_by": None, "approved_at": at}
        for one in shipped_plans()
    ]  # fmt: skip
    if rows:
        conn.execute(insert(plan_version).on_conflict_do_nothing(), rows)


def known_to(conn: Connection) -> Known:
    """What the city has that a plan may name; skills are those of its units."""
    skills = select(func.jsonb_array_elements_text(unit.c.doc["skills"])).distinct()
    return Known(
        departments=frozenset(conn.scalars(select(department.c.code))),
        items=frozenset(conn.scalars(select(item.c.code))),
        skills=frozenset(conn.scalars(skills)),
        classes=frozenset(conn.scalars(select(incident_class.c.code))),
    )
