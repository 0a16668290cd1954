"""The imports of a city: who brought what when, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from actions.queries import check_read
from actions.services import Services
from core.permissions import Principal
from db.tables_places import place_version

MOST = 500


@dataclass(frozen=True, slots=True)
class Import:
    """One import that changed something; `version` counts those of its kind."""

    kind: str
    version: int
    file: str
    sha256: str
    actor: str
    imported_at: datetime
    read: int
    written: int
    counts: dict[str, int]
    """added, changed, unchanged, removed; nothing for imports before those were counted."""


def imports(
    services: Services, principal: Principal, kind: str | None = None, limit: int = MOST
) -> list[Import]:
    """The newest first, of one kind or of all. Raises Forbidden."""
    check_read(principal, "live")
    table = place_version.c
    query = select(
        table.kind, table.version, table.file, table.sha256, table.actor, table.imported_at, table.read,
        table.written, table.counts,
    ).order_by(table.imported_at.desc(), table.kind, table.version.desc())  # fmt: skip
    if kind is not None:
        query = query.where(table.kind == kind)
    with services.engine.connect() as conn:
        return [Import(**row) for row in conn.execute(query.limit(limit)).mappings()]
