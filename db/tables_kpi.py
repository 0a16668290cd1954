"""绩效联考: what each indicator weighs in the joint assessment (a city changes the rows), and the days of
incidents that the figures are worked out of, as columns."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Double,
    Identity,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from core.kpi import INTERVALS
from db.tables import Time, metadata

kpi_weight = Table(
    "kpi_weight",
    metadata,
    Column("kpi", Text, primary_key=True),
    Column("weight", Double, nullable=False),
    Column("source", Text, nullable=False),
)
"""`kpi` is a rate of `core.kpi`; one that is not listed does not count."""

WORDS = ("area", "grid", "department", "class", "channel", "reach", "marks")
"""What is told of an incident in words: in a packed day by their numbers."""

kpi_word = Table(
    "kpi_word",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("word", Text, nullable=False),
    UniqueConstraint("kind", "word", name="uq_kpi_word_kind"),
)
"""`kind` is of WORDS. `reach`: offices by their keys, a blank between; `marks`: `core.kpi.Marks` as JSON."""

kpi_day = Table(
    "kpi_day",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("form", SmallInteger, nullable=False),
    Column("moments", LargeBinary, nullable=False),
    *(Column(name, LargeBinary, nullable=False) for name in WORDS),
    *(Column(one.code, LargeBinary, nullable=False) for one in INTERVALS),
)
"""The incidents reported on a day (UTC) as they stood at position `seq` of the log, by time: each column an
array with a place for each incident, lowest byte first. `moments`: when they were reported, int64, µs since
1970; words by number, int32; intervals by `core.kpi_arrays.bins`, int16, −1 = none. Not compressed.
`form`: by which version of these words it was written."""

kpi_touched = Table(
    "kpi_touched",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("moment", Time, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""Something was said, at `seq`, of an incident that was reported at this moment: a day packed before that is
wrong about it. Gone with the packing."""
