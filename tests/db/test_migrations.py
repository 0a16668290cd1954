"""Migrations: up, down, up again, twice at once, and never another shape than the code's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from db.engine import make_engine
from db.migrate import _MIGRATIONS, upgrade
from db.schema import metadata


@pytest.fixture
def fresh(database_url: str) -> Iterator[Engine]:
    """A schema of its own, so that the migrated template is of no help."""
    engine = make_engine(database_url, "other_city")
    yield engine
    engine.dispose()


def tables(engine: Engine, schema: str = "other_city") -> set[str]:
    return set(inspect(engine).get_table_names(schema=schema))


def downgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as conn:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = conn
        command.downgrade(config, revision)


def differences(engine: Engine) -> list[Any]:
    """What alembic would change; partitions of `track` and PostGIS' own tables are not the code's."""

    def ours(_: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
        return not (kind == "table" and reflected and compared is None and str(name) not in metadata.tables)

    with engine.connect() as conn:
        options = {"include_object": ours, "compare_type": True, "compare_server_default": False}
        return list(compare_metadata(MigrationContext.configure(conn, opts=options), metadata))


def test_the_migrated_shape_is_the_codes(engine: Engine) -> None:
    assert differences(engine) == []
    assert set(metadata.tables) <= tables(engine, "city")


def test_a_second_city_is_a_second_schema_of_the_same_shape(fresh: Engine, database_url: str) -> None:
    upgrade(database_url, "other_city")
    assert tables(fresh) == tables(fresh, "city")
    assert differences(fresh) == []


def test_down_leaves_nothing_and_up_again_makes_everything(fresh: Engine, database_url: str) -> None:
    upgrade(database_url, "other_city")
    whole = tables(fresh)
    downgrade(fresh, "base")
    assert tables(fresh) <= {"alembic_version"}
    upgrade(database_url, "other_city")
    assert tables(fresh) == whole
    assert differences(fresh) == []


def test_migrating_twice_at_once_is_migrating_once(fresh: Engine, database_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: upgrade(database_url, "other_city"), range(3)))
    with fresh.connect() as conn:
        assert conn.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        assert (conn.scalar(text("SELECT count(*) FROM incident_class")) or 0) > 10


def test_a_unit_cannot_have_two_assignments_in_the_database_itself(engine: Engine) -> None:
    row = text("INSERT INTO assignment VALUES ('live', :id, 1, 'I1', 'F1', 'x', now(), :ended, '{}')")
    with engine.begin() as conn:
        conn.execute(row, {"id": "A1", "ended": None})
        conn.execute(row, {"id": "A0", "ended": "2026-01-01"})
    with engine.connect() as conn, pytest.raises(Exception, match="uq_assignment_active"):
        conn.execute(row, {"id": "A2", "ended": None})
