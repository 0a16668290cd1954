"""Attachments in the database. Callers own the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select
from sqlalchemy.dialects.postgresql import insert

from db.tables_attachments import attachment, attachment_file


@dataclass(frozen=True, slots=True)
class File:
    """Bytes as they are kept: cleaned, of a type found by their content."""

    sha256: str
    media_type: str
    body: bytes
    thumb: bytes | None


def put_file(conn: Connection, file: File) -> None:
    """Keep the bytes; the same ones are kept once."""
    row = insert(attachment_file).values(
        sha256=file.sha256,
        media_type=file.media_type,
        size=len(file.body),
        body=file.body,
        thumb=file.thumb,
    )
    conn.execute(row.on_conflict_do_nothing())


def put_attachment(
    conn: Connection, realm: str, ident: str, subject: str, name: str, sha256: str, by: str, at: datetime
) -> None:
    values = {"realm": realm, "id": ident, "subject": subject, "name": name, "sha256": sha256}
    conn.execute(insert(attachment).values(**values, by=by, added_at=at))


def count(conn: Connection, realm: str, subject: str) -> int:
    """How many an incident or a visit has."""
    own = (attachment.c.realm == realm, attachment.c.subject == subject)
    return conn.scalar(select(func.count()).select_from(attachment).where(*own)) or 0


def listed(conn: Connection, realm: str, subject: str) -> list[dict[str, Any]]:
    """id, name, by, added_at, oldest first."""
    columns = (attachment.c.id, attachment.c.name, attachment.c.by, attachment.c.added_at)
    query = select(*columns).where(attachment.c.realm == realm, attachment.c.subject == subject)
    rows = conn.execute(query.order_by(attachment.c.added_at, attachment.c.id)).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]


def find(conn: Connection, realm: str, ident: str, *, thumb: bool) -> RowMapping | None:
    """subject, name, media_type, sha256 and the body, or its small picture (None for papers)."""
    body: Any = attachment_file.c.thumb if thumb else attachment_file.c.body
    query = (
        select(
            attachment.c.subject,
            attachment.c.name,
            attachment_file.c.media_type,
            attachment_file.c.sha256,
            body.label("body"),
        )
        .join(attachment_file)
        .where(attachment.c.realm == realm, attachment.c.id == ident)
    )
    return conn.execute(query).mappings().first()
