"""bench: what the product costs and how fast it is, beside a floor or a peer."""

from __future__ import annotations

import argparse
from typing import Any

from console.common import DONE, add_command, answer, say

NAMES = ("click-to-wall", "coverage", "fan-out", "first-map", "map", "tiles")


def add_to(commands: Any) -> None:
    about = "测速：与下限或同类相比 how fast, beside a floor or a peer"
    parser = add_command(commands, "bench", run_bench, about)
    # argparse holds an empty list of names against `choices` as if it were one, so they are checked here.
    parser.add_argument("names", nargs="*", metavar="NAME", type=_name, help=", ".join(NAMES))
    parser.add_argument("--url", help="已在运行的实例 an instance that runs, instead of one of its own")
    parser.add_argument("--token", help="其接口令牌 its API token, with all verbs")
    parser.add_argument("--wall-url", help="其大屏地址（含令牌） its wall's address, with the wall token")


def _name(word: str) -> str:
    if word not in NAMES:
        raise argparse.ArgumentTypeError(f"{word!r}: {', '.join(NAMES)}")
    return word


def run_bench(asked: argparse.Namespace) -> int:
    from bench.instance import Target
    from bench.run import run

    target = Target(asked.url, asked.token or "", asked.wall_url) if asked.url else None
    rows = []
    for name in asked.names or NAMES:
        say(f"{name} …")
        rows += run(name, target)
    answer(asked, rows, [_line(row) for row in rows])
    return DONE


def _line(row: dict[str, Any]) -> str:
    other = next((f"{key} {row[key]}" for key in ("floor", "peer") if key in row), "")
    tails = ", ".join(f"{key} {row[key]}" for key in ("p50", "p95", "p99"))
    return f"{row['name']}: {row['ours']} ({other}, × {row['ratio']}) {row['unit']}; n {row['n']}: {tails}"
