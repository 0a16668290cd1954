"""replay-csv: a table of real past incidents, played as if happening."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from console.common import DONE, add_command, answer, say, services_of

SHOWN = 20


def add_to(commands: Any) -> None:
    about = "重放：历史出动记录按原时间逐条进入 past responses out of a table, as if happening"
    parser = add_command(commands, "replay-csv", run_replay, about)
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV，每行一次出动 one row a unit response")
    parser.add_argument(
        "--map", type=Path, required=True, dest="mapping", metavar="FILE",
        help="字段对应 TOML, e.g. demo/mappings/sf_fire.toml",
    )  # fmt: skip
    parser.add_argument("--speed", type=_speed, default="max", metavar="X|max", help="倍速 times real time")
    parser.add_argument("--realm", default="", help="世界 replay:NAME; 默认取文件名 default: the file's name")


def _speed(word: str) -> Any:
    if word == "max":
        return word
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"X > 0, or max, not {word!r}")
    return value


def run_replay(asked: argparse.Namespace) -> int:
    from demo.replay_csv import replay

    with services_of(asked) as services:
        summary = replay(services, asked.file, asked.mapping, asked.speed, asked.realm, say).as_json()
    answer(asked, summary, _lines(summary))
    return DONE


def _lines(summary: dict[str, Any]) -> list[str]:
    names = ("realm", "incidents", "responses", "units", "acts", "acts_done", "events", "seconds")
    lines = [f"{name}: {summary[name]}" for name in names]
    lines += [f"更正 corrected, {kind}: {count}" for kind, count in summary["corrections"].items()]
    rare = [c for c in summary["corrected"] if summary["corrections"][c["kind"]] <= SHOWN]
    lines += [f"· 第 {c['row']} 行 row, {c['kind']}: {c['detail']}" for c in rare]
    lines += ["（--json 列出全部 lists all）"] if len(rare) < len(summary["corrected"]) else []
    if compared := summary["compared"]:
        lines.append("对照 compared, {column}: {agree}/{rows} = {share:.1%}".format(**compared))
    return lines
