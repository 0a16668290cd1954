"""Dead letters (死信) can be given up with a reason, and a source's are no more than so many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STATES = ("queued", "sent", "dead")
OUTCOMES = ("reported", "known", "recorded", "refused")
GIVEN_UP = "given_up"


def upgrade() -> None:
    """As `db.tables_outbound` and `db.tables_intake` have it."""
    op.add_column("outbound_message", sa.Column("reason", sa.Text))
    op.add_column("intake_message", sa.Column("reason", sa.Text))
    _allow("outbound_message", "state", (*STATES, GIVEN_UP))
    _allow("intake_message", "outcome", (*OUTCOMES, GIVEN_UP))
    op.create_index(
        "ix_intake_message_refused", "intake_message", ["realm", "source", "last_at"],
        postgresql_where=sa.text("outcome = 'refused'"),
    )  # fmt: skip
    op.create_table(
        "intake_lost",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("realm", "source")),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("realm", "source", "day", name="pk_intake_lost"),
    )


def downgrade() -> None:
    op.drop_table("intake_lost")
    op.drop_index("ix_intake_message_refused", "intake_message")
    op.execute(sa.text("UPDATE outbound_message SET state = 'dead' WHERE state = 'given_up'"))
    op.execute(sa.text("UPDATE intake_message SET outcome = 'refused' WHERE outcome = 'given_up'"))
    _allow("outbound_message", "state", STATES)
    _allow("intake_message", "outcome", OUTCOMES)
    op.drop_column("outbound_message", "reason")
    op.drop_column("intake_message", "reason")


def _allow(table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}")
    for old in (name, op.f(f"ck_{table}_{name}")):  # revision 0016 named its twice over
        op.drop_constraint(old, table, type_="check", if_exists=True)
    op.create_check_constraint(name, table, sa.column(column).in_(values))
