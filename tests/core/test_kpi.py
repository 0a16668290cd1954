"""Definitions of figures: quantiles, points, and the page of docs that says what each means."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kpi import COUNT, COUNTS, GROUND, INTERVALS, RATE, RATES, TRIPLET, Figures, rank, spread, told
from core.model import Incident

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reports.md"
UNITS = {"share": "%", "per_thousand": "件/千户", "per_grid": "件/网格"}
NAMES = {"households": "户数", "grids": "基础网格数"}
DURATIONS = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


@given(DURATIONS)
def test_quantiles_are_durations_that_so_many_do_not_exceed(durations: list[int]) -> None:
    found = spread(durations)
    assert found is not None
    assert found.n == len(durations)
    for share, value in ((0.5, found.median), (0.9, found.p90)):
        ours = min(d for d in durations if sum(o <= d for o in durations) >= share * len(durations))
        assert value == told(ours)
        assert ours * 0.99 - 1 < value <= ours
    assert spread([]) is None


@pytest.mark.parametrize(
    ("exact", "said"), [(0, 0), (999, 999), (1004, 1000), (98765, 98700), (10**9, 10**9)]
)
def test_durations_are_told_to_three_digits(exact: int, said: int) -> None:
    assert told(exact) == said


def test_every_rate_divides_what_is_counted() -> None:
    for rate in RATES:
        assert rate.numerator in COUNT
        assert rate.denominator in COUNT or rate.denominator in GROUND
        assert rate.source
    assert set(TRIPLET) <= set(RATE)
    fields = Incident.__dataclass_fields__
    assert all({one.start, one.end} <= set(fields) for one in INTERVALS)


def area(
    valid: int, solved: int, rated: int = 0, satisfied: int = 0, households: int | None = 1000
) -> Figures:
    counts = {"valid": valid, "solved": solved, "rated": rated, "satisfied": satisfied}
    return Figures(counts, households=households)


def test_the_ranking_weighs_what_is_known() -> None:
    weights = {"incidence": 30.0, "solved_rate": 40.0, "satisfaction": 30.0}
    ranked = rank(
        {"A": area(10, 9, 10, 9), "B": area(20, 20, 5, 5), "C": area(15, 3), "D": Figures()}, weights
    )
    assert [(one.code, one.place) for one in ranked] == [("A", 1), ("B", 2), ("C", 3), ("D", 4)]
    a, b, c, d = ranked
    assert a.points == {"incidence": 100.0, "solved_rate": 90.0, "satisfaction": 90.0}
    assert a.total == 93.0
    assert b.points["incidence"] == 0.0, "the most on as many homes"
    assert "satisfaction" not in c.points, "nobody was called back there"
    assert c.total == pytest.approx((30 * 50 + 40 * 20) / 70, abs=0.01)
    assert d.total is None


def test_who_has_as_many_points_shares_a_place() -> None:
    same = rank({"A": area(1, 1), "B": area(1, 1), "C": area(1, 0)}, {"solved_rate": 1.0})
    assert [(one.code, one.place) for one in same] == [("A", 1), ("B", 1), ("C", 3)]


def definitions() -> str:
    """The tables of docs/reports.md."""
    counts = ["| 计数 | English | 含义 |", "|---|---|---|"]
    counts += [f"| {one.name} `{one.code}` | {one.name_en} | {one.means} |" for one in COUNTS]
    rates = ["| 指标 | English | 分子 | 分母 | 单位 | 来源 |", "|---|---|---|---|---|---|"]
    rates += [
        f"| {one.name} `{one.code}` | {one.name_en} | {COUNT[one.numerator].name} | "
        f"{NAMES.get(one.denominator) or COUNT[one.denominator].name} | {UNITS[one.unit]} | {one.source} |"
        for one in RATES
    ]
    spans = ["| 环节 | English | 从 | 到 |", "|---|---|---|---|"]
    spans += [
        f"| {one.name} `{one.code}` | {one.name_en} | `{one.start}` | `{one.end}` |" for one in INTERVALS
    ]
    return "\n\n".join("\n".join(table) for table in (rates, counts, spans))


def test_the_docs_say_what_the_code_means() -> None:
    assert definitions() in DOCS.read_text(encoding="utf-8"), f"docs/reports.md wants:\n{definitions()}"
