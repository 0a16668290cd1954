"""Walls as they hang: their settings, and the tokens that they are opened with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from db.tables import wall
from db.tables_accounts import token


@dataclass(frozen=True, slots=True)
class Hung:
    """A wall with a living token. `realm` binds it to one (None = any); `visitors` stand before it."""

    name: str
    area: str
    realm: str | None
    visitors: bool


def for_visitors(conn: Connection) -> frozenset[str]:
    """The walls that visitors stand before, also those that have no token now."""
    return frozenset(conn.scalars(select(wall.c.name).where(wall.c.visitors)))


def hung(conn: Connection, names: Sequence[str] | None = None) -> dict[str, Hung]:
    """The walls that have a living token, by name (None: all); of several tokens the newest counts."""
    query = (
        select(token.c.name, token.c.area, token.c.realm, func.coalesce(wall.c.visitors, False))
        .select_from(token.outerjoin(wall, wall.c.name == token.c.name))
        .where(token.c.kind == "wall", token.c.revoked_at.is_(None))
        .order_by(token.c.created_at, token.c.id)
    )
    if names is not None:
        query = query.where(token.c.name.in_(names))
    return {row[0]: Hung(*row) for row in conn.execute(query)}
