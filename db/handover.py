"""Shifts handed over, and what is unresolved. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, func, select, true
from sqlalchemy.dialects.postgresql import insert

from core.handover import Handover, Signature
from core.model import ENDED, WAITING
from core.permissions import Scope
from db.scoping import incident_seen
from db.tables import incident
from db.tables_accounts import account, session
from db.tables_duty import handover

_UNDER_WAY = ("dispatched", "acknowledged", "on_scene")
_TO_CLOSE = ("handled", "verified")
CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "open": true(),
    "waiting": incident.c.status.in_(sorted(WAITING)),
    "under_way": incident.c.status.in_(_UNDER_WAY),
    "to_close": incident.c.status.in_(_TO_CLOSE),
    "near": incident.c.clock == "near",
    "over": incident.c.clock == "over",
    "grave": incident.c.severity <= 2,
    "supervised": incident.c.supervised,
}
"""Each kind of unresolved incidents (core.handover.KINDS but alarms): lists and counts ask by the same."""


def unresolved(realm: str, scope: Scope, *columns: Any) -> Select[Any]:
    """What a scope sees of the incidents that have not ended."""
    query = select(*columns).where(incident.c.realm == realm, incident.c.status.not_in(sorted(ENDED)))
    return query.where(incident_seen(scope))


def count_unresolved(conn: Connection, realm: str, scope: Scope) -> dict[str, int]:
    """How many there are of each kind."""
    counted = [func.count().filter(condition).label(kind) for kind, condition in CONDITIONS.items()]
    return dict(conn.execute(unresolved(realm, scope, *counted)).mappings().one())


def list_unresolved(
    conn: Connection, realm: str, scope: Scope, kind: str, limit: int
) -> list[dict[str, Any]]:
    """Documents of one kind: the gravest first, then what is due first."""
    order = (incident.c.severity, incident.c.due_at.nulls_last(), incident.c.reported_at, incident.c.id)
    query = unresolved(realm, scope, incident.c.doc).where(CONDITIONS[kind])
    return list(conn.scalars(query.order_by(*order).limit(limit)))


def put(conn: Connection, realm: str, known: Handover) -> bool:
    """Write a handover's row; False when another of this office waits to be taken over."""
    doc = _document(known)
    taken_at = known.taken.at if known.taken else None
    row = {"seq": known.version, "office": known.office, "handed_at": known.handed.at, "doc": doc}
    query = insert(handover).values(realm=realm, id=known.id, taken_at=taken_at, **row)
    changed = {"seq": known.version, "taken_at": taken_at, "doc": doc}
    if known.taken:
        conn.execute(query.on_conflict_do_update(index_elements=["realm", "id"], set_=changed))
        return True
    return conn.execute(query.on_conflict_do_nothing().returning(handover.c.id)).first() is not None


def forget(conn: Connection, realm: str) -> None:
    """Before a realm's rows are made again."""
    conn.execute(delete(handover).where(handover.c.realm == realm))


def _document(known: Handover) -> dict[str, Any]:
    doc = asdict(known)
    doc["since"] = known.since and known.since.isoformat()
    for name, signature in (("handed", known.handed), ("taken", known.taken)):
        doc[name] = signature and {**asdict(signature), "at": signature.at.isoformat()}
    return doc


def handover_of(doc: Mapping[str, Any]) -> Handover:
    """The handover of its row's document."""
    signed = {name: doc[name] and _signature(doc[name]) for name in ("handed", "taken")}
    since = doc["since"] and datetime.fromisoformat(doc["since"])
    items = tuple(tuple(item) for item in doc["items"])
    return Handover(**{**doc, **signed, "since": since, "items": items, "roster": tuple(doc["roster"])})


def _signature(doc: Mapping[str, Any]) -> Signature:
    return Signature(**{**doc, "at": datetime.fromisoformat(doc["at"])})


def waiting(conn: Connection, realm: str, office: str, *, lock: bool = False) -> Handover | None:
    """The handover of an office that nobody has taken over yet."""
    query = select(handover.c.doc).where(
        handover.c.realm == realm, handover.c.office == office, handover.c.taken_at.is_(None)
    )
    doc = conn.scalar(query.with_for_update() if lock else query)
    return None if doc is None else handover_of(doc)


def find(conn: Connection, realm: str, ident: str, *, lock: bool = False) -> Handover | None:
    query = select(handover.c.doc).where(handover.c.realm == realm, handover.c.id == ident)
    doc = conn.scalar(query.with_for_update() if lock else query)
    return None if doc is None else handover_of(doc)


def history(conn: Connection, realm: str, office: str, limit: int) -> list[Handover]:
    """Newest first."""
    query = select(handover.c.doc).where(handover.c.realm == realm, handover.c.office == office)
    return [
        handover_of(doc) for doc in conn.scalars(query.order_by(handover.c.handed_at.desc()).limit(limit))
    ]


def manned(conn: Connection, office: str, since: datetime, until: datetime) -> list[RowMapping]:
    """Seats of an office with the sessions that were open between: seat, begun, ended. A session that nobody
    ended lasts as long as it was used."""
    ended = func.coalesce(session.c.ended_at, session.c.seen_at)
    seat = func.coalesce(func.nullif(session.c.seat, ""), account.c.name)
    query = (
        select(seat.label("seat"), session.c.created_at.label("begun"), ended.label("ended"))
        .join(account, session.c.account == account.c.id)
        .where(account.c.dept + "@" + account.c.area == office)
        .where(session.c.created_at < until, ended > since, account.c.role.in_(("officer", "leader")))
    )
    return list(conn.execute(query).mappings())
