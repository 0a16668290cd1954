"""The first shape: log, guard tables, places, accounts.

Written out, not taken from `db.tables`: what a released revision does never changes.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Every table and index."""
    op.create_table(
        "account",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
    )
    op.create_table(
        "answer",
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("request_hash", sa.Text, nullable=False),
        sa.Column("body", JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name="pk_answer"),
    )
    op.create_table(
        "assignment",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doc", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name="pk_assignment"),
    )
    op.create_index("ix_assignment_incident", "assignment", ["realm", "incident"], unique=False)
    op.create_index(
        "uq_assignment_active",
        "assignment",
        ["realm", "unit"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "basemap",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("class", sa.Text, nullable=True),
        sa.Column("name", sa.Text, nullable=True),
        sa.Column("geom", Geometry(srid=4326, dimension=2, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_basemap"),
    )
    op.create_index("ix_basemap_geom", "basemap", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "grid",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("parent", sa.Text, nullable=True),
        sa.Column(
            "geom",
            Geometry(geometry_type="MULTIPOLYGON", srid=4326, dimension=2, spatial_index=False),
            nullable=False,
        ),
        sa.Column("props", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("tier BETWEEN 0 AND 3", name="ck_grid_tier"),
        sa.PrimaryKeyConstraint("code", name="pk_grid"),
    )
    op.create_index("ix_grid_geom", "grid", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_grid_parent", "grid", ["parent"], unique=False)
    op.create_index("ix_grid_tier_code", "grid", ["tier", "code"], unique=False)
    op.create_table(
        "incident",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("class", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("grid", sa.Text, nullable=False),
        sa.Column(
            "geom",
            Geometry(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False),
            nullable=False,
        ),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text, nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shelved", sa.Boolean(), nullable=False),
        sa.Column("doc", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name="pk_incident"),
    )
    op.create_index("ix_incident_geom", "incident", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_incident_reported", "incident", ["realm", "reported_at", "id"], unique=False)
    op.create_index("uq_incident_source", "incident", ["realm", "channel", "source_id"], unique=True)
    op.create_table(
        "incident_class",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("class_group", sa.Text, nullable=False),
        sa.Column("glyph", sa.Text, nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_incident_class"),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("store", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("quantity", sa.Double(), nullable=False),
        sa.Column("reserved", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("minimum", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("quantity - reserved >= 0", name="ck_lot_stock"),
        sa.CheckConstraint("reserved >= 0", name="ck_lot_reserved"),
        sa.PrimaryKeyConstraint("id", name="pk_lot"),
        sa.UniqueConstraint(
            "store", "item", "expiry", name="uq_lot_store_item_expiry", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "place",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=True),
        sa.Column("geom", Geometry(srid=4326, dimension=2, spatial_index=False), nullable=False),
        sa.Column("props", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name="pk_place"),
    )
    op.create_index("ix_place_geom", "place", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_place_kind_area", "place", ["kind", "area"], unique=False)
    op.create_table(
        "place_version",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "version", name="pk_place_version"),
    )
    op.create_table(
        "realm",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.Text, nullable=False),
        sa.Column("head_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_realm", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_rate", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_realm"),
    )
    op.create_table(
        "reporter",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "incident", name="pk_reporter"),
    )
    op.create_table(
        "road",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text, nullable=True),
        sa.Column("class", sa.Text, nullable=False),
        sa.Column("oneway", sa.Boolean(), nullable=False),
        sa.Column("speed_kmh", sa.Double(), nullable=True),
        sa.Column(
            "geom",
            Geometry(geometry_type="LINESTRING", srid=4326, dimension=2, spatial_index=False),
            nullable=False,
        ),
        sa.Column("props", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_road"),
    )
    op.create_index("ix_road_geom", "road", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "setting",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
    op.create_table(
        "snapshot",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fold", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "seq", name="pk_snapshot"),
    )
    op.create_table(
        "timer",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name="pk_timer"),
    )
    op.create_index("ix_timer_due", "timer", ["realm", "due_at"], unique=False)
    op.create_table(
        "token",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("realm", sa.Text, nullable=True),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=True),
        sa.Column("verbs", ARRAY(sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'unit') = (unit IS NOT NULL)", name="ck_token_unit"),
        sa.CheckConstraint("kind IN ('wall', 'api', 'unit')", name="ck_token_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("hash", name="uq_token_hash"),
    )
    op.create_table(
        "track",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("speed", sa.Double(), nullable=True),
        sa.Column("heading", sa.Double(), nullable=True),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_track_unit_at", "track", ["realm", "unit", "at"], unique=False)
    op.create_table(
        "unit",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("assignment", sa.Text, nullable=True),
        sa.Column(
            "home",
            Geometry(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False),
            nullable=False,
        ),
        sa.Column("doc", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name="pk_unit"),
    )
    op.create_table(
        "wall",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("display", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_wall"),
    )
    op.create_table(
        "event",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("seat", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["realm"], ["realm.id"], name="fk_event_realm"),
        sa.PrimaryKeyConstraint("realm", "seq", name="pk_event"),
    )
    op.create_index("ix_event_subject", "event", ["realm", "subject", "seq"], unique=False)
    op.create_index("ix_event_recorded", "event", ["realm", "recorded_at"], unique=False)
    op.create_table(
        "session",
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=True),
        sa.Column("token", sa.Text, nullable=True),
        sa.Column("seat", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'desk') = (account IS NOT NULL)", name="ck_session_desk"),
        sa.CheckConstraint("(kind = 'wall') = (token IS NOT NULL)", name="ck_session_wall"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_session_account"),
        sa.ForeignKeyConstraint(["token"], ["token.id"], name="fk_session_token"),
        sa.PrimaryKeyConstraint("hash", name="pk_session"),
    )
    op.create_index(
        "ix_session_account",
        "session",
        ["account"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Nothing is left."""
    for table in (
        "session",
        "event",
        "wall",
        "unit",
        "track",
        "token",
        "timer",
        "snapshot",
        "setting",
        "road",
        "reporter",
        "realm",
        "place_version",
        "place",
        "lot",
        "incident_class",
        "incident",
        "grid",
        "basemap",
        "assignment",
        "answer",
        "account",
    ):
        op.drop_table(table)
