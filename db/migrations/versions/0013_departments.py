"""Departments and their duties; accounts that belong to a department."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_org` has them; accounts that are there are desks of their area."""
    op.create_table(
        "department",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_department")),
    )
    op.create_table(
        "duty",
        sa.Column("dept", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dept"], ["department.code"], name=op.f("fk_duty_dept_department")),
        sa.PrimaryKeyConstraint("dept", "class_code", "area", name=op.f("pk_duty")),
    )
    op.add_column("account", sa.Column("dept", sa.Text(), server_default="", nullable=False))
    op.alter_column("account", "dept", server_default=None)


def downgrade() -> None:
    """As it was."""
    op.drop_column("account", "dept")
    op.drop_table("duty")
    op.drop_table("department")
