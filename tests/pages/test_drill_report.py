"""The report of a drill in both languages, on paper: nothing it can say is without its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import chain
from urllib.parse import quote
from zoneinfo import ZoneInfo

import docx
import pypdfium2
import pytest

import core.events_drills as d
from actions.drill_scenes import Scene
from actions.offices import OfficeName
from actions.surroundings import Mark, Shape, Stretch, Surroundings
from core.drill_compare import compare
from core.drill_findings import proposed
from core.drill_levels import grade
from core.drill_report import Report, report
from core.drill_score import JUDGED, score
from core.envelope import Event
from db.drill_levels import shipped_levels
from pages.drill_report import paper, words
from pages.drill_report.paper import Sheet, blocks, pdf
from pages.drill_report.words import Replay
from pages.paper import Heading, Linked, Paragraph, Table
from pages.paper_charts import Dots, Parts, Spans
from pages.paper_map import Ground
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


def scenes() -> tuple[Scene, ...]:
    shapes = (Shape("road", 3, ((-400.0, 60.0), (400.0, 80.0)), "东门路"),)
    marks = (Mark((0.0, 0.0), 1, "1"), Mark((40.0, 0.0), 0), Mark((-300.0, 50.0), 0, "消防一队", there=False))
    ring = ((-50.0, -50.0), (50.0, -50.0), (0.0, 60.0), (-50.0, -50.0))
    stretches = (Stretch("zone", ring), Stretch("way", shapes[0].line), Stretch("closure", shapes[0].line))
    around = Surroundings((700.0, 385.0), shapes)
    return (Scene("peak", 9, START, around, marks, stretches, 1, 1, 1),)


def by(lang: str = "zh-CN") -> Sheet:
    return Sheet(lang, ZONE, NAMES, AFTER, scenes(), Replay(REALM, lang, "https://city.example"))


def said(of: Report, lang: str) -> str:
    found = blocks(by(lang), of)
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
    first, _ = (one for one in blocks(by("en"), whole()) if isinstance(one, Parts))
    assert [label.partition(" % ")[2] for label in first.labels] == ["接警处置", "信息报送"]


def test_a_report_draws_the_map_and_what_was_measured_as_the_score_has_it() -> None:
    of = whole()
    found = blocks(by(), of)
    (ground,) = (one for one in found if isinstance(one, Ground))
    assert ground.caption.startswith("高峰 2026-03-02 09:00：未办结事件 1 起，到场力量 1 支")
    _, seats = (one for one in found if isinstance(one, Parts))
    count = {state: sum(one.state == state for one in of.score.indicators) for state in JUDGED}
    assert [sum(column) for column in zip(*seats.parts, strict=True)] == [
        count["met"], count["late"], count["missed"]
    ]  # fmt: skip
    (spans,) = (one for one in found if isinstance(one, Spans))
    assert len(spans.rows) == sum(count.values())
    late = [one.label for one in spans.rows if one.done is None or one.done > one.limit]
    assert len(late) == count["late"] + count["missed"]
    (dots,) = (one for one in found if isinstance(one, Dots))
    assert dots.values[0] == [0.5, None, 0.25], "of the limit: now; half of the earlier never did it; real"


def test_each_line_of_a_report_leads_to_the_replay_of_its_moment() -> None:
    of = whole()
    tables = [one for one in blocks(by(), of) if isinstance(one, Table)]
    links = [cell.href for table in tables for row in table.rows for cell in row if isinstance(cell, Linked)]
    assert len(links) == len(of.course) + len(of.score.marks) + len(of.findings) + sum(
        one.since is not None for one in of.score.indicators
    )
    assert links[0].startswith(
        f"https://city.example/replay?realm={quote(REALM, safe='')}&from=1&lang=zh-CN&at=2026-"
    )


def test_a_report_is_printed_and_says_that_it_is_an_exercise() -> None:
    with pypdfium2.PdfDocument(pdf(by(), whole())) as opened:
        pages = [page.get_textpage().get_text_range() for page in opened]
    assert all("演练资料 · 非实战" in page for page in pages)


def test_a_report_for_word_has_its_tables_pictures_and_links() -> None:
    of = whole()
    found, opened = blocks(by(), of), docx.Document(BytesIO(paper.docx(by(), of)))
    tables = [one for one in found if isinstance(one, Table)]
    assert [[cell.text for cell in table.rows[0].cells] for table in opened.tables] == [
        [*one.head] for one in tables
    ]
    assert [len(table.rows) for table in opened.tables] == [len(one.rows) + 1 for one in tables]
    drawn = [one for one in found if not isinstance(one, Table | Heading | Paragraph)]
    assert len(opened.inline_shapes) == len(drawn) == 5
    assert opened.sections[0].header.paragraphs[0].text == "演练资料 · 非实战"
    titles = [one.text for one in opened.paragraphs if one.style and one.style.name == "Heading 1"]
    assert titles == [one.text for one in found if isinstance(one, Heading)]
    links = [rel.target_ref for rel in opened.part.rels.values() if rel.is_external]
    assert any("/replay?realm=" in link for link in links)
