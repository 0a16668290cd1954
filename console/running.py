"""up, down, status, doctor, test."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from console.common import DONE, REFUSED, add_command, answer, say, services_of, settings_of

ROOT = Path(__file__).resolve().parent.parent


def add_to(commands: Any) -> None:
    up = add_command(commands, "up", run_up, "启动一切并提供服务 start everything and serve")
    up.add_argument("--host", default="127.0.0.1", help="监听地址 address to listen on")
    up.add_argument("--port", type=int, default=8050, help="端口 port")
    samples = ["yunyu", "none"]
    up.add_argument("--sample", choices=samples, default="yunyu", help="空库时载入的示例城市 sample city")
    up.add_argument("--scale", type=float, default=1.0, help="示例城市的规模 size of the sample city")
    up.add_argument("--workers", type=int, default=1, help="网页进程数 web processes")
    up.add_argument("--detach", action="store_true", help="就绪后转入后台 serve in the background")
    add_command(commands, "down", run_down, "停止一切 stop everything")
    add_command(commands, "status", run_status, "运行状况 what runs, and how it is")
    doctor = add_command(commands, "doctor", run_doctor, "检查安装并给出补救办法 check the installation")
    about = "由日志重建各状态表 make the guard tables again from the log"
    doctor.add_argument("--rebuild", action="store_true", help=about)
    about = "运行全部测试 run the tests"
    test = commands.add_parser("test", help=about, description=about)
    test.add_argument("arguments", nargs="*", metavar="…", help="传给 pytest handed to pytest")


def run_up(asked: argparse.Namespace) -> int:
    from instance.background import up_detached
    from instance.serving import Wanted, up

    wanted = Wanted(asked.host, asked.port, asked.workers, asked.sample, asked.scale)
    if asked.detach:
        _show(asked, up_detached(settings_of(asked), wanted, say))
    else:
        up(settings_of(asked), wanted, say, lambda started: _show(asked, started))
    return DONE


def _show(asked: argparse.Namespace, started: dict[str, Any]) -> None:
    lines = ["已在运行 Already running"] if started.pop("already", False) else []
    lines += [f"网址 Address: {started['url']}", f"大屏 Wall:    {started.get('wall_url')}"]
    if started.get("accounts"):
        lines.append("账号（密码只显示这一次）Accounts (passwords are shown this once):")
    lines += [f"  {a['role']:<9} {a['name']:<12} {a['password']}" for a in started.get("accounts", [])]
    if started.get("api_token"):
        lines.append(f"接口令牌（只显示这一次）API token (shown this once): {started['api_token']}")
    answer(asked, started, lines)


def run_down(asked: argparse.Namespace) -> int:
    from instance.ending import down

    stopped = down(settings_of(asked))
    line = "已停止 Stopped" if stopped else "本来就没有运行 Nothing was running"
    answer(asked, {"stopped": stopped}, [line])
    return DONE


def run_status(asked: argparse.Namespace) -> int:
    from instance.status import status

    document = status(settings_of(asked))
    answer(asked, document, [f"{key}: {value}" for key, value in document.items()])
    return DONE


def run_doctor(asked: argparse.Namespace) -> int:
    return _rebuild(asked) if asked.rebuild else _examine(asked)


def _rebuild(asked: argparse.Namespace) -> int:
    from actions.rebuild import rebuild_all

    with services_of(asked) as services:
        rows = rebuild_all(services)
    answer(asked, {"rebuilt": rows}, [f"{realm}: {count}" for realm, count in rows.items()])
    return DONE


def _examine(asked: argparse.Namespace) -> int:
    from instance.doctor import examine

    checks = examine(settings_of(asked))
    lines = [f"{'✓' if c.ok else '✗'} {c.name}: {c.found}{'' if c.ok else ' → ' + c.remedy}" for c in checks]
    well = all(check.ok for check in checks)
    answer(asked, {"ok": well, "checks": [vars(check) for check in checks]}, lines)
    return DONE if well else REFUSED


def run_test(words: list[str]) -> int:
    """Becomes pytest, with all its options. Two processes unless told otherwise; the tests of one file
    stay in one of them, for they share servers and browsers, and files come as they are collected: sorted
    by their number of tests, the longest test of all, alone in its file, would begin last."""
    os.chdir(ROOT)
    two = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    own = [] if any(word.startswith("-n") for word in words) else two
    command = [sys.executable, "-m", "pytest", *own, *words]
    os.execv(sys.executable, command)  # noqa: S606
