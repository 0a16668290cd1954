"""What is promised: a unit's hold stands in its row, a lot's row names the incidents it is bound to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_BOUND = """
UPDATE lot SET bound = (
    SELECT coalesce(array_agg(DISTINCT held ->> 'incident' ORDER BY held ->> 'incident'), '{}')
    FROM jsonb_array_elements(doc -> 'holds') AS held WHERE held ->> 'incident' <> ''
) WHERE jsonb_array_length(doc -> 'holds') > 0
"""


def upgrade() -> None:
    """No unit is held yet; lots are bound to the incidents for which they are reserved."""
    op.add_column("unit", sa.Column("hold", sa.Text))
    op.add_column("unit", sa.Column("held_for", sa.Text))
    op.add_column("unit", sa.Column("held_until", sa.DateTime(timezone=True)))
    op.create_check_constraint("held_or_sent", "unit", "hold IS NULL OR assignment IS NULL")
    op.create_index(
        "ix_unit_held", "unit", ["realm", "held_until"], postgresql_where=sa.text("held_until IS NOT NULL")
    )
    op.add_column("lot", sa.Column("bound", ARRAY(sa.Text), nullable=False, server_default="{}"))
    op.execute(_BOUND)
    op.create_index("ix_lot_item", "lot", ["realm", "item"])
    op.create_index(
        "ix_lot_bound",
        "lot",
        ["bound"],
        postgresql_using="gin",
        postgresql_where=sa.text("bound <> '{}'"),
    )


def downgrade() -> None:
    op.drop_index("ix_lot_bound", "lot")
    op.drop_index("ix_lot_item", "lot")
    op.drop_column("lot", "bound")
    op.drop_index("ix_unit_held", "unit")
    op.drop_constraint("held_or_sent", "unit", type_="check")
    op.drop_column("unit", "held_until")
    op.drop_column("unit", "held_for")
    op.drop_column("unit", "hold")
