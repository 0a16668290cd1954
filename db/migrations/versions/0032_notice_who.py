"""Rules tell also who asked (吹哨, 督办) and whose time is over."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_BEFORE = "who IN ('owner', 'told', 'above', 'city')"
_AFTER = "who IN ('owner', 'told', 'above', 'city', 'asker', 'late')"


def upgrade() -> None:
    _allow(_AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM notice_rule WHERE who IN ('asker', 'late')")
    _allow(_BEFORE)


def _allow(who: str) -> None:
    op.drop_constraint("who", "notice_rule", type_="check")
    op.create_check_constraint("who", "notice_rule", who)
