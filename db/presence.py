"""Which reference data a city has at all."""

from __future__ import annotations

from sqlalchemy import Connection, exists, select

from db.tables_places import grid, place, road


def kinds_there(conn: Connection) -> set[str]:
    """Of grids, roads and stores those of which there is at least one."""
    asked = {
        "grids": exists(select(grid.c.code)),
        "roads": exists(select(road.c.id)),
        "stores": exists(select(place.c.code).where(place.c.kind == "stores")),
    }
    row = conn.execute(select(*(there.label(kind) for kind, there in asked.items()))).mappings().one()
    return {kind for kind, there in row.items() if there}
