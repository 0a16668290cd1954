"""The shipped tables of reports, read; and what reports ask of the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, select

from core.envelope import Event
from core.linkage_model import Linkage, Task
from core.losses import Field
from core.reports import Limits
from core.serial import linkage_of, task_of
from db import log
from db.shipped import put_shipped, truth
from db.tables import assignment
from db.tables_briefing import loss_field, report_limit
from db.tables_linkage import linkage, task


def load_briefing_tables(conn: Connection) -> None:
    """Put the shipped rows into their tables; those a city changed or added are left as they are."""
    put_shipped(conn, report_limit, "report_limits.csv", {"level": int, "minutes": float})
    put_shipped(conn, loss_field, "loss_fields.csv", {"rank": int, "whole": truth})


def report_limits(conn: Connection) -> Limits:
    """Seconds by level and stage."""
    return {(row.level, row.stage): row.minutes * 60 for row in conn.execute(select(report_limit))}


def loss_fields(conn: Connection) -> tuple[Field, ...]:
    """In their order."""
    names = ("code", "name", "name_en", "unit", "unit_en", "whole")
    query = select(*(loss_field.c[name] for name in names)).order_by(loss_field.c.rank, loss_field.c.code)
    return tuple(Field(*row) for row in conn.execute(query))


def _linkage(realm: str, ident: str) -> Select[Any]:
    return select(linkage.c.doc).where(linkage.c.realm == realm, linkage.c.id == ident)


def read_linkage(conn: Connection, realm: str, ident: str, *, lock: bool = False) -> Linkage | None:
    """A response, running or over."""
    query = _linkage(realm, ident)
    doc = conn.scalar(query.with_for_update() if lock else query)
    return None if doc is None else linkage_of(doc)


def tasks_of(conn: Connection, realm: str, of: Linkage) -> list[Task]:
    """Its tasks, in their order."""
    query = select(task.c.doc).where(task.c.realm == realm, task.c.linkage == of.id)
    found = {one.id: one for one in map(task_of, conn.scalars(query))}
    return [found[ident] for ident in of.tasks if ident in found]


def linkages_of(conn: Connection, realm: str, incident: str) -> list[Linkage]:
    """The responses to an incident, oldest first."""
    query = select(linkage.c.doc).where(linkage.c.realm == realm, linkage.c.incident == incident)
    return [linkage_of(doc) for doc in conn.scalars(query.order_by(linkage.c.started_at, linkage.c.id))]


def facts(conn: Connection, realm: str, subjects: Iterable[str]) -> list[Event]:
    """The facts about these, oldest first."""
    return [log.to_event(wire) for wire in log.timeline(conn, realm, subjects)]


def assignments_of(conn: Connection, realm: str, incident: str) -> list[str]:
    query = select(assignment.c.id).where(assignment.c.realm == realm, assignment.c.incident == incident)
    return list(conn.scalars(query))
