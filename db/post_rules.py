"""The table of rules for posts, shipped as data and kept in the database."""

from __future__ import annotations

from sqlalchemy import Connection, select

from core.posts import PostRule
from db.shipped import put_shipped
from db.tables_roads import post_rule


def load_post_rules(conn: Connection) -> None:
    """Put the shipped rules into the table; those a city changed or added are left as they are."""
    figures = {"officers": int, "auxiliaries": int, "share": float}
    put_shipped(conn, post_rule, "post_rules.csv", figures)


def read_post_rules(conn: Connection) -> list[PostRule]:
    """Every rule, by type."""
    rows = conn.execute(select(post_rule).order_by(post_rule.c.type)).mappings()
    return [PostRule(**{**row, "name_ends": tuple(_ends(row["name_ends"]))}) for row in rows]


def _ends(told: str) -> list[str]:
    return [end for end in told.split(",") if end]
