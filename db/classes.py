"""The table of incident classes, shipped as data and kept in the database."""

from __future__ import annotations

from sqlalchemy import Connection, select

from core.classes import IncidentClass
from db.shipped import put_shipped, truth
from db.tables import incident_class


def load_classes(conn: Connection) -> None:
    """Put the shipped classes into the table; those a city changed or added are left as they are."""
    put_shipped(conn, incident_class, "classes.csv", {"emergency": truth})


def read_classes(conn: Connection) -> dict[str, IncidentClass]:
    """Every class by its code, in the order of codes."""
    rows = conn.execute(select(incident_class).order_by(incident_class.c.code)).mappings()
    return {row["code"]: IncidentClass(**row) for row in rows}
