"""Stock of the emergency stores: lots (a guard table of the log), the item code table, the norms."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Double,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables import metadata

lot = Table(
    "lot",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("store", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("expiry", Date),
    Column("minimum", Double, nullable=False),
    Column("quantity", Double, nullable=False),
    Column("reserved", Double, nullable=False),
    Column("alarmed", Text, nullable=False),
    Column("bound", ARRAY(Text), nullable=False, server_default="{}"),
    Column("doc", JSONB, nullable=False),
    CheckConstraint("quantity - reserved >= 0", name="stock"),
    CheckConstraint("reserved >= 0", name="reserved"),
    UniqueConstraint("realm", "store", "item", "expiry", postgresql_nulls_not_distinct=True),
    Index("ix_lot_expiry", "realm", "expiry"),
    Index("ix_lot_item", "realm", "item"),
    Index("ix_lot_bound", "bound", postgresql_using="gin", postgresql_where=text("bound <> '{}'")),
    Index("ix_lot_alarmed", "realm", "id", postgresql_where=text("alarmed <> ''")),
)
"""物资批次: one item of one store with one expiry date, in one realm. What the fold says (`doc`), beside the
columns that guard it: stock never goes negative, and what is reserved is there. `alarmed`: spaced names.
`bound` are the incidents for which something of it is reserved or out."""

item = Table(
    "item",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("source", Text, nullable=False),
)
"""应急物资分类编码, 7 digits 1 + 2 + 2 + 2."""

stock_norm = Table(
    "stock_norm",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("quantity", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("basis IN ('per_10k', 'absolute')", name="basis"),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""储备定额: what each district shall hold of the items whose codes begin with `prefix`."""

lot_unlogged = Table(
    "lot_unlogged",
    metadata,
    Column("store", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Column("expiry", Date),
    Column("minimum", Double, nullable=False),
)
"""Lots of a version that kept no log of them, until `actions.stock_opening` has told them as facts."""
