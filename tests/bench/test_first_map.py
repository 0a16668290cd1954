"""A short run over the small city. No figure is judged here."""

from __future__ import annotations

import pytest

from bench import first_map
from bench.instance import Target
from tests.bench.test_benches import check_shape


@pytest.mark.slow
@pytest.mark.browser
def test_a_cold_browser_shows_the_map_of_a_city_that_was_filled(plain: Target) -> None:
    (first,) = first_map.bench(plain, cameras=400, incidents=300, times=2)
    check_shape(first, "floor", 2)
    assert first["detail"]["requests"] > 10
    steps = first["detail"]["p50_by_step"]
    assert steps["map"] <= steps["useful"]
    waterfall = first["detail"]["waterfall"]
    assert set(waterfall) == {"scripts", "ours", "dash", "board", "tiles"}
    assert waterfall["scripts"]["from_ms"] <= waterfall["tiles"]["from_ms"]
