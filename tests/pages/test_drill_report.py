"""The report of a drill in both languages, on paper: nothing it can say is without its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

import core.events_drills as d
from actions.offices import OfficeName
from core.drill_compare import compare
from core.drill_findings import proposed
from core.drill_levels import grade
from core.drill_report import Report, report
from core.drill_score import score
from core.envelope import Event
from db.drill_levels import shipped_levels
from pages.drill_report import words
from pages.drill_report.paper import blocks, sheet
from pages.paper import Bars, Heading, Paragraph, Table
from tests.cast import FIRE, START
from tests.core.played import ACTS, REALM, STAGED, Told, log, played, script

ZONE = ZoneInfo("Asia/Shanghai")
DAY, AFTER = date(2026, 3, 2), date(2026, 9, 1)
NAMES = {"xiaofang@990101001": OfficeName("东门街道", ("消防", "Fire"))}
MINUTES: list[Told] = [
    (1, REALM, d.DrillPaused(why="hand")), (2, REALM, d.DrillResumed(rate=1)),
    (3, REALM, d.DrillPaused(why="restart")), (4, REALM, d.DrillPaused(why="live")),
    (5, REALM, d.DrillJumped(seconds=60)),
    (6, REALM, d.InjectFailed(number=4, by_hand=True, reason="not_found")),
    (7, REALM, d.SeatTaken(seat="duty", person="u1", name="王")),
    (160, REALM, d.DrillRated(about="1", mark=2, text="偏慢", at_seq=3, evaluator="judge")),
    (161, REALM, d.DrillRated(about="alarm", mark=4, text="好", at_seq=9, evaluator="judge")),
]  # fmt: skip


def made(events: list[Event]) -> Report:
    found = score(script(), events, START)
    beside = compare(found.indicators, {"ack": [60, None], "close": [None]}, {(FIRE, "ack"): [30.0]})
    findings = proposed(script(), found, DAY, 30)
    return report(script(), events, found, grade(found, shipped_levels()), beside, findings)


def whole() -> Report:
    minute, ident, body = ACTS["reinforce"]
    return made(played("close", reinforce=(minute + 10, ident, body), more=MINUTES))


def said(of: Report, lang: str) -> str:
    found = blocks(lang, ZONE, of, NAMES, AFTER)
    lines = [one.text for one in found if isinstance(one, Heading | Paragraph)]
    tables = [one for one in found if isinstance(one, Table)]
    cells = chain.from_iterable(row for table in tables for row in [table.head, *table.rows])
    return "\n".join([*lines, *cells])


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_everything_that_a_report_says_has_its_words(lang: str) -> None:
    told = said(whole(), lang)
    assert "drills." not in told
    assert "{" not in told
    for state in ("open", "revising", "closed", "dropped"):
        finding = replace(whole().findings[0], state=state)
        assert words.finding_state(lang, finding, DAY)
    stopped = log([*STAGED[:3], (10, REALM, d.DrillStopped(aborted=True, reason="实战"))])
    assert said(made(stopped), lang)
    assert said(made([]), lang)


def test_a_report_tells_its_figures_in_chinese() -> None:
    told = said(whole(), "zh-CN")
    assert "评定等级：合格。指标达标率 71.4 %（按权重）。" in told
    assert "考核指标 12 项：达标 10，超时 1，未完成 1。" in told
    assert "情景 2“reinforce”超时 9 分 0 秒（时限 10 分 0 秒）" in told
    assert "东门街道 · 消防" in told
    assert "中位 30 秒（n=1）" in told
    assert "至少半数未完成（n=2）" in told
    assert "检验预案：火灾。" in told


def test_a_report_has_a_chart_of_its_objectives() -> None:
    (chart,) = (one for one in blocks("en", ZONE, whole(), NAMES, DAY) if isinstance(one, Bars))
    assert list(chart.labels) == ["接警处置", "信息报送"]


def test_a_report_is_printed() -> None:
    assert sheet("zh-CN", ZONE, whole(), NAMES, DAY).startswith(b"%PDF")
