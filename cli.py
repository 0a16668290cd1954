"""The command line: parses, calls, and turns errors into a sentence, a remedy and an exit status."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from console import (
    accounts,
    auditing,
    benching,
    calibrating,
    drills,
    export,
    intake,
    picturing,
    places,
    replaying,
    reporting,
    running,
    traffic,
    walls,
)
from console.common import OUR_FAULT, REFUSED

if TYPE_CHECKING:
    from core.errors import Refusal

log = logging.getLogger("zhihui")


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 refused with a reason, 2 our fault."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["test"] and not {"-h", "--help"} & set(words):
        return running.run_test(words[1:])
    asked = build_parser().parse_args(words)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        return int(asked.run(asked))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _explain(error, asked.json)


def build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="./zhihui",
        description="指挥：城市指挥大厅的开放系统。 Zhihui: an open command centre for city control rooms.",
        epilog="退出码 exit status: 0 完成 done, 1 被拒绝 refused (with the reason), 2 程序故障 our fault",
    )
    commands = parser.add_subparsers(title="命令 commands", metavar="COMMAND", required=True)
    for room in (
        running,
        places,
        export,
        intake,
        traffic,
        replaying,
        drills,
        reporting,
        benching,
        calibrating,
        picturing,
        accounts,
        walls,
        auditing,
    ):
        room.add_to(commands)
    return parser


class _Parser(argparse.ArgumentParser):
    """Wrong arguments are the user's mistake: exit status 1, where argparse has 2."""

    def exit(self, status: int = 0, message: str | None = None) -> Any:
        super().exit(min(status, REFUSED), message)


def _explain(error: Exception, as_json: bool) -> int:
    from core.errors import Refusal

    if isinstance(error, Refusal):
        sentences, status = _sentences(error), REFUSED
        params: dict[str, Any] = json.loads(json.dumps(error.params, default=str))
        document = {"code": error.code, "detail": sentences, **params}
    else:
        log.error("unexpected", exc_info=error)
        sentences = [f"出错了 Something went wrong: {type(error).__name__}: {error}"]
        document, status = {"code": "internal", "detail": sentences}, OUR_FAULT
    print("\n".join(f"✗ {sentence}" for sentence in sentences), file=sys.stderr)
    if as_json:
        print(json.dumps({"error": document}, ensure_ascii=False))
    return status


def _sentences(refusal: Refusal) -> list[str]:
    """What is wrong and what helps, in both languages."""
    from pages.messages import text

    keys = (f"error.{refusal.code}", f"remedy.{refusal.code}")
    return [" ".join(text(lang, key, **refusal.params) for key in keys) for lang in ("zh-CN", "en")]


if __name__ == "__main__":
    sys.exit(main())
