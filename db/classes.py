"""The table of incident classes, shipped as data and kept in the database."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from core.classes import IncidentClass
from db.tables import incident_class

_FILE = Path(__file__).parent / "data" / "classes.csv"


def load_classes(conn: Connection) -> None:
    """Put the shipped classes into the table; those a city changed or added are left as they are."""
    with _FILE.open(encoding="utf-8") as file:
        rows = [_row(line) for line in csv.DictReader(file)]
    conn.execute(insert(incident_class).on_conflict_do_nothing(), rows)


def _row(line: dict[str, str]) -> dict[str, object]:
    values: dict[str, object] = dict(line)
    values["class_group"] = values.pop("group")
    values["emergency"] = line["emergency"] == "true"
    return values


def read_classes(conn: Connection) -> dict[str, IncidentClass]:
    """Every class by its code, in the order of codes."""
    rows = conn.execute(select(incident_class).order_by(incident_class.c.code)).mappings()
    return {row["code"]: IncidentClass(**row) for row in rows}
