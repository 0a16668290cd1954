"""The demo city through the product's own importers, into a real database."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from sqlalchemy import text

from actions import city as city_settings
from actions.realms import open_realm
from core.permissions import SYSTEM
from demo.city import KINDS
from demo.load import Loaded, load_city
from geo.kinds import KINDS as IMPORT_KINDS
from instance.services import services as services_for
from settings import Settings


@pytest.fixture
def parts(settings: Settings):
    with services_for(settings) as made:
        yield made


@pytest.fixture
def loaded_parts(settings: Settings, demo_url: str):
    with services_for(replace(settings, database_url=demo_url)) as made:
        yield made


def notes(loaded: Loaded) -> list[str]:
    """But for how much of the network hangs together, which is always told."""
    told = [(kind, one) for kind, report in loaded.reports.items() for one in report.problems]
    return [f"{kind}: {one.code} {one.params}" for kind, one in told if one.code != "roads_main_part"]


def test_every_kind_is_taken_whole_and_without_a_word(parts):
    open_realm(parts, "live")
    started = time.process_time()
    loaded = load_city(parts, SYSTEM)
    seconds = time.process_time() - started
    assert list(loaded.rows) == list(KINDS)
    assert loaded.rows == {kind: len(loaded.city.rows(kind)) for kind in loaded.city.layers}
    assert notes(loaded) == []
    assert seconds < 5, f"{seconds:.1f} s"  # of our own processor time: tests share their machine


def test_the_city_says_that_it_is_a_sample(loaded_parts, demo):
    city, about = demo.loaded.city, city_settings.about(loaded_parts)
    assert about["name"] == "云屿市" and about["sample"] is True
    assert about["missing_posts"] == list(city.missing_posts)
    assert about["bounds"] == pytest.approx(city.bounds, abs=1e-7)


def test_the_database_holds_exact_tiers_and_finds_the_uncovered_communities(loaded_parts, demo):
    with loaded_parts.engine.connect() as conn:
        overlap = conn.scalar(
            text(
                "SELECT count(*) FROM grid a JOIN grid b ON a.tier = b.tier AND a.code < b.code "
                "AND ST_Intersects(a.geom, b.geom) AND ST_Dimension(ST_Intersection(a.geom, b.geom)) = 2"
            )
        )
        uncovered = conn.scalars(
            text(
                "SELECT g.code FROM grid g WHERE g.tier = 2 AND NOT EXISTS (SELECT FROM place p "
                "WHERE p.kind = 'posts' AND p.props->>'type' = 'post' AND ST_Contains(g.geom, p.geom)) "
                "ORDER BY 1"
            )
        ).all()
    assert overlap == 0
    assert uncovered == list(demo.loaded.city.missing_posts)


def test_the_demo_city_has_every_kind_of_place_the_importers_know():
    assert set(KINDS) == set(IMPORT_KINDS) - {"incidents"}
