"""附件: the bytes of photos and papers. Who added what to what is a fact of the log."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from db.tables import Time, metadata

attachment_file = Table(
    "attachment_file",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("thumb", LargeBinary),
    CheckConstraint("size = octet_length(body)", name="size"),
)
"""The same bytes are kept once. `thumb` is a small JPEG; papers have none."""

attachment = Table(
    "attachment",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, ForeignKey("attachment_file.sha256"), nullable=False),
    Column("by", Text, nullable=False),
    Column("added_at", Time, nullable=False),
    Index("ix_attachment_subject", "realm", "subject"),
)
"""What an attachment belongs to: an incident, as its `AttachmentAdded` says, or `visit:SEQ`, a patrol visit
by its position in the log (`VisitPhotoAdded`)."""
