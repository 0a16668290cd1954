"""Stock: lots become guard rows of the log; the item code table; the norms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEPT = ("store", "item", "name", "quantity", "unit", "expiry", "minimum")


def upgrade() -> None:
    """Lots that were never facts wait in `lot_unlogged` until the instance opens and tells them."""
    op.create_table("lot_unlogged", *_plain_columns())
    op.execute("INSERT INTO lot_unlogged SELECT " + ", ".join(_KEPT) + " FROM lot")  # noqa: S608
    op.drop_table("lot")
    _create_lot()
    op.create_table(
        "item",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("code", "name", "name_en", "unit", "source")),
        sa.PrimaryKeyConstraint("code", name="pk_item"),
    )
    op.create_table(
        "stock_norm",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("prefix", "name", "name_en", "basis")),
        sa.Column("quantity", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("unit", "source")),
        sa.CheckConstraint("basis IN ('per_10k', 'absolute')", name="ck_stock_norm_basis"),
        sa.CheckConstraint("quantity > 0", name="ck_stock_norm_quantity"),
        sa.PrimaryKeyConstraint("prefix", name="pk_stock_norm"),
    )


def _plain_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("store", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("quantity", sa.Double(), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("minimum", sa.Double(), nullable=False),
    ]


def _create_lot() -> None:
    op.create_table(
        "lot",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("store", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("minimum", sa.Double(), nullable=False),
        sa.Column("quantity", sa.Double(), nullable=False),
        sa.Column("reserved", sa.Double(), nullable=False),
        sa.Column("alarmed", sa.Text, nullable=False),
        sa.Column("doc", JSONB(), nullable=False),
        sa.CheckConstraint("quantity - reserved >= 0", name="ck_lot_stock"),
        sa.CheckConstraint("reserved >= 0", name="ck_lot_reserved"),
        sa.PrimaryKeyConstraint("realm", "id", name="pk_lot"),
        sa.UniqueConstraint(
            "realm", "store", "item", "expiry", name="uq_lot_realm_store_item_expiry",
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_index("ix_lot_expiry", "lot", ["realm", "expiry"], unique=False)
    op.create_index(
        "ix_lot_alarmed", "lot", ["realm", "id"], unique=False, postgresql_where=sa.text("alarmed <> ''")
    )


def downgrade() -> None:
    """Lots go back to being plain rows, as the live realm has them now."""
    op.drop_table("stock_norm")
    op.drop_table("item")
    op.execute(
        "CREATE TEMPORARY TABLE lot_back ON COMMIT DROP AS "
        "SELECT store, item, doc->>'name' AS name, quantity, reserved, unit, expiry, minimum FROM lot "
        "WHERE realm = 'live'"
    )
    op.drop_table("lot")
    op.create_table(
        "lot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_plain_columns()[:4],
        sa.Column("reserved", sa.Double(), server_default=sa.text("0"), nullable=False),
        *_plain_columns()[4:6],
        sa.Column("minimum", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("quantity - reserved >= 0", name="ck_lot_stock"),
        sa.CheckConstraint("reserved >= 0", name="ck_lot_reserved"),
        sa.PrimaryKeyConstraint("id", name="pk_lot"),
        sa.UniqueConstraint(
            "store", "item", "expiry", name="uq_lot_store_item_expiry", postgresql_nulls_not_distinct=True
        ),
    )
    op.execute(
        "INSERT INTO lot (store, item, name, quantity, reserved, unit, expiry, minimum) "
        "SELECT * FROM lot_back"
    )
    op.drop_table("lot_unlogged")
