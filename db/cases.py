"""Queues of casework: what is in each, how many there are, and pages of them. Callers own the transaction.

A queue is one condition; its count and its list ask by the same. `words` finds by number, title, text and
place through the column `words` of the table: Chinese words have two characters, which trigrams do not find,
and looking through 100,000 rows takes a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select, true

from core.offices import Office
from core.permissions import Principal, Scope
from db.scoping import incident_seen, lies_in
from db.tables import incident

OPEN: ColumnElement[bool] = literal_column(
    "status NOT IN ('closed', 'rejected', 'merged', 'evaluated', 'archived')"
)
"""As the index ix_incident_open has it."""
UNRATED: ColumnElement[bool] = literal_column(
    "status = 'closed' AND rating IS NULL AND doc ->> 'reporter' IS NOT NULL"
)
"""As the index ix_incident_unrated has it."""

QUEUES = (
    "mine", "area", "near", "over", "whistled", "supervised", "approvals", "raised", "callback", "all",
)  # fmt: skip
"""我的, 本辖区, 即将超时, 已超时, 吹哨, 督办, 待审批, 上级关注, 待回访, 全部, in the order of the page."""
PAST = frozenset({"callback", "all"})
"""Queues that hold what has ended too: newest first; the others by what is due first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for besides the queue; `since` and `until` are of the report."""

    queue: str
    words: str = ""
    class_code: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def conditions(by: Principal) -> Mapping[str, ColumnElement[bool]]:
    """Each queue as this person has it."""
    i, key = incident.c, Scope.of(by).key
    above = str(Office("", by.area))
    mine = or_(i.owner == str(by.office), i.doc["hands"].contains([by.name]))
    whistled = i.whistled.contains([key]) if key else func.cardinality(i.whistled) > 0
    return {
        "mine": and_(OPEN, mine),
        "area": and_(OPEN, lies_in(by.area) if by.area else true()),
        "near": and_(OPEN, i.clock == "near"),
        "over": and_(OPEN, i.clock == "over"),
        "whistled": and_(OPEN, whistled),
        "supervised": and_(OPEN, i.supervised),
        "approvals": and_(OPEN, i.doc["request"].astext.is_not(None)),
        "raised": and_(OPEN, i.doc["raised"].astext == above),
        "callback": UNRATED,
        "all": true(),
    }


def counts(conn: Connection, realm: str, by: Principal) -> dict[str, int]:
    """How many there are in each queue."""
    seen = and_(incident.c.realm == realm, incident_seen(Scope.of(by)))
    asked = conditions(by)
    at_work = {name: func.count().filter(asked[name]).label(name) for name in QUEUES if name not in PAST}
    found = dict(conn.execute(select(*at_work.values()).where(seen, OPEN)).mappings().one())
    for name in PAST:
        found[name] = conn.scalar(select(func.count()).select_from(incident).where(seen, asked[name])) or 0
    return {name: int(found[name]) for name in QUEUES}


def _where(realm: str, by: Principal, wanted: Wanted) -> list[ColumnElement[bool]]:
    i = incident.c
    where = [i.realm == realm, incident_seen(Scope.of(by)), conditions(by)[wanted.queue]]
    where += [func.strpos(i.words, word) > 0 for word in wanted.words.lower().split()]
    if wanted.class_code:
        where.append(i["class"] == wanted.class_code)
    if wanted.since:
        where.append(i.reported_at >= wanted.since)
    if wanted.until:
        where.append(i.reported_at < wanted.until)
    return where


def page(
    conn: Connection, realm: str, by: Principal, wanted: Wanted, offset: int, limit: int
) -> tuple[Sequence[dict[str, Any]], int]:
    """Documents of a page, and how many there are in all."""
    i = incident.c
    where = _where(realm, by, wanted)
    newest = (i.reported_at.desc(), i.id.desc())
    order = newest if wanted.queue in PAST else (i.due_at.nulls_last(), i.severity, *newest)
    listed = select(i.doc).where(*where).order_by(*order).offset(offset).limit(limit)
    docs = conn.scalars(listed).all()
    if offset == 0 and len(docs) < limit:
        return docs, len(docs)
    total = conn.scalar(select(func.count()).select_from(incident).where(*where))
    return docs, int(total or 0)


def numbered(conn: Connection, realm: str, number: str) -> str | None:
    """The id of the incident with this number."""
    where = (incident.c.realm == realm, incident.c.number == number)
    return conn.scalar(select(incident.c.id).where(*where).limit(1))


def documents(conn: Connection, realm: str, idents: Sequence[str]) -> list[dict[str, Any]]:
    """Incidents by id; those that there are not are left out."""
    if not idents:
        return []
    where = (incident.c.realm == realm, incident.c.id.in_(idents))
    return list(conn.scalars(select(incident.c.doc).where(*where)))
