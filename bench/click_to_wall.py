"""click-to-wall: from the POST of a dispatch to its line on a wall, hop by hop, beside the floor.

While 200 further readers follow the stream and desks open cards, units are dispatched at a steady rate and
released again; between two dispatches, in the same run, the floor is sampled: a raw INSERT + COMMIT and a
raw Redis publish → receive.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from bench.city import City, Pair
from bench.crowd import Seen, crowd
from bench.desk import desk
from bench.figures import Row, mean, percentile, row, tails
from bench.floor import Floor, floor
from bench.instance import Target
from bench.probe import MARKS_PATH
from bench.wall import Drawn, wall

NAME = "click-to-wall"
DISPATCHES, READERS = 300, 200
GAP_S = 0.25
WARM_UP = 20
PAIRS = 12
FLOOR_BODY = "x" * 1500
"""About as long as the body of a dispatch with its route."""
AIM_WHOLE_P99_MS, AIM_SERVER_RATIO = 100.0, 4.0
HOPS = (
    ("request sent → received", "sent", "received"),
    ("received → verb begins", "received", "begun"),
    ("verb begins → rows locked", "begun", "locked"),
    ("locked → decided", "locked", "decided"),
    ("decided → committed", "decided", "committed"),
    ("committed → heard by the hub", "committed", "heard"),
    ("heard → folded", "heard", "folded"),
    ("folded → wall's socket", "folded", "wall"),
    ("socket → folded in the browser", "wall", "browser"),
    ("folded → drawn", "browser", "drawn"),
)


@dataclass(frozen=True, slots=True)
class Click:
    """One dispatch: its seq and when its request was sent, monotonic ns."""

    seq: int
    sent: int


@dataclass(frozen=True, slots=True)
class Run:
    """What a run left behind."""

    clicks: Sequence[Click]
    drawn: dict[int, Drawn]
    clock_error_ms: float
    marks: dict[int, dict[str, int]]
    floor: Floor | None
    seen: Seen
    desk: dict[str, Any]


def bench(
    target: Target, dispatches: int = DISPATCHES, readers: int = READERS, gap_s: float = GAP_S
) -> list[Row]:
    """The rows of the whole way and of the server's part. Needs the address of a wall."""
    if target.wall_url is None:
        raise ValueError("click-to-wall needs --wall-url")
    return rows(_run(target, dispatches, readers, gap_s))


def _run(target: Target, dispatches: int, readers: int, gap_s: float) -> Run:
    with ExitStack() as stack:
        city = stack.enter_context(City(target))
        pairs = city.pairs(PAIRS)
        first = stack.enter_context(crowd(readers // 2, target.url, target.token, city.head))
        screen = stack.enter_context(wall(str(target.wall_url)))  # in the middle of the readers
        second = stack.enter_context(crowd(readers - readers // 2, target.url, target.token, city.head))
        desks = stack.enter_context(desk(target.url, target.token, [pair.incident for pair in pairs]))
        settings = target.settings
        beside = stack.enter_context(floor(settings, FLOOR_BODY)) if settings else None
        clicks = list(_dispatches(city, pairs, dispatches, gap_s, beside))
        screen.await_seq(clicks[-1].seq)
        marks = city.get(MARKS_PATH) if target.data else {}
        seen = first.finish()
        seen.add(second.finish())
        by_seq = {int(seq): mark for seq, mark in marks.items()}
        return Run(clicks, screen.drawn(), screen.clock()[1] / 1e6, by_seq, beside, seen, desks.finish())


def _dispatches(
    city: City, pairs: Sequence[Pair], wanted: int, gap_s: float, beside: Floor | None
) -> Iterator[Click]:
    """A dispatch, the floor, the release, the floor, in equal parts of each gap; the first ones warm up."""
    start = time.monotonic() + gap_s
    for number in range(WARM_UP + wanted):
        due = start + number * gap_s
        _sleep_until(due)
        sent = time.monotonic_ns()
        seq, assignment = city.dispatch(pairs[number % len(pairs)])
        _sleep_until(due + gap_s / 4)
        _sample(beside)
        _sleep_until(due + gap_s / 2)
        city.release(assignment)
        _sleep_until(due + gap_s * 3 / 4)
        _sample(beside)
        if number >= WARM_UP:
            yield Click(seq, sent)


def _sample(beside: Floor | None) -> None:
    if beside is not None:
        beside.sample()


def _sleep_until(at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))


# --- rows ------------------------------------------------------------------------------------------------


def rows(run: Run) -> list[Row]:
    """One row of the whole, one of the server's part (only where it carries marks)."""
    clicks = [click for click in run.clicks if click.seq in run.drawn]
    whole = [(run.drawn[click.seq].drawn - click.sent) / 1e6 for click in clicks]
    least = run.floor.whole if run.floor else None
    typical = percentile(least, 0.5) if least else None
    detail = {
        "aim": f"p99 <= {AIM_WHOLE_P99_MS:.0f} ms",
        "met": percentile(whole, 0.99) <= AIM_WHOLE_P99_MS,
        "not_drawn": len(run.clicks) - len(clicks),
        "readers": len(run.seen.seqs),
        "readers_missed_or_repeated": faults(run.seen, [click.seq for click in run.clicks]),
        "desk_callbacks": {key: run.desk[key] for key in ("n", "failed")} | tails(run.desk["ms"]),
        "browser_clock_error_ms": round(run.clock_error_ms, 3),
    }
    times = [_times(click, run) for click in clicks] if run.marks else []
    found = [row(NAME, "ms", percentile(whole, 0.5), {"floor": typical}, whole, detail)]
    if not times:
        return found
    detail["hops"] = [_hop(*hop, times) for hop in HOPS]
    return [*found, _server_row(times, run.floor, typical)]


def _times(click: Click, run: Run) -> dict[str, int]:
    drawn = run.drawn[click.seq]
    return {**run.marks[click.seq], "sent": click.sent, "browser": drawn.folded, "drawn": drawn.drawn}


def _hop(name: str, start: str, stop: str, times: Sequence[dict[str, int]]) -> dict[str, Any]:
    """Its share of the whole is that of the means, so that the shares add up to one."""
    took = _between(start, stop, times)
    share = mean(took) / mean(_between("sent", "drawn", times))
    return {"hop": name, "share": round(share, 4), "mean": round(mean(took), 3), **tails(took)}


def _between(start: str, stop: str, times: Sequence[dict[str, int]]) -> list[float]:
    return [(each[stop] - each[start]) / 1e6 for each in times]


def _server_row(times: Sequence[dict[str, int]], beside: Floor | None, typical: float | None) -> Row:
    served = _between("received", "wall", times)
    ours = percentile(served, 0.5)
    detail: dict[str, Any] = {
        "what": "request received → bytes to the wall's socket; walls are served before other readers",
        "aim": f"p50 <= {AIM_SERVER_RATIO:.0f} x floor",
        "met": typical is not None and ours <= AIM_SERVER_RATIO * typical,
        "to_the_last_reader": tails(_between("received", "last", times)),
    }
    if beside is not None:
        detail["floor"] = tails(beside.whole)
        detail["floor_commit"], detail["floor_publish"] = tails(beside.commits), tails(beside.messages)
    return row(f"{NAME}:server", "ms", ours, {"floor": typical}, served, detail)


def faults(seen: Seen, expected: Sequence[int]) -> int:
    """How many readers did not get each of these facts once and in order."""
    wanted = set(expected)
    return sum([seq for seq in seqs if seq in wanted] != sorted(wanted) for seqs in seen.seqs)
