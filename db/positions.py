"""定位: whom positions are taken of, and what their kinds can do."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from core.fixes import ANY_KIND, Mover
from db.shipped import put_shipped
from db.tables import unit
from db.tables_positions import position_limit


def load_position_limits(conn: Connection) -> None:
    """Put the shipped rows into an empty table: a city that brought its own does not get these back."""
    if conn.execute(select(position_limit).limit(1)).first() is None:
        put_shipped(conn, position_limit, "position_limits.csv", {"top_kmh": float})


def read_position_limits(conn: Connection) -> dict[str, float]:
    """km/h by kind of unit, ANY_KIND for the others; what a city has emptied is not limited."""
    rows = conn.execute(select(position_limit.c.kind, position_limit.c.top_kmh))
    return {ANY_KIND: float("inf")} | {kind: float(top) for kind, top in rows}


def read_movers(conn: Connection, realm: str, of: Collection[str] | None = None) -> dict[str, Mover]:
    """A realm's units, or those of some codes."""
    query = select(unit.c.id, unit.c.kind, unit.c.status).where(unit.c.realm == realm)
    if of is not None:
        query = query.where(unit.c.id.in_(of))
    return {ident: Mover(kind, status != "off_duty") for ident, kind, status in conn.execute(query)}
