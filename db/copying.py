"""COPY: many rows into a table, in a fraction of the time that INSERT takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from sqlalchemy import Connection


def copy_rows(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """COPY the rows' columns; geometries as hexadecimal EWKB, dicts as JSON."""
    listed = ", ".join(f'"{column}"' for column in columns)
    cursor: Any = conn.connection.cursor()
    with cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_plain(row[column]) for column in columns])


def _plain(value: Any) -> Any:
    if isinstance(value, shapely.Geometry):
        return shapely.to_wkb(shapely.set_srid(value, 4326), hex=True, include_srid=True)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value
