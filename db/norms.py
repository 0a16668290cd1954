"""The tables of norms (定额与标准) as rows that a city sets figure by figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, select, update

from db.tables_drill_levels import drill_level
from db.tables_kpi import kpi_weight
from db.tables_roads import post_rule
from db.tables_sites import patrol_rule, sensor_rule, site_norm
from db.tables_stock import stock_norm

Row = dict[str, Any]
TABLES: dict[str, Table] = {
    "stock": stock_norm, "posts": post_rule, "sensors": sensor_rule, "patrols": patrol_rule,
    "sites": site_norm, "kpis": kpi_weight, "drill_levels": drill_level,
}  # fmt: skip


def read_all(conn: Connection) -> dict[str, list[Row]]:
    """Table → its rows, by key."""
    return {
        name: [dict(row) for row in conn.execute(select(table).order_by(*table.primary_key)).mappings()]
        for name, table in TABLES.items()
    }


def key_of(name: str, row: Row) -> tuple[str, ...]:
    return tuple(row[column.name] for column in TABLES[name].primary_key)


def lock_all(conn: Connection, name: str) -> list[Row]:
    """Every row of a table, locked by key: what is set must fit what others set at the same moment."""
    table = TABLES[name]
    query = select(table).order_by(*table.primary_key).with_for_update()
    return [dict(row) for row in conn.execute(query).mappings()]


def write(conn: Connection, name: str, key: Sequence[str], values: Row) -> None:
    table = TABLES[name]
    own = [column == part for column, part in zip(table.primary_key, key, strict=True)]
    conn.execute(update(table).where(*own).values(values))
