"""附件: photos and papers of incidents. The fact and the bytes stand or fall together."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select
from ulid import ULID

from actions import visit_photos
from actions.pictures import cleaned
from actions.queries import read_incident
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import workflow
from core.errors import NotFound
from core.errors_cases import TooOften
from core.events_cases import AttachmentAdded
from core.flow import sees
from core.permissions import Principal, may, may_enter
from core.serial import incident_of
from db import attachments as rows
from db.attachments import File
from db.projection import Needs
from db.tables import incident as incident_table

JPEG = "image/jpeg"
MOST = 200
"""Of one incident: a telephone that repeats itself, or somebody ill-willed, does not fill the disk."""


def attach(services: Services, call: Call, ident: str, name: str, given: bytes, verb: str = "") -> Answer:
    """{seq, status, attachment, media_type, size}. `verb`: the act it belongs to.

    Raises AttachmentUnfit, AttachmentTooLarge, TooOften, and what the workflow refuses.
    """
    file = cleaned(name, given)
    return perform(
        services, call, "attach", lambda tx: _attach(tx, ident, name, file, verb), Needs(incidents=(ident,))
    )


def _attach(tx: Transaction, ident: str, name: str, file: File, verb: str) -> Answer:
    incident, key = tx.incident(ident), str(ULID())
    if rows.count(tx.conn, tx.call.realm, ident) >= MOST:
        raise TooOften(verb="attach", most=MOST)
    body = AttachmentAdded(
        attachment=key, name=name, media_type=file.media_type, size=len(file.body), sha256=file.sha256,
        verb=verb,
    )  # fmt: skip
    drafts = workflow.attach(tx.hearing(), incident, body)
    rows.put_file(tx.conn, file)
    rows.put_attachment(tx.conn, tx.call.realm, key, ident, name, file.sha256, tx.call.principal.name, tx.now)
    tx.append(drafts)
    told = {"attachment": key, "media_type": file.media_type, "size": len(file.body)}
    return {**tx.incident_answer(ident), **told}


@dataclass(frozen=True, slots=True)
class Found:
    """An attachment to be sent."""

    name: str
    media_type: str
    body: bytes
    sha256: str


def read(services: Services, principal: Principal, realm: str, ident: str, *, thumb: bool = False) -> Found:
    """One attachment, or its small picture. Seen with its incident or visit. Raises NotFound."""
    with services.engine.connect() as conn:
        row = rows.find(conn, realm, ident, thumb=thumb)
        involved = row is not None and _involved(conn, principal, realm, row["subject"])
    if row is None or row["body"] is None:
        raise NotFound(kind="attachment", id=ident)
    if not involved:
        try:
            _check_seen(services, principal, realm, row["subject"])
        except NotFound as refusal:  # without the id of what it belongs to
            raise NotFound(kind="attachment", id=ident) from refusal
    media_type = JPEG if thumb else row["media_type"]
    return Found(row["name"], media_type, bytes(row["body"]), row["sha256"])


def _check_seen(services: Services, principal: Principal, realm: str, subject: str) -> None:
    if subject.startswith(visit_photos.SUBJECT):
        seq = int(subject.removeprefix(visit_photos.SUBJECT))
        visit_photos.check_seen(services, principal, realm, seq)
    else:
        read_incident(services, principal, realm, subject)


def _involved(conn: Connection, principal: Principal, realm: str, incident: str) -> bool:
    """Somebody in the field who is there, or reported it, also without the right to read the board."""
    if not (may(principal, "field") and may_enter(principal, realm)):
        return False
    table = incident_table.c
    doc = conn.scalar(select(table.doc).where(table.realm == realm, table.id == incident))
    return doc is not None and sees(principal, incident_of(doc))
