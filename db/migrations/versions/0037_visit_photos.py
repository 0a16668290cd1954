"""A photo may hang on a patrol visit as well: attachments have a subject."""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_attachments` has it; what is there hangs on incidents."""
    op.alter_column("attachment", "incident", new_column_name="subject")
    op.execute("ALTER INDEX ix_attachment_incident RENAME TO ix_attachment_subject")


def downgrade() -> None:
    op.execute("DELETE FROM attachment WHERE subject LIKE 'visit:%'")
    op.execute("ALTER INDEX ix_attachment_subject RENAME TO ix_attachment_incident")
    op.alter_column("attachment", "subject", new_column_name="incident")
