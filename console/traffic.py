"""simulate: a living city, played through the running instance's public API."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from console.common import DONE, add_command, answer, say, services_of, settings_of


def add_to(commands: Any) -> None:
    about = "模拟：报警、出动、到场、办结 a living city: calls, driving units, acts"
    parser = add_command(commands, "simulate", run_simulate, about)
    parser.add_argument("--rate", type=float, default=6.0, help="每分钟报警数 calls a minute")
    parser.add_argument("--minutes", type=float, default=10.0, help="多少分钟 for how long")
    parser.add_argument("--seed", type=int, default=1, help="随机种子 seed")
    parser.add_argument("--speed", type=float, default=1.0, help="倍速 simulated seconds a second")
    parser.add_argument("--start", type=datetime.fromisoformat, default=None, metavar="2026-03-02T09:00",
                        help="从何时的报警规律开始 the hour and weekday whose calls come first")  # fmt: skip
    parser.add_argument("--realm", default="live", help="世界 live, drill:ID")


def run_simulate(asked: argparse.Namespace) -> int:
    from demo.caller import MORNING
    from demo.simulate import Simulation, run
    from instance.state import address

    simulation = Simulation(
        asked.rate, asked.minutes, asked.seed, asked.speed, asked.realm, start=asked.start or MORNING
    )
    url = address(settings_of(asked).data)
    with _token(asked, "simulate") as token:
        say(f"{url}（Ctrl-C 结束 ends it）")
        summary = run(url, token, simulation).as_json()
    answer(asked, summary, [f"{key}: {value}" for key, value in summary.items()])
    return DONE


@contextmanager
def _token(asked: argparse.Namespace, name: str) -> Iterator[str]:
    """An API token for the while, revoked afterwards."""
    from actions.accounts import ALL_VERBS, add_token, revoke_token
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        token = add_token(services, SYSTEM, "api", name, verbs=[ALL_VERBS])
        try:
            yield token.secret
        finally:
            revoke_token(services, SYSTEM, token.id)
