"""专属网格: the kinds there are, and which base grids each special grid lies over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, text

from db.shipped import put_shipped
from db.tables_grids import special_kind, special_link

LAYER = "specialgrids"
"""The kind of place that special grids are kept as."""


@dataclass(frozen=True, slots=True)
class SpecialKind:
    """`source` says where the kind is taken from."""

    code: str
    name: str
    name_en: str
    source: str


def load_special_kinds(conn: Connection) -> None:
    """Put the shipped kinds into the table; those a city changed or added are left as they are."""
    put_shipped(conn, special_kind, "special_kinds.csv")


def read_special_kinds(conn: Connection) -> dict[str, SpecialKind]:
    """By code."""
    rows = conn.execute(select(special_kind).order_by(special_kind.c.code)).mappings()
    return {row["code"]: SpecialKind(**row) for row in rows}


_LINKS = text(
    """
    SELECT s.code AS special, g.code AS base,
           ST_Area(ST_Intersection(s.geom, g.geom)::geography) AS area_m2,
           ST_Area(s.geom::geography) AS whole
    FROM place AS s JOIN grid AS g ON g.geom && s.geom AND ST_Intersects(g.geom, s.geom)
    WHERE s.kind = :layer AND ST_Dimension(s.geom) = 2 AND g.tier = (SELECT max(tier) FROM grid)
    """
)
SLIVER = 0.001
"""Less than this share of a special grid lies in a base grid by a border drawn twice."""


def relink(conn: Connection) -> int:
    """Work out anew over which base grids each special grid lies; how many links there are."""
    rows = [
        {"special": r.special, "base": r.base, "area_m2": round(r.area_m2, 1), "share": r.area_m2 / r.whole}
        for r in conn.execute(_LINKS, {"layer": LAYER})
        if r.whole and r.area_m2 / r.whole >= SLIVER
    ]
    conn.execute(delete(special_link))
    if rows:
        conn.execute(insert(special_link), rows)
    return len(rows)


def links_of(conn: Connection, specials: Sequence[str]) -> dict[str, dict[str, float]]:
    """Special grid → base grid → share."""
    query = select(special_link).where(special_link.c.special.in_(list(specials)))
    found: dict[str, dict[str, float]] = {}
    for row in conn.execute(query.order_by(special_link.c.share.desc())):
        found.setdefault(row.special, {})[row.base] = round(row.share, 4)
    return found
