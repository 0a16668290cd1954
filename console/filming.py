"""drill replay: where a realm is replayed, and its film as MP4."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from console.common import DONE, add_command, answer, say, services_of, settings_of

_SAY_EVERY_S = 5.0


def add_to(group: Any) -> None:
    about = "回放，或导出影片 the address of a replay, or its film"
    parser = add_command(group, "replay", run_replay, about)
    parser.add_argument("drill", metavar="ID", nargs="?", default="", help="演练编号，或 drill:ID its id")
    parser.add_argument("--realm", default="", help="任何世界 any realm: live, replay:NAME")
    parser.add_argument("--film", type=Path, metavar="FILE.mp4", help="影片存到哪里 where the film goes")
    times = {"from": "从 from", "to": "到 to", "at": "所指时刻 the moment that the address points to"}
    for name, words in times.items():
        parser.add_argument(f"--{name}", dest=f"{name}_", default="", metavar="SEQ|TIME", help=words)
    parser.add_argument("--seconds", type=_positive, default=60.0, help="影片多长 how long the film is")
    parser.add_argument(
        "--fps", type=int, default=25, choices=range(1, 61), metavar="N", help="帧率 pictures a second"
    )
    parser.add_argument("--size", type=_size, default=(1920, 1080), metavar="1920x1080")
    parser.add_argument("--lang", default="zh-CN", choices=("zh-CN", "en"))
    parser.add_argument("--wall", default="", metavar="NAME", help="画面跟随大屏 the map as this wall had it")
    parser.add_argument("--trail", default="", metavar="MIN", help="轨迹长度 minutes of the units' tracks")


def _positive(word: str) -> float:
    value = float(word)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(f"0 < X <= 3600, not {word!r}")
    return value


def _size(word: str) -> tuple[int, int]:
    width, _, height = word.partition("x")
    if not (
        width.isdigit() and height.isdigit() and 320 <= int(width) <= 7680 and 180 <= int(height) <= 4320
    ):
        raise argparse.ArgumentTypeError(f"320x180 – 7680x4320, not {word!r}")
    return int(width), int(height)


def run_replay(asked: argparse.Namespace) -> int:
    from actions.filming import Film
    from actions.replay import read_span
    from api.reads import moment_of
    from core.drill import PREFIX
    from core.errors import InvalidInput
    from core.permissions import SYSTEM
    from instance.state import address

    realm = asked.realm or asked.drill
    if not realm:
        raise InvalidInput(pointer="ID", detail="ID | --realm")
    if not asked.realm and not realm.startswith(PREFIX):
        realm = PREFIX + realm
    more = {"at": asked.at_, "wall": asked.wall, "trail": asked.trail}
    film = Film(realm, asked.from_, asked.to_, asked.seconds, asked.fps, asked.size, asked.lang, more)
    url = address(settings_of(asked).data)
    with services_of(asked) as services:
        ends = [
            moment_of(name, given) if given else None
            for name, given in (("from", film.since), ("to", film.until))
        ]
        span = read_span(services, SYSTEM, realm, *ends)
    told = {"url": url + film.address, "realm": realm, "from": span["from"], "to": span["to"]}
    if asked.film is None:
        answer(asked, told, [told["url"]])
        return DONE
    done = _record(asked, url, film)
    answer(asked, told | done, [f"{name}: {value}" for name, value in done.items()])
    return DONE


def _record(asked: argparse.Namespace, url: str, film: Any) -> dict[str, Any]:
    from actions.filming import Pass, check_tools, record

    check_tools()
    began = said = monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal said
        if monotonic() - said >= _SAY_EVERY_S or done == of:
            said = monotonic()
            rate = done / (said - began)
            say(f"{done}/{of} 帧 pictures, {rate:.1f}/s, 余 left {(of - done) / rate:.0f} s")

    with _token(asked, film.realm) as token:
        frames = record(url, Pass({"Authorization": f"Bearer {token}"}), film, asked.film, tell)
    took = round(monotonic() - began, 1)
    return {"film": str(asked.film), "frames": frames, "bytes": asked.film.stat().st_size, "seconds": took}


@contextmanager
def _token(asked: argparse.Namespace, realm: str) -> Iterator[str]:
    """That may read this realm for the while, and is revoked afterwards; both stand in the audit log."""
    from actions.accounts import add_token, revoke_token
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        token = add_token(services, SYSTEM, "api", "film", realm=realm, verbs=["read"])
        try:
            yield token.secret
        finally:
            revoke_token(services, SYSTEM, token.id)
