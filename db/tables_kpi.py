"""绩效联考: what each indicator weighs in the joint assessment. A city changes the rows."""

from __future__ import annotations

from sqlalchemy import Column, Double, Table, Text

from db.tables import metadata

kpi_weight = Table(
    "kpi_weight",
    metadata,
    Column("kpi", Text, primary_key=True),
    Column("weight", Double, nullable=False),
    Column("source", Text, nullable=False),
)
"""`kpi` is a rate of `core.kpi`; one that is not listed does not count."""
