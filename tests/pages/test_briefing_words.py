"""Figures of a report stand in it as they were told."""

from __future__ import annotations

from core.losses import Field
from pages.briefing import words

FIELDS = (
    Field("moved", "转移", "Moved", "人", "persons", True),
    Field("loss", "损失", "Loss", "万元", "10k yuan", False),
)


def test_a_figure_of_more_than_six_digits_is_told_whole() -> None:
    said = words.figures("zh-CN", {"moved": 1_234_567.0, "loss": 120_345.67}, FIELDS)
    assert said == "转移 1234567 人，损失 120345.67 万元"
