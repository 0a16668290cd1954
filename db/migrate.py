"""Bringing a database to today's shape."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.schema import CreateSchema

from db.briefing import load_briefing_tables
from db.classes import load_classes
from db.clocks import load_clock_tables
from db.drill_levels import load_drill_levels
from db.engine import make_engine
from db.flow import load_workflow
from db.intake import load_intake
from db.kpi import load_kpi_weights
from db.notices import load_notice_rules
from db.org import load_org_tables
from db.outbound import load_channels
from db.plans import load_plans
from db.positions import load_position_limits
from db.post_rules import load_post_rules
from db.runcards import load_run_cards
from db.safety import load_safety_tables
from db.sites import load_site_tables
from db.special import load_special_kinds
from db.speeds import load_speed_tables
from db.stock import load_stock_tables
from db.warnings import load_warning_tables

_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 7_426_153_001
"""Advisory lock: two workers that start together must not migrate at once."""


def upgrade(database_url: str, schema: str = "city", revision: str = "head") -> None:
    """Create the schema and PostGIS where missing, migrate, and load the shipped code tables."""
    engine = make_engine(database_url, schema, pool_size=2)
    try:
        with engine.begin() as conn:
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            conn.execute(text("CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public"))
            conn.execute(CreateSchema(schema, if_not_exists=True))
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = conn
            command.upgrade(config, revision)
            if revision == "head":
                load_classes(conn)
                load_clock_tables(conn)
                load_workflow(conn)
                load_intake(conn)
                load_post_rules(conn)
                load_site_tables(conn)
                load_speed_tables(conn)
                load_stock_tables(conn)
                load_special_kinds(conn)
                load_org_tables(conn)
                load_notice_rules(conn)
                load_channels(conn)
                load_kpi_weights(conn)
                load_safety_tables(conn)
                load_run_cards(conn)
                load_position_limits(conn)
                load_plans(conn)
                load_warning_tables(conn)
                load_briefing_tables(conn)
                load_drill_levels(conn)
    finally:
        engine.dispose()
