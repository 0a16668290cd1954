"""The table of rules for posts, shipped as data and kept in the database."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from core.posts import PostRule
from db.tables_roads import post_rule

_FILE = Path(__file__).parent / "data" / "post_rules.csv"


def load_post_rules(conn: Connection) -> None:
    """Put the shipped rules into the table; those a city changed or added are left as they are."""
    with _FILE.open(encoding="utf-8") as file:
        rows = [_row(line) for line in csv.DictReader(file)]
    conn.execute(insert(post_rule).on_conflict_do_nothing(), rows)


def _row(line: dict[str, str]) -> dict[str, object]:
    figures = {"officers": int(line["officers"]), "auxiliaries": int(line["auxiliaries"])}
    return {**line, **figures, "share": float(line["share"])}


def read_post_rules(conn: Connection) -> list[PostRule]:
    """Every rule, by type."""
    rows = conn.execute(select(post_rule).order_by(post_rule.c.type)).mappings()
    return [PostRule(**{**row, "name_ends": tuple(_ends(row["name_ends"]))}) for row in rows]


def _ends(told: str) -> list[str]:
    return [end for end in told.split(",") if end]
