"""Code tables shipped as data (`db/data/*.csv`, each row with its source), put into the database."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert

_DATA = Path(__file__).parent / "data"

Readers = Mapping[str, Callable[[str], Any]]
"""Column → what makes its value of a cell."""
Row = dict[str, Any]


def put_shipped(conn: Connection, table: Table, file: str, readers: Readers | None = None) -> None:
    """Put the rows of `db/data/FILE` into a table, by column names; cells without a reader are text.

    Rows that are there are left as they are: a city may have changed them.
    """
    conn.execute(insert(table).on_conflict_do_nothing(), shipped(file, readers))


def shipped(file: str, readers: Readers | None = None) -> list[Row]:
    """The rows of `db/data/FILE`."""
    made = readers or {}
    with (_DATA / file).open(encoding="utf-8") as lines:
        return [
            {name: made[name](cell) if name in made else cell for name, cell in line.items()}
            for line in csv.DictReader(lines)
        ]


def truth(cell: str) -> bool:
    return cell == "true"


def figure(cell: str) -> float | None:
    """A number; None for an empty cell."""
    return float(cell) if cell else None
