"""replay: how fast a day's log is folded, how long a seek takes, how many facts a second a film plays.

The peer is plain reading of the same log: its rows, each body parsed as JSON, nothing made of them. Without
boards kept on the way, a seek would at least have to read so from the first fact.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from os import getpid
from time import perf_counter

import orjson
from sqlalchemy import Connection

from actions import replay
from actions.services import Services
from bench import day
from bench.figures import Row, percentile, row
from bench.instance import Target
from bench.memory import held_mb
from core.board import Board
from core.fold import apply
from core.permissions import SYSTEM
from db import log
from feed.film import Stills, board_at
from feed.history import Stored
from instance.services import services
from instance.web import YOUNG_OBJECTS

NAME = "replay"
SCALE = 1.0
FACTS, SEEKS = 20_000, 100
AIM_MS = 300.0
PAGE = 500
FASTEST = 600
_START = datetime(2026, 3, 2, 16, tzinfo=UTC)


def bench(target: Target, facts: int = FACTS, seeks: int = SEEKS) -> list[Row]:
    """Rows of folding, of seeks near what was seen lately and in a process that has just started, and of
    playing the whole day."""
    realm = f"drill:bench-{facts}"
    gc.set_threshold(*YOUNG_OBJECTS)  # as in a web process
    with services(target.own_settings) as parts:
        with parts.engine.begin() as conn:
            head = day.write(conn, realm, facts, _START)
        seqs = random.Random(1).choices(range(head - facts, head + 1), k=seeks)
        read = _read_all(parts, realm)
        folded = _folding(parts, realm, read)
        with parts.engine.begin() as conn:  # as the hub keeps them while the day goes on
            board_at(Stills(), Stored(conn, realm), head)
        before = held_mb(getpid())
        warm = [_seek(parts, realm, seq) for seq in seqs]
        held = {"boards": len(parts.stills), "mb": round(held_mb(getpid()) - before, 1)}
        cold = [_seek(replace(parts, stills=Stills()), realm, seq) for seq in seqs]
        plain = [_ms(partial(_parse, parts, realm, seq)) for seq in seqs]
        said = {"facts": facts, "seeks": seeks, "aim": f"p95 <= {AIM_MS:.0f} ms"}
        return [
            folded,
            _seeks("seek", warm, plain, {**said, **held}),
            _seeks("seek-after-start", cold, plain, said),
            _playing(parts, realm, head - facts, head, read),
        ]


def _ms(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1e3


def _pages(parts: Services, realm: str) -> Iterator[tuple[Connection, int]]:
    with parts.engine.connect() as conn:
        for after in range(0, log.head(conn, realm), PAGE):
            yield conn, after


def _read_all(parts: Services, realm: str) -> list[float]:
    """Facts a second of each page, read and parsed alone."""
    found = []
    for conn, after in _pages(parts, realm):
        began = perf_counter()
        wires = log.read(conn, realm, after, PAGE)
        for wire in wires:
            orjson.loads(wire["body"])
        found.append(len(wires) / (perf_counter() - began))
    return found


def _folding(parts: Services, realm: str, read: list[float]) -> Row:
    board, rates, sizes = Board(realm), [], 0
    for conn, after in _pages(parts, realm):
        began = perf_counter()
        wires = log.read(conn, realm, after, PAGE)
        for wire in wires:
            apply(board, log.to_event(wire))
        rates.append(len(wires) / (perf_counter() - began))
        sizes += sum(len(wire["body"]) for wire in wires)
    detail = {"facts": board.seq, "log_mb": round(sizes / 2**20, 1), "on_board": len(board.incidents)}
    return row(f"{NAME}:fold", "facts/s", percentile(rates, 0.5), _peer(percentile(read, 0.5)), rates, detail)


def _peer(value: float) -> dict[str, float | None]:
    return {"peer": value}


def _seek(parts: Services, realm: str, seq: int) -> float:
    """All that the API answers with."""
    return _ms(lambda: replay.read_state(parts, SYSTEM, realm, seq))


def _parse(parts: Services, realm: str, until: int) -> None:
    with parts.engine.connect() as conn:
        for wire in log.read_all(conn, realm, 0, until):
            orjson.loads(wire["body"])


def _seeks(name: str, took: list[float], plain: list[float], said: dict[str, object]) -> Row:
    p95 = percentile(took, 0.95)
    detail = {**said, "met": p95 <= AIM_MS}
    return row(f"{NAME}:{name}", "ms p95", p95, _peer(percentile(plain, 0.95)), took, detail)


def _playing(parts: Services, realm: str, first: int, head: int, read: list[float]) -> Row:
    """The whole day in pieces, as the page asks for it at its fastest."""
    rates, patches, seq = [], 0, first
    began = perf_counter()
    while seq < head:
        before = perf_counter()
        asked = replay.Reel(seq, limit=PAGE, step_s=FASTEST / 2)
        piece = orjson.loads(replay.read_frames(parts, SYSTEM, realm, asked))
        rates.append((piece["seq"] - seq) / (perf_counter() - before))
        patches, seq = patches + len(piece["frames"]), piece["seq"]
    times = timedelta(days=1).total_seconds() / (perf_counter() - began)
    detail = {"patches": patches, "times_as_fast_as_the_day": round(times), "asked": FASTEST}
    return row(f"{NAME}:play", "facts/s", percentile(rates, 0.5), _peer(percentile(read, 0.5)), rates, detail)
