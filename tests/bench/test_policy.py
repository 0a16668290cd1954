"""bench policy: the shape of its rows on a small city, and its intervals."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bench.policy import bench, interval, policies, within


def test_each_policy_has_a_row_beside_the_straight_line() -> None:
    rows = bench(None, scale=0.02, seeds=(1,), loads=(4.0,), span=timedelta(days=2))
    assert [row["name"] for row in rows] == [f"policy:{one.name} x4" for one in policies()]
    straight, *others = rows
    assert straight["peer"] is None and straight["ratio"] is None
    for row in rows:
        assert 0 < row["p50"] <= row["ours"] <= row["p99"] and row["n"] > 20
        detail = row["detail"]
        assert 0 < detail["within_5_min"] <= detail["within_10_min"] <= 1
        assert 0 < detail["busy_share"] < 1
    for row in others:
        assert row["peer"] == straight["ours"]
        for figures in row["detail"]["against"].values():
            for difference, low, high in figures.values():
                assert low <= difference <= high
    assert rows == json.loads(json.dumps(rows))


def test_an_interval_holds_its_mean_and_one_batch_has_none() -> None:
    assert interval([1.0, 1.0, 1.0]) == [1.0, 1.0, 1.0]
    assert interval([0.5]) == [0.5, None, None]
    middle, low, high = interval([0.0, 1.0])
    assert middle == 0.5
    assert (low, high) == pytest.approx((0.5 - 6.3531, 0.5 + 6.3531), abs=1e-4)


def test_within_counts_the_limit_itself() -> None:
    assert within([299.0, 300.0, 301.0, 600.0], 300.0) == 0.5
    assert within([], 300.0) == 0.0
