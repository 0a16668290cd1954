"""bench: figures as ratios, one after another, each on an instance of its own."""

from __future__ import annotations

import argparse
from typing import Any

from console.common import DONE, add_command, answer, say


def add_to(commands: Any) -> None:
    about = "性能：与下限或同类相比 figures beside a floor or a peer of the same run"
    parser = add_command(commands, "bench", run_bench, about)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="默认全部 all by default: click-to-wall, fan-out"
    )
    parser.add_argument("--url", help="测量已有实例 measure an instance that runs (click-to-wall)")
    parser.add_argument("--token", help="其接口令牌 its API token")
    parser.add_argument("--wall-url", help="其大屏网址 its wall address")


def run_bench(asked: argparse.Namespace) -> int:
    from bench.instance import Target
    from bench.run import BENCHES, run
    from core.errors import InvalidInput

    for name in asked.names:
        if name not in BENCHES:
            raise InvalidInput(pointer="NAME", detail=f"{name}: {', '.join(BENCHES)}")
    target = Target(asked.url, asked.token or "", asked.wall_url) if asked.url else None
    rows = []
    for name in asked.names or BENCHES:
        say(name)
        rows += run(name, target)
    answer(asked, rows, [_line(row) for row in rows])
    return DONE


def _line(row: dict[str, Any]) -> str:
    beside = next((f"{key} {row[key]}" for key in ("floor", "peer") if row.get(key) is not None), "")
    ratio = "" if row["ratio"] is None else f" = × {row['ratio']}"
    tails = f"p50 {row['p50']} p95 {row['p95']} p99 {row['p99']}"
    return f"{row['name']}: {row['ours']} {row['unit']} ({beside}{ratio}); {tails}; n {row['n']}"
