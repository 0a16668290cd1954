"""定位限速: how fast each kind of unit can be, out of files."""

from __future__ import annotations

from actions.table_checks import Problems, refuse_rows, twice
from actions.unit_of_work import Transaction
from db.history import Counts, Revision
from db.org import put_rows
from db.tables_positions import position_limit
from geo.table import Row


def write_position_limits(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """A line without a kind is for all that have none. Raises FileRefused for a kind given twice."""
    for row in rows:
        row["kind"] = row["kind"] or ""
    refuse_rows(twice(rows, "kind"))
    made = [
        {"kind": row["kind"], "top_kmh": row["top_kmh"], "source": row["source"] or "本市导入"}
        for row in rows
    ]
    return put_rows(tx.conn, position_limit, made, replace=revision.replace)
