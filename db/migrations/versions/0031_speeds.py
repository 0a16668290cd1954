"""车速与出动时间: speeds by vehicle, road and hour, and the time until a crew is on its way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_TURNOUT = (
    "home_low_s", "home_s", "home_high_s", "street_low_s", "street_s", "street_high_s",
    "drive_low", "drive_high",
)  # fmt: skip


def upgrade() -> None:
    """As `db.tables_speeds` has it; filled from `db/data` when the database is brought up to date."""
    op.create_table(
        "speed_rule",
        sa.Column("vehicle", sa.Text, nullable=False),
        sa.Column("road_class", sa.Text, nullable=False),
        sa.Column("starts", sa.Integer, nullable=False),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("factor", sa.Double, nullable=False),
        sa.Column("most_kmh", sa.Double),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("vehicle", "road_class", "starts", "ends", name="pk_speed_rule"),
        sa.CheckConstraint("factor > 0 AND factor <= 5", name="ck_speed_rule_factor"),
        sa.CheckConstraint("most_kmh > 0 AND most_kmh <= 200", name="ck_speed_rule_most_kmh"),
        sa.CheckConstraint(
            "starts >= 0 AND starts < 24 AND ends > 0 AND ends <= 24", name="ck_speed_rule_hours"
        ),
    )
    op.create_table(
        "turnout",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("vehicle", sa.Text, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in _TURNOUT),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_turnout"),
        sa.CheckConstraint(
            "0 <= home_low_s AND home_low_s <= home_s AND home_s <= home_high_s", name="ck_turnout_home"
        ),
        sa.CheckConstraint(
            "0 <= street_low_s AND street_low_s <= street_s AND street_s <= street_high_s",
            name="ck_turnout_street",
        ),
        sa.CheckConstraint("0 < drive_low AND drive_low <= 1 AND drive_high >= 1", name="ck_turnout_drive"),
    )


def downgrade() -> None:
    op.drop_table("turnout")
    op.drop_table("speed_rule")
