"""drill: exercises, run by whoever owns the machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import drill_reporting, filming
from console.common import DONE, add_command, add_group, answer, services_of

if TYPE_CHECKING:
    from actions.services import Services
    from actions.unit_of_work import Answer


def add_to(commands: Any) -> None:
    group = add_group(commands, "drill", "演练 drills")
    add_command(group, "list", run_list, "全部演练与随附脚本 all drills, and the scripts that ship")
    about = "以脚本设立一场演练 set one up by a script: CODE, drill:ID or FILE.json"
    opened = add_command(group, "open", run_open, about)
    opened.add_argument("script", metavar="SCRIPT")
    opened.add_argument("--rehearsal", action="store_true", help="预演，不计入台账 not for the ledger")
    start = add_command(group, "start", run_start, "开始 begin: the drill's clock runs")
    _of_drill(start).add_argument("--rate", type=float, metavar="X", help="倍速 1–60")
    _of_drill(add_command(group, "pause", run_pause, "暂停 its clock stands"))
    resume = add_command(group, "resume", run_resume, "继续 its clock runs on")
    _of_drill(resume).add_argument("--rate", type=float, metavar="X", help="倍速 1–60")
    stop = _of_drill(add_command(group, "stop", run_stop, "结束 end it"))
    stop.add_argument("--abort", action="store_true", help="中止 break it off")
    stop.add_argument("--reason", default="", metavar="TEXT", help="原因 why")
    filming.add_to(group)
    drill_reporting.add_to(group)


def _of_drill(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("drill", metavar="ID", help="演练编号，或 drill:ID its id")
    return parser


def run_list(asked: argparse.Namespace) -> int:
    from actions.drill_reading import list_drills, list_scripts
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        items, scripts = list_drills(services, SYSTEM), list_scripts(services, SYSTEM)
    lines = [f"{one['id']}  {one['status']:<8} {one['name']}" for one in items]
    lines += [f"{one['code']:<26}  {one['injects']:>3} 条注入 injects  {one['name']}" for one in scripts]
    answer(asked, {"items": items, "scripts": scripts}, lines)
    return DONE


def run_open(asked: argparse.Namespace) -> int:
    from actions.drill_commands import OpenCommand
    from actions.drill_opening import open_drill
    from actions.unit_of_work import Call
    from core.drill_script import Script
    from core.permissions import SYSTEM

    file = Path(asked.script)
    if file.suffix == ".json":
        script = Script.model_validate_json(file.read_bytes())
        command = OpenCommand(script=script, rehearsal=asked.rehearsal)
    else:
        command = OpenCommand(script_code=asked.script, rehearsal=asked.rehearsal)
    with services_of(asked) as services:
        given = open_drill(services, Call(SYSTEM), command)
    faults = [f"✗ {one['pointer']} {one['code']}" for one in given["faults"]]
    answer(asked, given, [*faults, given["drill"]])
    return DONE


def run_start(asked: argparse.Namespace) -> int:
    from actions.drill_commands import RunCommand
    from actions.drills import start

    return _act(asked, start, RunCommand(rate=asked.rate))


def run_pause(asked: argparse.Namespace) -> int:
    from actions.drill_commands import PauseCommand
    from actions.drills import pause

    return _act(asked, pause, PauseCommand())


def run_resume(asked: argparse.Namespace) -> int:
    from actions.drill_commands import RunCommand
    from actions.drills import resume

    return _act(asked, resume, RunCommand(rate=asked.rate))


def run_stop(asked: argparse.Namespace) -> int:
    from actions.drill_commands import StopCommand
    from actions.drills import stop

    return _act(asked, stop, StopCommand(aborted=asked.abort, reason=asked.reason))


def _act(asked: argparse.Namespace, do: Any, command: Any) -> int:
    from actions.unit_of_work import Call
    from core.permissions import SYSTEM

    services: Services
    with services_of(asked) as services:
        given: Answer = do(services, Call(SYSTEM), asked.drill, command)
    answer(asked, given, [f"{given['drill']}  {given['status']}  ×{given['rate']:g}"])
    return DONE
