"""wall: how each wall is hung, done by whoever owns the machine, and logged as such."""

from __future__ import annotations

import argparse
import re
from typing import Any

from console.common import DONE, add_command, add_group, answer, services_of


def add_to(commands: Any) -> None:
    group = add_group(commands, "wall", "大屏设置 how walls are hung")
    add_command(group, "list", run_wall_list, "全部大屏与其画面 all walls and what they show")
    change = add_command(group, "set", run_wall_set, "改设置，数秒内生效 change; walls follow in seconds")
    change.add_argument("name", help="大屏名称 name, as in /wall/NAME")
    change.add_argument("--title", help='标题，""为城市名 title; "" is the city\'s')
    about = "屏体高度毫米，0 为未知；字高随之保证 6 米可读 height in mm, 0 = not known; letters follow it"
    change.add_argument("--height-mm", type=int, metavar="H", help=about)
    about = "拼接屏 列x行，1x1 为无缝 LCD panels, columns x rows; 1x1 has no seams"
    change.add_argument("--panels", type=_panels, metavar="CxR", help=about)
    about = "像素微移防烧屏 move a few pixels against burn-in"
    change.add_argument("--shift", choices=["on", "off"], help=about)
    about = "参观：不显示敏感事件 visitors pass it: nothing sensitive is shown"
    change.add_argument("--visitors", choices=["on", "off"], help=about)


def _panels(word: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,3})[x×](\d{1,3})", word)
    if not found:
        raise argparse.ArgumentTypeError(f"CxR, e.g. 4x2, not {word!r}")
    return int(found[1]), int(found[2])


def run_wall_list(asked: argparse.Namespace) -> int:
    from actions.walls import list_walls
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        found = list_walls(services, SYSTEM, "live")
    answer(asked, {"items": found}, [_line(wall) for wall in found])
    return DONE


def _line(wall: dict[str, Any]) -> str:
    size = "×".join(map(str, (wall["display"] or {}).get("size", []))) or "—"
    height = f"{wall['height_mm']} mm" if wall["height_mm"] else "— mm"
    seen = "从未上线 never seen" if wall["age_s"] is None else f"{wall['age_s']} s"
    panels = f"{wall['panel_columns']}x{wall['panel_rows']}"
    shift = "shift on" if wall["shift"] else "shift off"
    scene = (wall["directed"] or {"scene": {"kind": "overview"}})["scene"]["kind"]
    kept = "参观 visitors" if wall["visitors"] else ""
    hung = f"{wall['name']:<16} {size:<11} {height:<9} {panels:<6} {shift:<10}"
    hung += f" {scene:<9} {wall['state']:<9} {kept}"
    return f"{hung} {seen}  {wall['title'] or ''}".rstrip()


def run_wall_set(asked: argparse.Namespace) -> int:
    from dataclasses import asdict

    from actions.walls import set_wall
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        new = set_wall(services, SYSTEM, asked.name, _changes(asked))
    document = {"name": asked.name, **asdict(new)}
    answer(asked, document, [f"{key} {value}" for key, value in document.items()])
    return DONE


def _changes(asked: argparse.Namespace) -> dict[str, Any]:
    """What was asked for; what was not stays as it is."""
    changes: dict[str, Any] = {}
    if asked.title is not None:
        changes["title"] = asked.title.strip() or None
    if asked.height_mm is not None:
        changes["height_mm"] = asked.height_mm or None
    if asked.panels is not None:
        changes["panel_columns"], changes["panel_rows"] = asked.panels
    if asked.shift is not None:
        changes["shift"] = asked.shift == "on"
    if asked.visitors is not None:
        changes["visitors"] = asked.visitors == "on"
    return changes
