"""The figures of a report as a workbook: groups, intervals, levels, ranking, and what each figure means."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from actions.kpi_view import Report
from core.kpi import COUNTS, INTERVALS, RATES, Figures, Ranked
from core.offices import LEVELS
from pages.drill_mark import mark
from pages.messages import text
from pages.reports import words

_MOST, _HEADER = 31, 255  # letters of a sheet's name, and of what stands over it on paper


def workbook(lang: str, report: Report, ranking: Sequence[Ranked], zone: ZoneInfo, drill: str = "") -> bytes:
    """XLSX. Shares are numbers shown as percent, durations seconds. Of a drill the first sheet says so, and
    the head of each that is printed."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        made = _Book(book, lang, mark(lang, drill))
        made.figures(report, zone)
        made.intervals(report)
        if report.asked.by in ("area", "department"):
            made.ranking(report, ranking)
        made.definitions()
    return file.getvalue()


class _Book:
    """One workbook in the making."""

    def __init__(self, book: Any, lang: str, drill: str) -> None:
        self._book, self._lang, self._drill = book, lang, drill
        if drill:
            book.add_worksheet(text(lang, "realm.badge")).write_string(0, 0, drill)
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._formats = {
            "share": book.add_format({"num_format": "0.0%"}),
            "count": book.add_format({"num_format": "#,##0"}),
            "number": book.add_format({"num_format": "0.00"}),
        }

    def _sheet(self, key: str, head: Sequence[str], above: Sequence[str] = ()) -> Any:
        sheet = self._book.add_worksheet(text(self._lang, key)[:_MOST])
        if self._drill:
            sheet.set_header(f"&C{self._drill.replace('&', '&&')}"[:_HEADER])
        for number, line in enumerate(above):
            sheet.write_string(number, 0, line)
        for column, word in enumerate(head):
            sheet.write_string(len(above), column, word, self._head)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, len(head), 13)
        sheet.freeze_panes(len(above) + 1, 1)
        return sheet

    def _named(self, one: Any) -> str:
        return words.name_of(self._lang, one)

    def figures(self, report: Report, zone: ZoneInfo) -> None:
        lang = self._lang
        levels = [text(lang, "kpi.solved_at", level=text(lang, f"kpi.level.{level}")) for level in LEVELS]
        head = [text(lang, "kpi.column.name"), text(lang, "kpi.column.code"), *map(self._named, COUNTS),
                *(f"{self._named(one)} {words.unit(lang, one.code)}".strip() for one in RATES), *levels,
                text(lang, "kpi.households"), text(lang, "kpi.grids")]  # fmt: skip
        spans = [words.days(report.asked.period, zone), words.days(report.before, zone)]
        sheet = self._sheet(
            "kpi.sheet.figures", head, [text(lang, "kpi.span", now=spans[0], before=spans[1])]
        )
        rows = [
            (text(lang, "kpi.total"), "", report.total),
            (text(lang, "kpi.before"), "", report.total_before),
        ]
        by = report.asked.by or ""
        rows += [(words.group_name(lang, by, group), group.code, group.now) for group in report.groups]
        for number, (name, code, figures) in enumerate(rows, start=2):
            sheet.write_string(number, 0, name)
            sheet.write_string(number, 1, code)
            self._row(sheet, number, figures)

    def _row(self, sheet: Any, number: int, figures: Figures) -> None:
        column = 2
        for one in COUNTS:
            sheet.write_number(number, column, figures.count(one.code), self._formats["count"])
            column += 1
        for rate in RATES:
            value = figures.rate(rate.code)
            if value is not None:
                form = "share" if rate.unit == "share" else "number"
                sheet.write_number(number, column, value, self._formats[form])
            column += 1
        for level in LEVELS:
            sheet.write_number(number, column, figures.levels.get(level, 0), self._formats["count"])
            column += 1
        for ground in (figures.households, figures.grids):
            if ground is not None:
                sheet.write_number(number, column, ground, self._formats["count"])
            column += 1

    def intervals(self, report: Report) -> None:
        lang = self._lang
        parts = [("n", "kpi.column.n"), ("median", "kpi.column.median"), ("p90", "kpi.column.p90")]
        head = [text(lang, "kpi.column.name")]
        head += [f"{self._named(one)} {text(lang, key)}" for one in INTERVALS for _, key in parts]
        sheet = self._sheet("kpi.sheet.intervals", head, [text(lang, "kpi.intervals_note")])
        rows = [(text(lang, "kpi.total"), report.total)]
        by = report.asked.by or ""
        rows += [(words.group_name(lang, by, group), group.now) for group in report.groups]
        for number, (name, figures) in enumerate(rows, start=2):
            sheet.write_string(number, 0, name)
            for column, (one, part) in enumerate(((one, p) for one in INTERVALS for p, _ in parts), start=1):
                value = words.seconds_of(figures, one.code, part)
                if value is not None:
                    sheet.write_number(number, column, value, self._formats["count"])

    def ranking(self, report: Report, ranking: Sequence[Ranked]) -> None:
        lang = self._lang
        rated = [one for one in RATES if any(one.code in ranked.points for ranked in ranking)]
        points = [text(lang, "kpi.points_of", name=self._named(one)) for one in rated]
        head = [text(lang, "kpi.column.name"), text(lang, "kpi.place"), text(lang, "kpi.score"), *points]
        sheet = self._sheet("kpi.sheet.ranking", head)
        groups = {group.code: group for group in report.groups}
        for number, ranked in enumerate(ranking, start=1):
            sheet.write_string(number, 0, words.group_name(lang, report.asked.by or "", groups[ranked.code]))
            sheet.write_number(number, 1, ranked.place)
            scores = [ranked.total, *(ranked.points.get(one.code) for one in rated)]
            for column, score in enumerate(scores, start=2):
                if score is not None:
                    sheet.write_number(number, column, score, self._formats["number"])

    def definitions(self) -> None:
        lang = self._lang
        head = [text(lang, f"kpi.column.{name}") for name in ("name", "over", "under", "source")]
        sheet = self._sheet("kpi.sheet.definitions", head)
        ground = {name: text(lang, f"kpi.{name}") for name in ("households", "grids")}
        rows = [
            (self._named(one), words.figure_name(lang, one.numerator),
             ground.get(one.denominator) or words.figure_name(lang, one.denominator), one.source)
            for one in RATES
        ]  # fmt: skip
        rows += [(self._named(one), one.means if lang == "zh-CN" else one.means_en, "", "") for one in COUNTS]
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
