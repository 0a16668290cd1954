"""责任部门, 权责清单: departments and what is whose affair. A city brings its own lists."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from db.tables import metadata

department = Table(
    "department",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("source", Text, nullable=False),
)

duty = Table(
    "duty",
    metadata,
    Column("dept", Text, ForeignKey("department.code"), primary_key=True),
    Column("class_code", Text, primary_key=True),
    Column("area", Text, primary_key=True),
    Column("source", Text, nullable=False),
)
"""A department answers for classes whose code begins with `class_code`, in areas within `area` ("" = all)."""
