"""Reference tables of the city: where things are. Geometry is EPSG:4326; every row has a version.

These are places, not facts: an import or an edit is one event of the log, the rows live here.
"""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.tiling import LEVELS
from db.tables import metadata

EMPTY = text("'{}'::jsonb")
SPOT = "ST_Transform(ST_PointOnSurface(geom), 3857)"

grid = Table(
    "grid",
    metadata,
    Column("code", Text, primary_key=True),
    Column("tier", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("geom", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    Column("props", JSONB, nullable=False, server_default=EMPTY),
    Column("version", Integer, nullable=False),
    CheckConstraint("tier BETWEEN 0 AND 3", name="tier"),
    Index("ix_grid_geom", "geom", postgresql_using="gist"),
    Index("ix_grid_tier_code", "tier", "code"),
    Index("ix_grid_parent", "parent"),
)
"""网格: tier 0 district, 1 town (一级), 2 community (二级), 3 base grid (三级). No foreign key on parent:
a city may hand in its tiers in any order, and coverage faults are reported, not refused."""

place = Table(
    "place",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("area", Text),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), nullable=False),
    Column("props", JSONB, nullable=False, server_default=EMPTY),
    Column("version", Integer, nullable=False),
    Column("since", Integer, nullable=False, server_default=text("1")),
    Column("spot", Geometry("POINT", 3857, spatial_index=False), Computed(SPOT, persisted=True)),
    Index("ix_place_geom", "geom", postgresql_using="gist"),
    Index("ix_place_spot", "spot", postgresql_using="gist"),
    Index("ix_place_kind_area", "kind", "area"),
)
"""Posts, stores, cameras, broadcasts, shelters, hazards, keyplaces, sensors; `area` is a code prefix,
`spot` where the map shows it. `version` counts the states of the row, `since` is the number of the import
(place_version) that wrote this one."""

road = Table(
    "road",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text),
    Column("class", Text, nullable=False),
    Column("oneway", Boolean, nullable=False),
    Column("speed_kmh", Double),
    Column("geom", Geometry("LINESTRING", 4326, spatial_index=False), nullable=False),
    Column("props", JSONB, nullable=False, server_default=EMPTY),
    Column("since", Integer, nullable=False, server_default=text("1")),
    Index("ix_road_geom", "geom", postgresql_using="gist"),
)
"""`oneway` runs in the direction of the line; `speed_kmh` null = by class."""

street = Table(
    "street",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("area", Text),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("geom", Geometry("MULTILINESTRING", 4326, spatial_index=False), nullable=False),
    Index("ix_street_name", "name"),
    Index("ix_street_geom", "geom", postgresql_using="gist"),
)
"""Named streets, town by town, for the search: all roads of one name in one town (`area`, null outside any).
`lon`, `lat` lie on the street. Made from roads and grids by `actions.streets`."""

basemap = Table(
    "basemap",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("class", Text),
    Column("name", Text),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), nullable=False),
    Column("since", Integer, nullable=False, server_default=text("1")),
    Index("ix_basemap_geom", "geom", postgresql_using="gist"),
)

map_shape = Table(
    "map_shape",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("level", SmallInteger, nullable=False),
    Column("layer", Text, nullable=False),
    Column("code", Text),
    Column("rank", SmallInteger, nullable=False),
    Column("props", JSONB, nullable=False),
    Column("geom", Geometry("GEOMETRY", 3857, spatial_index=False), nullable=False),
    *(
        Index(
            f"ix_map_shape_{level}",
            "geom",
            postgresql_using="gist",
            postgresql_where=text(f"level = {level}"),
        )
        for level in LEVELS
    ),
)
"""What tiles are cut from: grids, roads and base map as each level of detail (core.tiling) draws them. Made
from the tables above by `actions.drawing`; an index a level, so that a tile meets only what it draws."""

place_version = Table(
    "place_version",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("read", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("imported_at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("counts", JSONB, nullable=False, server_default=EMPTY),
)
"""The imports that wrote anything, counted a kind; `counts` says what they added, changed and removed."""

place_history = Table(
    "place_history",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("since", Integer, primary_key=True, autoincrement=False),
    Column("until", Integer, nullable=False),
    Column("area", Text),
    Column("doc", JSONB, nullable=False),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), nullable=False),
    Index("ix_place_history_until", "kind", "until"),
)
"""States that are over, of places, roads and base map: written by import `since` of their kind, changed or
taken away by import `until`. `code` is the id of rows without codes, `doc` the row but its geometry."""
