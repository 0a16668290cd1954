"""What is made of the reference tables for the map and the search, made anew when they change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from actions import drawing, streets
from db.drawing import Source
from db.grids import GridRow
from db.tables import setting

RULES = 1
"""Count on when cities must be worked through again after an update of the product."""
_SETTING = "derived"


def follow(conn: Connection, kind: str) -> None:
    """After an import of this kind, in its transaction."""
    drawing.redraw(conn, kind)
    if kind == "roads":
        streets.rewrite(conn)


def follow_grids(conn: Connection, before: Sequence[GridRow], after: Sequence[GridRow]) -> None:
    """After some grids changed, as they were and as they are, in the same transaction."""
    was, now = (
        [Source(str(one.tier), one.geom, one.name, one.code) for one in rows] for rows in (before, after)
    )
    drawing.redraw_grids(conn, was, now)
    if any(one.kind == streets.TOWN for one in (*was, *now)):
        streets.rewrite(conn)


def _drawn(rows: Sequence[GridRow]) -> list[Source]:
    return [Source(str(one.tier), one.geom, one.name, one.code) for one in rows]


def follow_all(conn: Connection) -> None:
    """Everything, unless it was made by these rules."""
    made = [RULES, drawing.RULES]
    if conn.scalar(select(setting.c.value).where(setting.c.key == _SETTING)) == made:
        return
    for kind in ("grids", "roads", "basemap"):
        drawing.redraw(conn, kind)
    streets.rewrite(conn)
    given = insert(setting).values(key=_SETTING, value=made)
    conn.execute(given.on_conflict_do_update(index_elements=["key"], set_={"value": made}))
