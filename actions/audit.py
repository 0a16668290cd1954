"""The audit as its administrator reads it: the facts of the realm `system`, newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select

from actions.services import Services
from actions.system_log import require
from core.permissions import Principal
from db.tables import event

REALM = "system"
PAGE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """`who`: part of the name of whoever acted; `before`: the seq after which the page begins, going back."""

    kinds: Collection[str] = ()
    who: str = ""
    since: datetime | None = None
    before: int | None = None


def read_audit(services: Services, by: Principal, wanted: Wanted) -> list[dict[str, Any]]:
    """PAGE facts at most: `{seq, kind, at, actor, seat, area, body}`. Raises Forbidden."""
    require(by, "audit.read")
    query = select(
        event.c.seq, event.c.kind, event.c.recorded_at, event.c.actor, event.c.seat, event.c.area,
        event.c.body,
    ).where(event.c.realm == REALM)  # fmt: skip
    if wanted.kinds:
        query = query.where(event.c.kind.in_(wanted.kinds))
    if wanted.who:
        query = query.where(event.c.actor.icontains(wanted.who, autoescape=True))
    if wanted.since:
        query = query.where(event.c.recorded_at >= wanted.since)
    if wanted.before is not None:
        query = query.where(event.c.seq < wanted.before)
    with services.engine.connect() as conn:
        rows = conn.execute(query.order_by(event.c.seq.desc()).limit(PAGE)).all()
    return [
        {
            "seq": row.seq, "kind": row.kind, "at": row.recorded_at, "actor": row.actor, "seat": row.seat,
            "area": row.area, "body": orjson.loads(row.body),
        }
        for row in rows
    ]  # fmt: skip
