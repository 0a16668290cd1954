"""Versions of the grids, what grids came from, their faults, and special grids. Geometry is EPSG:4326.

`grid` (db.tables_places) is what holds now; here is what held when, and what will.
"""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables import Time, metadata
from db.tables_places import EMPTY

grid_version = Table(
    "grid_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("holds_from", Time, nullable=False),
    Column("recorded_at", Time, nullable=False),
    Column("origin", Text, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("retired", Integer, nullable=False),
    Column("applied_at", Time),
)
"""网格版本: from when these boundaries hold. `version` is that of the import (place_version: file, actor),
0 = what was there before versions were kept; `origin` is before, import or repair; not applied = to come."""

grid_change = Table(
    "grid_change",
    metadata,
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("tier", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("geom", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    Column("props", JSONB, nullable=False, server_default=EMPTY),
    Column("retired", Boolean, nullable=False, server_default=false()),
    Index("ix_grid_change_version", "version"),
)
"""What a version changed: the grid as it is from then on, or its last shape where it was retired (撤销)."""

grid_lineage = Table(
    "grid_lineage",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("successor", Text, primary_key=True),
    Column("predecessor", Text, primary_key=True),
    Column("area_m2", Double, nullable=False),
    Column("share", Double, nullable=False),
    Index("ix_grid_lineage_predecessor", "predecessor"),
)
"""拆分 / 合并: how much of a grid (`share` of its ground) lay in another grid before."""

grid_fault = Table(
    "grid_fault",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("tier", SmallInteger, nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    Column("area_m2", Double, nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("detail", Text, nullable=False),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), nullable=False),
)
"""What the coverage check (geo.coverage) found in the grids that hold now."""

special_link = Table(
    "special_link",
    metadata,
    Column("special", Text, primary_key=True),
    Column("base", Text, primary_key=True),
    Column("area_m2", Double, nullable=False),
    Column("share", Double, nullable=False),
    Index("ix_special_link_base", "base"),
)
"""专属网格 → the base grids it lies over, and how much of it (`share`) in each."""

special_kind = Table(
    "special_kind",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("source", Text, nullable=False),
)
"""Kinds of special grids, shipped in db/data/special_kinds.csv; a city may add its own."""
