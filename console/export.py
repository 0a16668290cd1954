"""export: what the city holds, as a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from console.common import DONE, add_command, answer, services_of
from console.places import KINDS


def add_to(commands: Any) -> None:
    about = "导出数据到文件，格式按后缀 export to a file, its format by the ending"
    parser = add_command(commands, "export", run_export, about)
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("file", type=Path, metavar="FILE", help=".gpkg .geojson .csv .xlsx .fgb")


def run_export(asked: argparse.Namespace) -> int:
    from actions.export import export_file
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        written = export_file(services, SYSTEM, asked.kind, asked.file)
    document = {
        "kind": written.kind, "written": written.rows, "file": str(asked.file), "cut": dict(written.cut)
    }  # fmt: skip
    lines = [f"导出 exported {written.rows}: {asked.file}"]
    if written.cut:
        cut = ", ".join(f"{name} → {short}" for name, short in written.cut.items())
        lines.append(f"字段名截为 10 个字符 names cut to 10 letters: {cut}")
    answer(asked, document, lines)
    return DONE
