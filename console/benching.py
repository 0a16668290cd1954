"""bench: what the product costs and how fast it is, beside a floor or a peer."""

from __future__ import annotations

import argparse
from typing import Any

from console.common import DONE, add_command, answer, say

NAMES = (
    "activation", "advice", "click-to-wall", "coverage", "fan-out", "first-map", "load",
    "map", "policy", "positions", "replay", "reports", "soak", "tiles",
)  # fmt: skip
LONG = ("load", "reports", "soak")
"""Two hours as it is, some minutes of filling, half an hour: only when they are named."""
_SIZES: dict[str, tuple[type, str]] = {
    "incidents": (int, "load: 事件数 incidents of the day"), "officers": (int, "load: 值班员数 officers"),
    "speed": (float, "load: 时间倍速 how much faster than real a day passes"),
    "burst-s": (float, "load: 突发秒数，每秒 50 件 seconds of the burst, 50 a second"),
    "past": (int, "load, reports: 查询、报表前先有的历史事件数 ended incidents behind searches, reports"),
    "patches": (int, "soak: 大屏收到的更新数 what the wall of soak is sent"),
    "minutes": (float, "soak: 至少持续分钟 how long it takes at least"),
}  # fmt: skip


def add_to(commands: Any) -> None:
    about = "测速：与下限或同类相比 how fast, beside a floor or a peer"
    parser = add_command(commands, "bench", run_bench, about)
    # argparse holds an empty list of names against `choices` as if it were one, so they are checked here.
    parser.add_argument("names", nargs="*", metavar="NAME", type=_name, help=", ".join(NAMES))
    parser.add_argument("--url", help="已在运行的实例 an instance that runs, instead of one of its own")
    parser.add_argument("--token", help="其接口令牌 its API token, with all verbs")
    parser.add_argument("--wall-url", help="其大屏地址（含令牌） its wall's address, with the wall token")
    for name, (kind, about) in _SIZES.items():
        parser.add_argument(f"--{name}", type=kind, help=about)


def _name(word: str) -> str:
    if word not in NAMES:
        raise argparse.ArgumentTypeError(f"{word!r}: {', '.join(NAMES)}")
    return word


def run_bench(asked: argparse.Namespace) -> int:
    from bench.instance import Target
    from bench.run import run

    target = Target(asked.url, asked.token or "", asked.wall_url) if asked.url else None
    given = {name.replace("-", "_"): getattr(asked, name.replace("-", "_")) for name in _SIZES}
    size = {name: value for name, value in given.items() if value is not None}
    rows = []
    for name in asked.names or [name for name in NAMES if name not in LONG]:
        say(f"{name} …")
        rows += run(name, target, size)
    answer(asked, rows, [_line(row) for row in rows])
    return DONE


def _line(row: dict[str, Any]) -> str:
    other = next((f"{key} {row[key]}" for key in ("floor", "peer") if key in row), "")
    tails = ", ".join(f"{key} {row[key]}" for key in ("p50", "p95", "p99"))
    return f"{row['name']}: {row['ours']} ({other}, × {row['ratio']}) {row['unit']}; n {row['n']}: {tails}"
