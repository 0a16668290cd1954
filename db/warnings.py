"""Warnings to the public as the database has them. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select, tuple_

from core.linkage_model import Linkage
from core.permissions import Scope
from core.serial import alert_of, linkage_of
from core.warning_model import Alert
from core.warning_words import EventWords, LevelWords, WarningWords
from db.scoping import of_scope
from db.shipped import put_shipped
from db.tables import incident
from db.tables_linkage import linkage
from db.tables_outbound import outbound_message
from db.tables_warnings import warning, warning_event, warning_level


def load_warning_tables(conn: Connection) -> None:
    put_shipped(conn, warning_event, "warning_events.csv")
    put_shipped(conn, warning_level, "warning_levels.csv", {"level": int, "valid_h": int})


def words(conn: Connection) -> WarningWords:
    """Both code tables."""
    of_class, of_level = warning_event.c, warning_level.c
    events = conn.execute(
        select(
            of_class["class"], of_class.category, of_class.event, of_class.event_en, of_class.urgency,
            of_class.certainty, of_class.response,
        )
    )  # fmt: skip
    levels = conn.execute(
        select(of_level.level, of_level.colour, of_level.colour_zh, of_level.severity, of_level.valid_h)
    )
    return WarningWords([EventWords(*row) for row in events], [LevelWords(*row) for row in levels])


def find(conn: Connection, realm: str, ident: str) -> Alert | None:
    """A warning, also one that is over."""
    doc = conn.scalar(select(warning.c.doc).where(warning.c.realm == realm, warning.c.id == ident))
    return alert_of(doc) if doc else None


def listed(
    conn: Connection, realm: str, scope: Scope, limit: int, after: tuple[datetime, str] | None = None
) -> list[Alert]:
    """Newest first, those that are over as well, after a place."""
    query = select(warning.c.doc).where(warning.c.realm == realm, of_scope(warning, scope))
    if after:
        query = query.where(tuple_(warning.c.issued_at, warning.c.id) < tuple_(*after))
    order = (warning.c.issued_at.desc(), warning.c.id.desc())
    return [alert_of(doc) for doc in conn.scalars(query.order_by(*order).limit(limit))]


def letters(conn: Connection, idents: Collection[str]) -> list[RowMapping]:
    """How these messages fare, oldest first."""
    table = outbound_message.c
    told = (table.id, table.fact, table.channel, table.state, table.attempts, table.error, table.sent_at)
    query = select(*told).where(table.id.in_(list(idents))).order_by(table.seq, table.channel)
    return list(conn.execute(query).mappings())


def responses(conn: Connection, realm: str, scope: Scope) -> list[tuple[Linkage, str]]:
    """The responses that run and the class of each one's incident, newest first."""
    joined = linkage.join(incident, (incident.c.realm == realm) & (incident.c.id == linkage.c.incident))
    query = select(linkage.c.doc, incident.c["class"]).select_from(joined)
    running = linkage.c.realm == realm, linkage.c.ended_at.is_(None), of_scope(linkage, scope)
    found = conn.execute(query.where(*running).order_by(linkage.c.started_at.desc()))
    return [(linkage_of(doc), str(class_code)) for doc, class_code in found]
