"""What a city still lacks is told by what lies in its tables."""

from __future__ import annotations

from shapely import Point

from actions.presence import missing
from actions.services import Services
from db.places_write import upsert_places
from tests.cast import AREA_A, OFFICER


def test_what_is_wanted_and_not_there_is_named(city: Services):
    assert missing(city, OFFICER, ("grids", "roads", "stores")) == ["roads", "stores"]
    with city.engine.begin() as conn:
        store = {"kind": "stores", "code": "S", "name": "东门库", "props": {}, "area": AREA_A}
        upsert_places(conn, [{**store, "geom": Point(118.1, 24.5)}])
    assert missing(city, OFFICER, ("grids", "stores")) == []
