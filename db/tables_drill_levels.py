"""演练评定: what a drill needs for each level."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Double, SmallInteger, Table, Text

from db.tables import metadata

drill_level = Table(
    "drill_level",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("share", Double, nullable=False),
    Column("key_weight", Double, nullable=False),
    Column("key_failed", SmallInteger),
    Column("mark", Double, nullable=False),
    Column("mend_days", SmallInteger, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("share BETWEEN 0 AND 1", name="share"),
    CheckConstraint("key_failed >= 0", name="key_failed"),
    CheckConstraint("mark BETWEEN 0 AND 5", name="mark"),
    CheckConstraint("mend_days > 0", name="mend_days"),
)
"""As `core.drill_levels.Rule`; `rank` 1 is the best."""
