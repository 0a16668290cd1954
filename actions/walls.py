"""Walls: how each is hung, and what each says it shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

import core.events_system as e
from actions.queries import check_read
from actions.services import Services
from actions.system_log import ledger, require
from core.errors import InvalidInput, NotFound
from core.permissions import Principal
from db.accounts import open_tokens
from db.tables import wall

TITLE_MOST = 40
HEIGHT_MM = (200, 30_000)
PANELS_MOST = 32


@dataclass(frozen=True, slots=True)
class WallSettings:
    """How a wall is hung. `title` None = the city's own; `height_mm` None = not known, letters stay as they
    are; panels: how many LCD panels stand side by side and one over another (1 × 1 = no seams); `shift`: the
    picture moves a few pixels now and then against burn-in."""

    title: str | None = None
    height_mm: int | None = None
    panel_columns: int = 1
    panel_rows: int = 1
    shift: bool = True


_SETTINGS = (wall.c.title, wall.c.height_mm, wall.c.panel_columns, wall.c.panel_rows, wall.c.shift)


def note_display(services: Services, name: str, display: dict[str, Any]) -> None:
    """Keep a wall's own word of what it displays."""
    values = {"seen_at": services.now(), "display": display}
    statement = insert(wall).values(name=name, **values)
    with services.engine.begin() as conn:
        conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def list_walls(services: Services, principal: Principal, realm: str) -> list[dict[str, Any]]:
    """Name, settings, what it displays, and how long ago it said so (None: it was never seen)."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        rows = conn.execute(select(wall).order_by(wall.c.name)).all()
    return [_described(services, row) for row in rows]


def _described(services: Services, row: Row[Any]) -> dict[str, Any]:
    age = None if row.seen_at is None else round((services.now() - row.seen_at).total_seconds(), 1)
    hung = WallSettings(row.title, row.height_mm, row.panel_columns, row.panel_rows, row.shift)
    return {"name": row.name, **asdict(hung), "age_s": age, "display": row.display}


def read_wall(services: Services, principal: Principal, realm: str, name: str) -> dict[str, Any]:
    """How a wall is hung; the defaults for one that nobody has set."""
    check_read(principal, realm)
    return settings_of(services, name)


def settings_of(services: Services, name: str) -> dict[str, Any]:
    """`{title, height_mm, panel_columns, panel_rows, shift}`."""
    with services.engine.connect() as conn:
        return asdict(_held(conn, name))


def _held(conn: Connection, name: str) -> WallSettings:
    row = conn.execute(select(*_SETTINGS).where(wall.c.name == name)).one_or_none()
    return WallSettings(**row._mapping) if row else WallSettings()


def set_wall(services: Services, by: Principal, name: str, changes: dict[str, Any]) -> WallSettings:
    """Change some settings of a wall; open pages of it follow within seconds.

    Raises Forbidden, NotFound for a wall without a token, InvalidInput.
    """
    require(by, "wall.manage")
    with ledger(services, by) as book:
        if not any(token["kind"] == "wall" for token in open_tokens(book.conn, name)):
            raise NotFound(kind="wall", id=name)
        new = replace(_locked(book.conn, name), **changes)
        _check(new)
        book.conn.execute(update(wall).where(wall.c.name == name).values(asdict(new)))
        book.record(e.WallSet(name=name, **asdict(new)), name)
    return new


def _locked(conn: Connection, name: str) -> WallSettings:
    """The settings held; whoever else changes them waits for the commit, so that neither change is lost."""
    first = insert(wall).values(name=name)
    row = conn.execute(
        first.on_conflict_do_update(index_elements=["name"], set_={"name": name}).returning(*_SETTINGS)
    ).one()
    return WallSettings(**row._mapping)


def _check(new: WallSettings) -> None:
    if new.title is not None and not 0 < len(new.title) <= TITLE_MOST:
        raise InvalidInput(pointer="title", detail=f"1-{TITLE_MOST}")
    if new.height_mm is not None and not HEIGHT_MM[0] <= new.height_mm <= HEIGHT_MM[1]:
        raise InvalidInput(pointer="height_mm", detail=f"{HEIGHT_MM[0]}-{HEIGHT_MM[1]}")
    if not all(1 <= n <= PANELS_MOST for n in (new.panel_columns, new.panel_rows)):
        raise InvalidInput(pointer="panels", detail=f"1x1-{PANELS_MOST}x{PANELS_MOST}")
