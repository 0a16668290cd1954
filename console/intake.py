"""intake: the sources of messages, their mappings, and tables that are fetched."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from console.common import DONE, add_command, add_group, answer, services_of


def add_to(commands: Any) -> None:
    group = add_group(commands, "intake", "统一受理的来源 sources of messages")
    add_command(group, "sources", run_sources, "全部来源 all sources")
    mapping = add_command(group, "mapping", run_mapping, "换上本市的映射 put a city's mapping in place")
    mapping.add_argument("file", type=Path, metavar="FILE", help="JSON，见 docs/intake.md")
    watch = add_command(group, "watch", run_watch, "定时拉取表格 fetch a source's tables by time")
    watch.add_argument("source", help="来源 source")
    where = watch.add_mutually_exclusive_group(required=True)
    where.add_argument("--folder", type=Path, help="文件夹里的 *.csv")
    where.add_argument("--url", help="网址 address")
    where.add_argument("--stop", action="store_true", help="不再拉取 fetch no more")
    watch.add_argument("--every", type=int, default=60, metavar="S", help="每隔几秒 seconds between, 60")
    watch.add_argument("--delimiter", default=",", help="分隔符 delimiter")
    pull = add_command(group, "pull", run_pull, "立即拉取一次 fetch now")
    pull.add_argument("source", help="来源 source")


def run_sources(asked: argparse.Namespace) -> int:
    from actions.intake_pull import list_sources

    with services_of(asked) as services:
        found = list_sources(services)
    lines = [f"{s['source']:<18}{s['name']}{'（通用）' if s['generic'] else ''}{_pull(s)}" for s in found]
    answer(asked, {"items": found}, lines)
    return DONE


def _pull(source: dict[str, Any]) -> str:
    if not source["pull"]:
        return ""
    where = source["pull"]["folder"] or source["pull"]["url"]
    error = (source["pulled"] or {}).get("error")
    return f"  ← {where}" + (f"  ✗ {error}" if error else "")


def run_mapping(asked: argparse.Namespace) -> int:
    from actions.intake_pull import set_mapping
    from core.errors_intake import MappingWrong

    try:
        data = json.loads(asked.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MappingWrong(field=asked.file.name, detail=str(error), pointer="") from error
    with services_of(asked) as services:
        mapping = set_mapping(services, data)
    answer(asked, {"source": mapping.source}, [f"✓ {mapping.source} {mapping.name}"])
    return DONE


def run_watch(asked: argparse.Namespace) -> int:
    from pydantic import ValidationError

    from actions.intake_pull import set_pull
    from core.errors_intake import MappingWrong
    from core.intake import Pull

    folder = str(asked.folder.resolve()) if asked.folder else None
    try:
        wanted = Pull(folder=folder, url=asked.url, every_s=asked.every, delimiter=asked.delimiter)
    except ValidationError as error:
        first = error.errors()[0]
        raise MappingWrong(field=str(first["loc"][0]), detail=first["msg"], pointer="") from error
    with services_of(asked) as services:
        set_pull(services, asked.source, None if asked.stop else wanted)
    answer(asked, {"source": asked.source, "pull": None if asked.stop else wanted.model_dump()}, ["✓"])
    return DONE


def run_pull(asked: argparse.Namespace) -> int:
    from actions.intake_pull import pull_now

    with services_of(asked) as services:
        done = pull_now(services, asked.source)
    words = f"新 new {done['reported']}，已有 known {done['known']}，未受理 refused {done['refused']}"
    answer(asked, done, [f"✓ 文件 files {done['files']}：{words}"])
    return DONE
