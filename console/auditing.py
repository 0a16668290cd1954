"""audit verify: walks the hash chain of the log."""

from __future__ import annotations

import argparse
from typing import Any

from console.common import DONE, REFUSED, add_command, add_group, answer, services_of


def add_to(commands: Any) -> None:
    group = add_group(commands, "audit", "审计 audit")
    verify = add_command(group, "verify", run_verify, "逐条核对日志的哈希链 walk the log's hash chain")
    verify.add_argument("--realm", help="只核对一个世界，默认全部 one realm; all by default")


def run_verify(asked: argparse.Namespace) -> int:
    from db import log

    with services_of(asked) as services, services.engine.connect() as connection:
        realms = [asked.realm] if asked.realm else log.list_realms(connection)
        verdicts = {realm: log.verify(connection, realm) for realm in realms}
    items = [{"realm": realm, **verdict.as_json()} for realm, verdict in verdicts.items()]
    well = all(item["ok"] for item in items)
    lines = [f"{'✓' if i['ok'] else '✗'} {i['realm']}: {i['from']} … {i['to']}{_bad(i)}" for i in items]
    answer(asked, _whole(items, well), lines)
    return DONE if well else REFUSED


def _bad(item: dict[str, Any]) -> str:
    return "" if item["ok"] else f" 首个不符 first bad: {item['first_bad']}"


def _whole(items: list[dict[str, Any]], well: bool) -> dict[str, Any]:
    """The live realm's own figures on top (the contract's shape), every realm below."""
    first = next((i for i in items if i["realm"] == "live"), items[0] if items else {})
    figures = {key: first.get(key) for key in ("from", "to", "first_bad")}
    return {**figures, "ok": well, "realms": items}
