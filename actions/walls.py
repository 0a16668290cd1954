"""Walls: how each is hung, and what each says it shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

import core.events_system as e
from actions.directing import directed
from actions.queries import check_read
from actions.services import Services
from actions.system_log import ledger, require
from actions.withdrawing import withdraw_sensitive
from core.errors import InvalidInput, NotFound
from core.permissions import Principal, Scope, visible
from db.accounts import open_tokens
from db.tables import wall
from db.walls import Hung, hung

TITLE_MOST = 40
HEIGHT_MM = (200, 30_000)
PANELS_MOST = 32
SILENT_S = 15.0
"""A wall says every five seconds what it displays; after three times that it is taken for gone."""


@dataclass(frozen=True, slots=True)
class WallSettings:
    """How a wall is hung. `title` None = the city's own; `height_mm` None = not known, letters stay as they
    are; panels: how many LCD panels stand side by side and one over another (1 × 1 = no seams); `shift`: the
    picture moves a few pixels now and then against burn-in. `visitors`: they pass it (参观), and it shows
    nothing sensitive."""

    title: str | None = None
    height_mm: int | None = None
    panel_columns: int = 1
    panel_rows: int = 1
    shift: bool = True
    visitors: bool = False


_SETTINGS = tuple(wall.c[one.name] for one in fields(WallSettings))


def note_display(services: Services, name: str, display: dict[str, Any]) -> None:
    """Keep a wall's own word of what it displays."""
    values = {"seen_at": services.now(), "display": display}
    statement = insert(wall).values(name=name, **values)
    with services.engine.begin() as conn:
        conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def list_walls(services: Services, principal: Principal, realm: str) -> list[dict[str, Any]]:
    """The walls within the asker's area: settings, what each is directed to show and what it displays, how
    long ago it said so (None: it was never seen), and whether the two agree (`state`)."""
    check_read(principal, realm)
    scope, ordered = Scope.of(principal), directed(services, realm)
    with services.engine.connect() as conn:
        rows = {row.name: row for row in conn.execute(select(wall))}
        there = hung(conn)
    names = sorted({*rows, *there})
    known = [(name, rows.get(name), there.get(name)) for name in names]
    return [
        _described(services, name, row, at, ordered.get(name))
        for name, row, at in known
        if visible(scope, at.area if at else "") and scope.visitors in ("", name)
    ]


def _described(
    services: Services, name: str, row: Row[Any] | None, at: Hung | None, ordered: dict[str, Any] | None
) -> dict[str, Any]:
    seen, display = (row.seen_at, row.display) if row else (None, None)
    age = None if seen is None else round((services.now() - seen).total_seconds(), 1)
    settings = _settings(row) if row else WallSettings()
    return {
        "name": name,
        **asdict(settings),
        "area": at.area if at else "",
        "realm": at.realm if at else None,
        "open": at is not None,
        "age_s": age,
        "display": display,
        "directed": ordered,
        "state": _state(age, display, ordered),
    }


def _state(age_s: float | None, display: dict[str, Any] | None, ordered: dict[str, Any] | None) -> str:
    """confirmed: the wall says that it shows what it was last told; waiting: it has not said so yet;
    offline: it has said nothing for a while; never: it was never seen."""
    if age_s is None or display is None:
        return "never"
    if age_s > SILENT_S:
        return "offline"
    shown = ordered is None or (
        display.get("scene_seq") == ordered["seq"] and bool(display.get("blank")) == ordered["blank"]
    )
    return "confirmed" if shown else "waiting"


def is_blank(services: Services, realm: str, name: str) -> bool:
    """Whether a wall is hidden, for its page to know before it draws anything."""
    return bool(directed(services, realm).get(name, {}).get("blank"))


def read_wall(services: Services, principal: Principal, realm: str, name: str) -> dict[str, Any]:
    """How a wall is hung; the defaults for one that nobody has set."""
    check_read(principal, realm)
    return settings_of(services, name)


def settings_of(services: Services, name: str) -> dict[str, Any]:
    """`{title, height_mm, panel_columns, panel_rows, shift, visitors}`."""
    with services.engine.connect() as conn:
        return asdict(_held(conn, name))


def _held(conn: Connection, name: str) -> WallSettings:
    row = conn.execute(select(*_SETTINGS).where(wall.c.name == name)).one_or_none()
    return _settings(row) if row else WallSettings()


def _settings(row: Row[Any]) -> WallSettings:
    return WallSettings(**{one.name: getattr(row, one.name) for one in fields(WallSettings)})


def set_wall(services: Services, by: Principal, name: str, changes: dict[str, Any]) -> WallSettings:
    """Change some settings of a wall; open pages of it follow within seconds, at once where visitors come.

    Raises Forbidden, NotFound for a wall without a token, InvalidInput.
    """
    require(by, "wall.manage")
    with ledger(services, by) as book:
        if not any(token["kind"] == "wall" for token in open_tokens(book.conn, name)):
            raise NotFound(kind="wall", id=name)
        held = _locked(book.conn, name)
        new = replace(held, **changes)
        _check(new)
        if new.visitors and not held.visitors:
            withdraw_sensitive(services, name)  # first: where that fails, nothing is set
        book.conn.execute(update(wall).where(wall.c.name == name).values(asdict(new)))
        book.record(e.WallSet(name=name, **asdict(new)), name)
    if new.visitors and not held.visitors:
        withdraw_sensitive(services, name)  # also what was put up while it was being set
    return new


def _locked(conn: Connection, name: str) -> WallSettings:
    """The settings held; whoever else changes them waits for the commit, so that neither change is lost."""
    first = insert(wall).values(name=name)
    row = conn.execute(
        first.on_conflict_do_update(index_elements=["name"], set_={"name": name}).returning(*_SETTINGS)
    ).one()
    return _settings(row)


def _check(new: WallSettings) -> None:
    if new.title is not None and not 0 < len(new.title) <= TITLE_MOST:
        raise InvalidInput(pointer="title", detail=f"1-{TITLE_MOST}")
    if new.height_mm is not None and not HEIGHT_MM[0] <= new.height_mm <= HEIGHT_MM[1]:
        raise InvalidInput(pointer="height_mm", detail=f"{HEIGHT_MM[0]}-{HEIGHT_MM[1]}")
    if not all(1 <= n <= PANELS_MOST for n in (new.panel_columns, new.panel_rows)):
        raise InvalidInput(pointer="panels", detail=f"1x1-{PANELS_MOST}x{PANELS_MOST}")
