"""报送: how soon a response is reported, and which losses are counted."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Double, SmallInteger, Table, Text

from db.tables import metadata

report_limit = Table(
    "report_limit",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("stage", Text, primary_key=True),
    Column("minutes", Double, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("stage IN ('first', 'follow', 'final')", name="stage"),
    CheckConstraint("minutes > 0", name="minutes"),
)
"""初报 after the activation, 续报 after the report before, 终报 after the end; by the response's level."""

loss_field = Table(
    "loss_field",
    metadata,
    Column("code", Text, primary_key=True),
    Column("rank", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("unit_en", Text, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("source", Text, nullable=False),
)
"""灾情指标, in the order of `rank`; `whole`: counted, not measured."""
