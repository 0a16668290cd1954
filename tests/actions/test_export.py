"""Export then import is the identity, for every kind and format; every export is in the audit."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from actions import realms
from actions.export import export_file
from actions.imports import import_file
from actions.services import Services
from core.permissions import SYSTEM
from db.tables_places import place_version
from demo.load import load_city
from geo.kinds import KINDS
from tests.conftest import own_database
from tests.parts import make_services

PLACED = [kind for kind in KINDS if kind != "incidents"]
FORMATS = ("gpkg", "geojson", "csv", "xlsx", "fgb")


@pytest.fixture(scope="module")
def city(cluster, broker, tmp_path_factory):
    """云屿 at its smallest, for all tests of this module."""
    from db.engine import make_engine

    with own_database(cluster) as url:
        engine = make_engine(url)
        services = make_services(engine, broker.url, tmp_path_factory.mktemp("export") / "secret")
        realms.open_realm(services, "live")
        realms.open_realm(services, "system")
        load_city(services, SYSTEM, scale=0.05)
        yield services
        engine.dispose()


def versions(services: Services):
    with services.engine.connect() as conn:
        return conn.execute(select(func.count()).select_from(place_version)).scalar_one()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", PLACED)
def test_what_was_exported_comes_back_as_it_was_and_writes_nothing(city, tmp_path, kind, form):
    path = tmp_path / f"{kind}.{form}"
    before = versions(city)
    written = export_file(city, SYSTEM, kind, path)
    report = import_file(city, SYSTEM, kind, path)
    assert [p for p in report.problems if p.level == "error"] == []
    assert report.read == written.rows > 0
    assert (report.counts.unchanged, report.version) == (report.read, 0), report.counts
    assert versions(city) == before
