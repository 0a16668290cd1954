"""bench positions: every fix that is sent is taken and seen on both walls."""

from __future__ import annotations

import pytest

from bench import positions
from bench.instance import Target


@pytest.mark.slow
def test_units_that_drive_are_seen_by_both_walls_and_none_is_dropped(plain: Target) -> None:
    cpu, late = positions.bench(plain, units=80, every_s=2.0, seconds=4.0)
    assert (cpu["detail"]["accepted"], cpu["detail"]["dropped"]) == (160, 0)
    assert cpu["floor"] >= 0
    assert late["n"] == sum(late["detail"]["seen"])
    assert min(late["detail"]["seen"]) >= 80  # a unit may move twice between two frames
    assert 0 < late["p50"] <= late["p95"] == late["ours"]
    assert all(0 < rate <= 2.5 for rate in late["detail"]["frames_per_s"])
