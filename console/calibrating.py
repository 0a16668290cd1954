"""calibrate: arrival times held against a log of past responses, and tables that fit them better."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from console.common import DONE, add_command, answer, services_of


def add_to(commands: Any) -> None:
    about = "校准：以历史出动记录检验到场时间 arrival times against a log of past responses"
    parser = add_command(commands, "calibrate", run_calibrate, about)
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV，每行一次出动 one row a unit response")
    parser.add_argument(
        "--map", type=Path, required=True, dest="mapping", metavar="FILE",
        help="字段对应 TOML, e.g. demo/mappings/sf_fire.toml",
    )  # fmt: skip
    parser.add_argument(
        "--split", type=date.fromisoformat, metavar="DATE",
        help="此日起用于检验，之前用于拟合 judged from this day on, fitted before (default: the last third)",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="写出可导入的 speeds.csv 与 turnouts.csv tables to import"
    )


def run_calibrate(asked: argparse.Namespace) -> int:
    from demo.calibrate.run import calibrate, write_tables

    with services_of(asked) as services:
        report = calibrate(services, asked.file, asked.mapping, asked.split)
    source = f"{asked.file.name} < {report.split}"
    written = write_tables(report, asked.out, source) if asked.out else []
    document = {**report.as_json(), "written": [str(path) for path in written]}
    answer(asked, document, _lines(document))
    return DONE


def _lines(told: dict[str, Any]) -> list[str]:
    head = "检验自 judged from {split}: {trips} 次出动 trips, {races} 起 races, 有路网 by road {by_road:.0%}"
    lines = [head.format(**told)]
    for verdict in told["verdicts"]:
        ways = {name: way for name, way in verdict.items() if isinstance(way, dict)}
        found = "; ".join(f"{name} ±{way['mae_s']} s, {way['within']:.0%}" for name, way in ways.items())
        lines.append(f"{verdict['kind']} ({verdict['later']}): {found} → {verdict['kept']}")
    for pool, ways in told["firsts"].items():
        for way, tops in ways.items():
            lines.append(f"{pool}, {way}: " + ", ".join(f"{name} {value}" for name, value in tops.items()))
    return [*lines, *told["written"]]
