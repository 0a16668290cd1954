"""The advice of the desk in words."""

from __future__ import annotations

from typing import Any

from pages import advice

LATE = {
    "item": "1", "name": "饮用水", "unit": "箱", "wanted": 5, "missing": 0.0, "reason": "late",
    "held_back": {}, "eta_s": 1800.0, "by_s": 600.0,
}  # fmt: skip
SHORT = LATE | {"missing": 2.0, "reason": "reserved"}


def told(unmet: dict[str, Any]) -> str:
    """Where no unit is free."""
    return str(advice.rows("zh-CN", {**advice.NOTHING, "supplies_unmet": [unmet]}, ()))


def test_supplies_that_come_late_are_no_lack_and_may_still_be_sent() -> None:
    assert "缺饮用水" not in told(LATE)
    assert "30 分" in told(LATE)
    assert "调拨物资" in told(LATE)


def test_supplies_that_are_missing_cannot_be_sent() -> None:
    assert "缺饮用水 2 箱：余下的已预留" in told(SHORT)
    assert "调拨物资" not in told(SHORT)
