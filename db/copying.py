"""COPY: many rows into a table, in a fraction of the time that INSERT takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection

#: Rows converted at once.
_BLOCK = 10_000


def copy_rows(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """COPY the rows' columns; geometries as hexadecimal EWKB, dicts as JSON."""
    listed = ", ".join(f'"{column}"' for column in columns)
    cursor: Any = conn.connection.cursor()
    rest = iter(rows)
    with cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
        while block := list(islice(rest, _BLOCK)):
            cells = [_plain([row[column] for row in block]) for column in columns]
            for line in zip(*cells, strict=True):
                copy.write_row(line)


def _plain(cells: list[Any]) -> Sequence[Any]:
    """A column's cells as COPY takes them; one geometry or dict means that all are one, or None."""
    first = next((cell for cell in cells if cell is not None), None)
    if isinstance(first, shapely.Geometry):
        shapes = shapely.set_srid(np.array(cells, dtype=object), 4326)
        return list(shapely.to_wkb(shapes, hex=True, include_srid=True))
    if isinstance(first, dict):
        return [None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in cells]
    return cells
