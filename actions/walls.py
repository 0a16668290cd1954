"""What each wall says it shows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from actions.queries import check_read
from actions.services import Services
from core.permissions import Principal
from db.tables import wall


def note_display(services: Services, name: str, display: dict[str, Any]) -> None:
    """Keep a wall's own word of what it displays."""
    values = {"name": name, "seen_at": services.now(), "display": display}
    statement = insert(wall).values(values)
    with services.engine.begin() as conn:
        conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def list_walls(services: Services, principal: Principal, realm: str) -> list[dict[str, Any]]:
    """Name, what it displays, and how long ago it said so."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        rows = conn.execute(select(wall).order_by(wall.c.name)).all()
    now = services.now()
    return [
        {"name": r.name, "age_s": round((now - r.seen_at).total_seconds(), 1), "display": r.display}
        for r in rows
    ]
