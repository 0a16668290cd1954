"""report: the weekly brief as a file, and the figures checked against the log."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from console.common import DONE, REFUSED, add_command, add_group, answer, services_of

_LANGUAGES = ("zh-CN", "en")


def add_to(commands: Any) -> None:
    group = add_group(commands, "report", "绩效报表 reports: weekly, verify")
    weekly = add_command(group, "weekly", run_weekly, "周报 PDF the brief of a week")
    weekly.add_argument("file", type=Path, metavar="FILE.pdf")
    about = "周次或其中一天，默认上一整周 a week or a day of it; the last whole one without"
    weekly.add_argument("--week", metavar="2026-W47", help=about)
    weekly.add_argument("--area", default="", metavar="CODE", help="区域代码 code of an area")
    weekly.add_argument("--lang", choices=_LANGUAGES, default=_LANGUAGES[0])
    about = "从日志第一条重算并与报表比较 fold the log from its first fact and compare"
    verify = add_command(group, "verify", run_verify, about)
    verify.add_argument("--period", default="days30", metavar="NAME", help="week, last_month, year …")
    verify.add_argument("--by", default="area", metavar="NAME", help="area, department, class, day …")


def run_weekly(asked: argparse.Namespace) -> int:
    from actions.export import FolderMissing
    from actions.kpi import record_export
    from actions.kpi_week import read_week, week_period
    from core.permissions import SYSTEM
    from pages.reports.brief import weekly

    if not asked.file.absolute().parent.is_dir():
        raise FolderMissing(folder=str(asked.file.parent))
    with services_of(asked) as services:
        week = read_week(services, SYSTEM, "live", week_period(services, "live", asked.week), asked.area)
        made = weekly(asked.lang, week, services.zone)
        record_export(services, SYSTEM, "weekly", "pdf", len(week.ranking))
    asked.file.write_bytes(made)
    document = {"week": week.name, "file": str(asked.file), "bytes": len(made)}
    answer(asked, document, [f"周报 weekly brief {week.name}: {asked.file}"])
    return DONE


def run_verify(asked: argparse.Namespace) -> int:
    from dataclasses import asdict

    from actions.kpi import period_of
    from actions.kpi_audit import verify
    from actions.kpi_view import Asked
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        period = period_of(services, "live", None, None, asked.period)
        found = verify(services, SYSTEM, Asked("live", period, by=asked.by), most=None)
    differences = [asdict(one) for one in found.differences]
    document = {
        "same": found.same,
        "seq": found.seq,
        "incidents": found.incidents,
        "differences": differences,
    }
    said = "一致 the same" if found.same else f"不一致 different: {len(found.differences)}"
    answer(asked, document, [f"{said} (1–{found.seq}, {found.incidents} 件 incidents)"])
    return DONE if found.same else REFUSED
