"""机器参演 in the database: how the realm of a drill stands, and what is shipped of how machines play."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from core.drill import Drill
from core.drill_player import Seen, Step
from core.drill_player_reports import KINDS
from core.serial import assignment_of, incident_of, linkage_of, lot_of, task_of
from db import log
from db.shipped import figure, shipped
from db.tables import assignment, incident, timer, unit
from db.tables_linkage import linkage, task
from db.tables_stock import lot
from db.waking import PLAYERS


@cache
def steps() -> Mapping[str, Step]:
    """How long each step takes."""
    rows = shipped("drill_players.csv", {"delay_s": float, "share": float, "most_s": figure, "spread": float})
    return {row["step"]: Step(row["delay_s"], row["share"], row["most_s"], row["spread"]) for row in rows}


@cache
def words() -> Mapping[str, str]:
    """What machines say, with places to fill in."""
    return {row["key"]: row["text"] for row in shipped("drill_player_words.csv")}


def read_seen(conn: Connection, drill: Drill, at: datetime) -> Seen:
    """All but the twins."""
    realm = drill.id
    incidents = [incident_of(doc) for doc in conn.scalars(_standing(realm))]
    links = select(assignment.c.doc).where(
        assignment.c.realm == realm, assignment.c.incident.in_([one.id for one in incidents])
    )
    bound = select(lot.c.doc).where(lot.c.realm == realm, func.cardinality(lot.c.bound) > 0)
    responses = [
        linkage_of(doc) for doc in conn.scalars(select(linkage.c.doc).where(linkage.c.realm == realm))
    ]
    facts = log.read_kinds(conn, realm, KINDS, log.head(conn, realm))
    return Seen(
        drill=drill, at=at, steps=steps(),
        incidents={one.id: one for one in incidents},
        links=[assignment_of(doc) for doc in conn.scalars(links.order_by(assignment.c.id))],
        linkages={one.id: one for one in responses},
        tasks=[task_of(doc) for doc in conn.scalars(select(task.c.doc).where(task.c.realm == realm))],
        lots=[lot_of(doc) for doc in conn.scalars(bound.order_by(lot.c.id))],
        facts=[log.to_event(wire) for wire in facts],
    )  # fmt: skip


def _standing(realm: str) -> Select[Any]:
    where = incident.c.realm == realm, incident.c.shelved.is_(False)
    return select(incident.c.doc).where(*where).order_by(incident.c.reported_at, incident.c.id)


def kinds_of(conn: Connection, realm: str, units: Collection[str]) -> frozenset[str]:
    """The kinds of these units."""
    where = unit.c.realm == realm, unit.c.id.in_(units)
    return frozenset(conn.scalars(select(unit.c.kind).where(*where)))


# --- the timer ----------------------------------------------------------------------------------------------


def claim(conn: Connection, realm: str, now: datetime) -> Row[Any, Any] | None:
    """The timer, (id, body), locked until the end of the transaction; None while it is not due, or another
    worker has it."""
    due = timer.c.realm == realm, timer.c.kind == PLAYERS, timer.c.due_at <= now
    query = select(timer.c.id, timer.c.body).where(*due).limit(1)
    return conn.execute(query.with_for_update(skip_locked=True)).first()


def put(conn: Connection, realm: str, ident: int, at: datetime, body: Mapping[str, object]) -> None:
    """When it is looked at next, and what is remembered until then."""
    mine = timer.c.realm == realm, timer.c.id == ident
    conn.execute(update(timer).where(*mine).values(due_at=at, body=dict(body)))


def drop(conn: Connection, realm: str, ident: int) -> None:
    conn.execute(delete(timer).where(timer.c.realm == realm, timer.c.id == ident))
