"""What plans are checked against, and the plans that ship with the product."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from core.plan_checks import Known
from core.plan_text import plan_of, read_plan
from core.plans import Plan
from db.tables import incident_class, unit
from db.tables_accounts import account, token
from db.tables_linkage import linkage, plan_version
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


def read_plans(conn: Connection) -> list[Plan]:
    """The plans in force, by code."""
    query = select(plan_version.c.body).where(plan_version.c.state == "approved")
    return [plan_of(body) for body in conn.scalars(query.order_by(plan_version.c.code))]


def library_stamp(conn: Connection) -> int:
    """Grows whenever a plan comes into force or is retired."""
    state = plan_version.c.state
    counted = select(func.count().filter(state == "approved") + 2 * func.count().filter(state == "retired"))
    return int(conn.scalar(counted.select_from(plan_version)) or 0)


def known_to(conn: Connection) -> Known:
    """What the city has that a plan may name; skills are those of its own units, not of drills' copies."""
    own = unit.c.realm == "live"
    skills = select(func.jsonb_array_elements_text(unit.c.doc["skills"])).where(own).distinct()
    return Known(
        departments=frozenset(conn.scalars(select(department.c.code))),
        items=frozenset(conn.scalars(select(item.c.code))),
        skills=frozenset(conn.scalars(skills)),
        classes=frozenset(conn.scalars(select(incident_class.c.code))),
    )


def list_versions(conn: Connection) -> list[dict[str, Any]]:
    """Every version of every plan in their order, without its body."""
    c, body = plan_version.c, plan_version.c.body
    query = select(
        c.code.label("plan"), c.version, c.state, c.made_by, c.made_at, c.approved_by, c.approved_at,
        *(body[name].astext.label(name) for name in ("name", "name_en", "kind")),
        *(func.jsonb_array_length(body[name]).label(name) for name in ("tasks", "sources")),
    ).order_by(c.code, c.version)  # fmt: skip
    return [dict(row) for row in conn.execute(query).mappings()]


def names_of(conn: Connection, idents: Iterable[str]) -> dict[str, str]:
    """Whose account or token each is; who is neither keeps the id."""
    asked = list(idents)
    found = {one: one for one in asked}
    for table in (account, token):
        rows = conn.execute(select(table.c.id, table.c.name).where(table.c.id.in_(asked)))
        found |= {row.id: row.name for row in rows}
    return found


def times_run(conn: Connection) -> dict[str, dict[str, Any]]:
    """Plan → how often it was activated in earnest, when last, and when last in a drill."""
    live = linkage.c.realm == "live"
    query = select(
        linkage.c.plan, func.count().filter(live).label("runs"),
        func.max(linkage.c.started_at).filter(live).label("ran_at"),
        func.max(linkage.c.started_at).filter(~live).label("drilled_at"),
    ).group_by(linkage.c.plan)  # fmt: skip
    return {row.plan: {"runs": row.runs, "ran_at": row.ran_at, "drilled_at": row.drilled_at}
            for row in conn.execute(query)}  # fmt: skip
