"""drill report: the score report of a drill, as text, JSON, PDF or DOCX."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.common import DONE, add_command, answer, services_of

if TYPE_CHECKING:
    from pages.drill_report.sheets import Form


def add_to(group: Any) -> None:
    report = add_command(group, "report", run_report, "评估报告 the score report")
    report.add_argument("drill", metavar="ID", help="演练编号，或 drill:ID its id")
    report.add_argument("--pdf", type=Path, metavar="FILE", help="存为 PDF write it as a PDF")
    report.add_argument("--docx", type=Path, metavar="FILE", help="存为 Word 文档 write it for Word")
    report.add_argument("--lang", default="zh-CN", choices=("zh-CN", "en"))


def run_report(asked: argparse.Namespace) -> int:
    import orjson

    from actions.drill_reports import read_report, record_print
    from actions.drills import realm_of
    from core.clock import day_of
    from core.drill import PREFIX
    from core.permissions import SYSTEM
    from pages.drill_report.answer import told
    from pages.drill_report.sheets import made, sheet

    ident = realm_of(asked.drill).removeprefix(PREFIX)
    files: list[tuple[Form, Path | None]] = [("pdf", asked.pdf), ("docx", asked.docx)]
    with services_of(asked) as services:
        of = read_report(services, SYSTEM, ident)
        for form, path in files:
            if path is not None:
                record_print(services, SYSTEM, ident, of, form)
                path.write_bytes(made(services, SYSTEM, asked.lang, ident, of, form))
        names = sheet(services, SYSTEM, asked.lang, ident, of, maps=False).names
        today = day_of(services.now(), services.zone)
        given = orjson.loads(orjson.dumps(told(asked.lang, services.zone, of, names, today)))
    lines = [given["title"], *(one["text"] for one in (*given["facts"], *given["summary"]))]
    lines += [f"→ {path}" for _, path in files if path is not None]
    answer(asked, given, lines)
    return DONE
