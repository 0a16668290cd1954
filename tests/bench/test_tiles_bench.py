"""A short run over the tiles of the small city. No figure is judged here."""

from __future__ import annotations

import pytest

from bench import tiles
from bench.instance import PLAIN, own_instance
from tests.bench.test_benches import check_shape


@pytest.mark.slow
def test_every_tile_is_asked_for_before_it_is_kept_and_is_what_the_statement_gives() -> None:
    with own_instance(PLAIN) as target:
        made, kept, beside, beside_kept = tiles.bench(target, a_zoom=2, rounds=2)
    check_shape(made, "floor", made["n"])
    check_shape(kept, "floor", 2 * made["n"])
    assert set(made["detail"]["p50_by_map_zoom"]) == {z + 1 for z in tiles.ZOOMS}
    check_shape(beside, "peer", beside["n"])
    check_shape(beside_kept, "peer", 2 * beside["n"])
    assert beside["n"] == made["n"] * 2 // 3, "base map tiles have no peer"
    assert set(beside["detail"]["times_faster"]) == set(tiles.ZOOMS)
