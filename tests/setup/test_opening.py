"""What `up` does before the doors open, over the data of an older version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, text

from actions import grids, incidents, layers
from actions.layers import Asked
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from instance.opening import open_up
from instance.services import services
from settings import Settings
from tests.cast import OFFICER
from tests.db.test_migrations import downgrade
from tests.parts import found_city, guards, renewed, report

ROAD = "LINESTRING(118.1 24.49, 118.14 24.49)"
RAILS = "MULTILINESTRING((118.1 24.48, 118.12 24.48), (118.12 24.48, 118.14 24.48))"


def fill(conn: Connection) -> None:
    """A road, a railway of several lines, a stray point among the rails, and a camera."""
    conn.execute(
        text("INSERT INTO road (name, class, oneway, geom) VALUES ('望海路', 'primary', false, :shape)"),
        {"shape": f"SRID=4326;{ROAD}"},
    )
    rail = text("INSERT INTO basemap (kind, geom) VALUES ('rail', :shape)")
    conn.execute(rail, [{"shape": f"SRID=4326;{shape}"} for shape in (RAILS, "POINT(118.1 24.48)")])
    conn.execute(
        text("INSERT INTO place (kind, code, name, geom, version) VALUES ('cameras', 'C1', '一', :shape, 1)"),
        {"shape": "SRID=4326;POINT(118.1 24.49)"},
    )


def put_back(engine: Engine) -> None:
    """As the first version left its database."""
    downgrade(engine, "0001")
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM setting"))
        conn.execute(text("UPDATE incident SET doc = doc - 'hands'"))


def derived(engine: Engine) -> dict[str, Any]:
    asked = {
        "shapes": "SELECT array_agg(DISTINCT layer ORDER BY layer) FROM map_shape",
        "streets": "SELECT array_agg(name) FROM street",
        "spots": "SELECT count(spot) FROM place",
        "settings": "SELECT array_agg(key ORDER BY key) FROM setting",
    }
    with engine.connect() as conn:
        return {name: conn.scalar(text(query)) for name, query in asked.items()}


def test_the_data_of_the_first_version_are_drawn_and_folded_anew(settings: Settings) -> None:
    with services(settings) as parts:
        found_city(parts)
        incidents.accept(parts, Call(OFFICER), report(parts))
        with parts.engine.begin() as conn:
            fill(conn)
        before = guards(parts)
        put_back(parts.engine)
        open_up(settings, "none", None, wall_known=True)
        assert guards(parts) == before
        assert derived(parts.engine) == {
            "shapes": ["area", "grid", "name", "rail", "road"], "streets": ["望海路"], "spots": 1,
            "settings": ["derived", "guard rows"],
        }  # fmt: skip


def test_the_faults_of_a_city_from_before_versions_are_found(settings: Settings) -> None:
    with services(settings) as parts:
        found_city(parts)
        with parts.engine.begin() as conn:
            conn.execute(text("UPDATE grid SET geom = ST_Multi(ST_Buffer(geom, 0.001)) WHERE tier = 3"))
        renewed(parts, "grids")
        open_up(settings, "none", None, wall_known=True)
        assert {"overlap", "outside"} <= grids.faults(parts, SYSTEM).counts.keys()
        assert layers.read_page(parts, SYSTEM, "grids", Asked(version=1)).matched == 6
        with parts.engine.begin() as conn:
            conn.execute(text("DELETE FROM grid_fault"))
        open_up(settings, "none", None, wall_known=True)
        assert not grids.faults(parts, SYSTEM).counts, "looked for once"


def test_nothing_is_made_twice(settings: Settings) -> None:
    with services(settings) as parts:
        found_city(parts)
        open_up(settings, "none", None, wall_known=True)
        with parts.engine.begin() as conn:
            conn.execute(text("DELETE FROM map_shape"))
        open_up(settings, "none", None, wall_known=True)
        assert derived(parts.engine)["shapes"] is None
