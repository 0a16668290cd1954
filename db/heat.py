"""Incidents counted by cell, for the heat map."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from core.cells import parent_masks
from db.measures import Span
from db.places import Bounds, lies_in
from db.tables import incident


def cells(
    conn: Connection, span: Span, resolution: int, area: str = "", bbox: Bounds | None = None
) -> dict[int, int]:
    """H3 cell of this resolution → how many incidents were reported in it within the period.

    `area` keeps those of an area. A cell on the edge of `bbox` counts only what lies in the box.
    """
    keep, put = parent_masks(resolution)
    cell = incident.c.cell.op("&")(keep).op("|")(put).label("cell")
    query = select(cell, func.count().label("incidents")).where(
        incident.c.realm == span.realm,
        incident.c.reported_at >= span.since,
        incident.c.reported_at < span.until,
        lies_in(incident.c.area, area),
    )
    if span.class_code:
        query = query.where(incident.c["class"] == span.class_code)
    if bbox:
        query = query.where(incident.c.geom.op("&&")(func.ST_MakeEnvelope(*bbox, 4326)))
    return {row.cell: row.incidents for row in conn.execute(query.group_by(cell))}
