"""The command line: each sub-command reads its arguments, calls one function of the owning room, prints.

Only the standard library is imported up here, so that `--help` works before anything is installed.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.errors import Refusal
    from settings import Settings

ROOT = Path(__file__).resolve().parent
DONE, REFUSED, OUR_FAULT = 0, 1, 2

Command = Callable[[argparse.Namespace], int]


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 refused with a reason, 2 our fault."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["test"] and not {"-h", "--help"} & set(words):
        return run_test(words[1:])
    asked = build_parser().parse_args(words)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        return int(asked.run(asked))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _explain(error, as_json=getattr(asked, "json", False))


def _explain(error: Exception, as_json: bool) -> int:
    from core.errors import Refusal

    if isinstance(error, Refusal):
        sentences = [f"{text}" for text in _sentences(error)]
        document: dict[str, Any] = {"code": error.code, "detail": sentences, **_plain(error.params)}
        status = REFUSED
    else:
        logging.getLogger("zhihui").error("unexpected", exc_info=error)
        sentences = [f"出错了 Something went wrong: {type(error).__name__}: {error}"]
        document, status = {"code": "internal", "detail": sentences}, OUR_FAULT
    for sentence in sentences:
        print(f"✗ {sentence}", file=sys.stderr)
    if as_json:
        print(json.dumps({"error": document}, ensure_ascii=False))
    return status


def _sentences(refusal: Refusal) -> list[str]:
    """What is wrong and what helps, in both languages."""
    from pages.messages import text

    keys = (f"error.{refusal.code}", f"remedy.{refusal.code}")
    return [" ".join(text(lang, key, **refusal.params) for key in keys) for lang in ("zh-CN", "en")]


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(params, default=str))
    return plain


def answer(asked: argparse.Namespace, document: Any, lines: list[str]) -> None:
    """One JSON document on standard output, or `lines` for people."""
    text = json.dumps(document, ensure_ascii=False, default=str) if asked.json else "\n".join(lines)
    print(text, flush=True)


def say(line: str) -> None:
    """Progress, for people, never on standard output."""
    print(f"· {line}", file=sys.stderr, flush=True)


def settings_of(asked: argparse.Namespace) -> Settings:
    from settings import DATA_DEFAULT, Settings

    return Settings.from_env(asked.data or DATA_DEFAULT)


# --- the instance -----------------------------------------------------------------------------------


def run_up(asked: argparse.Namespace) -> int:
    from instance.background import up_detached
    from instance.serving import Wanted, up

    wanted = Wanted(asked.host, asked.port, asked.workers, asked.sample, asked.scale)
    if asked.detach:
        _show_instance(asked, up_detached(settings_of(asked), wanted, say))
    else:
        up(settings_of(asked), wanted, say, lambda started: _show_instance(asked, started))
    return DONE


def _show_instance(asked: argparse.Namespace, started: dict[str, Any]) -> None:
    already = started.pop("already", False)
    lines = ["已在运行 Already running"] if already else []
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
    from instance.doctor import examine

    checks = examine(settings_of(asked))
    lines = [f"{'✓' if c.ok else '✗'} {c.name}: {c.found}{'' if c.ok else ' → ' + c.remedy}" for c in checks]
    answer(asked, {"ok": all(c.ok for c in checks), "checks": [vars(c) for c in checks]}, lines)
    return DONE if all(c.ok for c in checks) else REFUSED


def run_test(words: list[str]) -> int:
    """Becomes pytest, with all its options; two processes unless told otherwise."""
    os.chdir(ROOT)
    own = [] if any(word.startswith("-n") for word in words) else ["-n", "2"]
    command = [sys.executable, "-m", "pytest", *own, *words]
    os.execv(sys.executable, command)  # noqa: S606


# --- the parser -------------------------------------------------------------------------------------


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./zhihui",
        description="指挥：城市指挥大厅的开放系统。 Zhihui: an open command centre for city control rooms.",
        epilog="退出码 exit status: 0 完成 done, 1 被拒绝 refused (with the reason), 2 程序故障 our fault",
    )
    commands = parser.add_subparsers(title="命令 commands", metavar="COMMAND", required=True)
    _add_instance_commands(commands)
    return parser


def _add(commands: Any, name: str, run: Command, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.add_argument("--data", type=Path, metavar="DIR", help="数据目录，默认 .data (data folder)")
    parser.add_argument("--json", action="store_true", help="标准输出只有一个 JSON 文档 (one JSON document)")
    parser.set_defaults(run=run)
    return parser


def _add_instance_commands(commands: Any) -> None:
    up = _add(commands, "up", run_up, "启动一切并提供服务 start everything and serve")
    up.add_argument("--host", default="127.0.0.1", help="监听地址 address to listen on")
    up.add_argument("--port", type=int, default=8050, help="端口 port")
    samples = ["yunyu", "none"]
    up.add_argument("--sample", choices=samples, default="yunyu", help="空库时载入的示例城市 sample city")
    up.add_argument("--scale", type=float, default=1.0, help="示例城市的规模 size of the sample city")
    up.add_argument("--workers", type=int, default=1, help="网页进程数 web processes")
    up.add_argument("--detach", action="store_true", help="就绪后转入后台 serve in the background")
    _add(commands, "down", run_down, "停止一切 stop everything")
    _add(commands, "status", run_status, "运行状况 what runs, and how it is")
    _add(commands, "doctor", run_doctor, "检查安装并给出补救办法 check the installation")
    about = "运行全部测试 run the tests"
    test = commands.add_parser("test", help=about, description=about)
    test.add_argument("arguments", nargs="*", metavar="…", help="传给 pytest handed to pytest")


if __name__ == "__main__":
    sys.exit(main())
