"""The rows of drills' findings. Callers own the transaction; the realm is live."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from core.drill_findings import RUNNING, Finding, State
from db.tables_findings import drill_finding as table
from db.tables_linkage import plan_version

_FINDING = TypeAdapter(Finding)
REALM = "live"
_HERE = table.c.realm == REALM
_ORDER = (table.c.due_on, table.c.seq)


def of_drill(conn: Connection, drill: str) -> list[Finding]:
    """Of a drill, named by its realm, in the order they were proposed: ids tell."""
    return _read(conn, table.c.drill == drill, order=(table.c.id,))


def of_plan(conn: Connection, plan: str) -> list[Finding]:
    """What is being mended or was, and puts a plan in question."""
    return _read(conn, table.c.plan == plan, table.c.state.in_((*RUNNING, "closed")))


def listed(conn: Connection, states: Collection[State], before: date | None) -> Iterator[Finding]:
    """In these states, due before a day, what is due first on top; made one by one as they are taken."""
    late = () if before is None else (table.c.due_on < before,)
    query = select(table.c.doc).where(_HERE, table.c.state.in_(states), *late).order_by(*_ORDER)
    return map(_FINDING.validate_python, conn.scalars(query))


def _read(
    conn: Connection, *where: ColumnElement[bool], order: tuple[ColumnElement[object], ...] = _ORDER
) -> list[Finding]:
    query = select(table.c.doc).where(_HERE, *where).order_by(*order)
    return [_FINDING.validate_python(doc) for doc in conn.scalars(query)]


def lock(conn: Connection, ident: str) -> Finding | None:
    doc = conn.scalar(select(table.c.doc).where(_HERE, table.c.id == ident).with_for_update())
    return None if doc is None else _FINDING.validate_python(doc)


def read(conn: Connection, ident: str) -> Finding | None:
    doc = conn.scalar(select(table.c.doc).where(_HERE, table.c.id == ident))
    return None if doc is None else _FINDING.validate_python(doc)


def wait_turn(conn: Connection, drill: str) -> None:
    """Two who propose findings of the same drill do so one after the other."""
    conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"findings:{drill}"))))


def keys_of(conn: Connection, drill: str) -> frozenset[str]:
    return frozenset(conn.scalars(select(table.c.key).where(_HERE, table.c.drill == drill)))


def is_decided(conn: Connection, drill: str) -> bool:
    """Whether nothing that a drill proposed waits for somebody."""
    query = select(table.c.id).where(_HERE, table.c.drill == drill, table.c.state == "proposed")
    return conn.scalar(query.limit(1)) is None


def put(conn: Connection, findings: Iterable[Finding]) -> None:
    """Write rows as the fold has them."""
    rows = [_row(one) for one in findings]
    if not rows:
        return
    statement = insert(table)
    fresh = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key}
    conn.execute(statement.on_conflict_do_update(index_elements=["realm", "id"], set_=fresh), rows)


def _row(one: Finding) -> dict[str, object]:
    same = {name: getattr(one, name) for name in ("id", "drill", "key", "state", "office", "plan", "due_on")}
    return {**same, "realm": REALM, "seq": one.version, "doc": _FINDING.dump_python(one, mode="json")}


def forget(conn: Connection, realm: str) -> None:
    """Empty what is about to be made again from the log."""
    conn.execute(delete(table).where(table.c.realm == realm))


def is_in_force(conn: Connection, plan: str, version: int) -> bool:
    """Whether a version of a plan, or a later one, was approved."""
    v = plan_version.c
    query = select(v.version).where(v.code == plan, v.version >= version, v.approved_at.is_not(None))
    return conn.scalar(query.limit(1)) is not None
