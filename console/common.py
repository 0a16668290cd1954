"""What the sub-commands share: their common options, their answers, and the parts they work with."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actions.services import Services
    from settings import Settings

DONE, REFUSED, OUR_FAULT = 0, 1, 2

Run = Callable[[argparse.Namespace], int]


def add_command(commands: Any, name: str, run: Run, about: str) -> argparse.ArgumentParser:
    """A sub-command with the options that every one has."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.add_argument("--data", type=Path, metavar="DIR", help="数据目录，默认 .data (data folder)")
    parser.add_argument("--json", action="store_true", help="标准输出只有一个 JSON 文档 (one JSON document)")
    parser.set_defaults(run=run)
    return parser


def add_group(commands: Any, name: str, about: str) -> Any:
    """A sub-command that has sub-commands of its own."""
    parser = commands.add_parser(name, help=about, description=about)
    return parser.add_subparsers(title="命令 commands", metavar="COMMAND", required=True)


def answer(asked: argparse.Namespace, document: Any, lines: list[str]) -> None:
    """One JSON document on standard output, or `lines` for people."""
    text = json.dumps(document, ensure_ascii=False, default=_plain) if asked.json else "\n".join(lines)
    print(text, flush=True)


def _plain(value: Any) -> str:
    """Times as RFC 3339, everything else as it prints."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def say(line: str) -> None:
    """Progress, for people, never on standard output."""
    print(f"· {line}", file=sys.stderr, flush=True)


def settings_of(asked: argparse.Namespace) -> Settings:
    from settings import DATA_DEFAULT, Settings

    return Settings.from_env(asked.data or DATA_DEFAULT)


@contextmanager
def services_of(asked: argparse.Namespace) -> Iterator[Services]:
    """The parts behind the verbs, over the database of the data folder; starts its server if need be."""
    from instance.services import borrowed_services

    with borrowed_services(settings_of(asked)) as services:
        yield services
