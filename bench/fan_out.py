"""fan-out: what it costs the server to bring each fact to 200 readers, beside 200 plain Redis subscribers.

Facts are made by verbs in the bench's own process, as another web process would; so the web process does
nothing but hear, fold, build the patch once and send it to all. In turns, block by block, the same patches
are published raw to as many plain subscribers. Compared is the CPU of whoever sends to the readers: of the
web process, and of redis-server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import redis
from redis import Redis
from websockets.sync.client import ClientConnection, connect

from actions.assignments import advance
from actions.commands import DispatchCommand
from actions.dispatch import dispatch
from actions.services import Services
from actions.unit_of_work import Call
from bench.city import City, Pair
from bench.cpu import cpu_ms
from bench.crowd import CHANNEL, STREAM, Seen, crowd
from bench.figures import Row, row, tails
from bench.instance import Target
from core.permissions import SYSTEM
from feed.announce import Announcer
from instance.services import services
from settings import Settings

NAME = "fan-out"
MESSAGES, READERS, BLOCKS = 1000, 200, 4
RATE = 40.0
PAIRS = 8
IDLE_S = 4.0


class _Stamping(Announcer):
    """Notes when each fact was published, monotonic ns."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.redis_url, settings.city)
        self.at: dict[int, int] = {}

    def events(self, realm: str, wires: Sequence[dict[str, Any]]) -> None:
        now = time.monotonic_ns()
        self.at.update((wire["seq"], now) for wire in wires)
        super().events(realm, wires)


@dataclass
class Spent:
    """CPU ms by block, and when each message left, by seq."""

    cpu: float = 0.0
    other_cpu: float = 0.0
    seconds: float = 0.0
    at: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    ours: Spent
    peer: Spent
    our_readers: Seen
    peer_readers: Seen
    idle_cpu_per_s: float
    payload_bytes: float


def bench(target: Target, messages: int = MESSAGES, readers: int = READERS, rate: float = RATE) -> list[Row]:
    """One row. Needs an instance of its own: it reads the processes' CPU and publishes by itself."""
    if target.settings is None:
        raise ValueError("fan-out runs on an instance of its own")
    return [_row(_run(target, target.settings, messages, readers, rate), readers)]


def _run(target: Target, settings: Settings, messages: int, readers: int, rate: float) -> Run:
    with ExitStack() as stack:
        city = stack.enter_context(City(target))
        verbs = stack.enter_context(_verbs(settings, city.pairs(PAIRS)))
        after = city.head
        ours = stack.enter_context(crowd(readers, target.url, target.token, after))
        peers = stack.enter_context(crowd(readers, settings.redis_url))
        own = stack.enter_context(_reader(target, after))
        client = stack.enter_context(redis.Redis.from_url(settings.redis_url))
        web, broker = target.web_pid, target.redis_pid
        assert web is not None
        assert broker is not None
        idle = _idle(web)
        spent, beside, sizes = Spent(), Spent(), 0
        for _ in range(BLOCKS):
            with _measured(spent, web, broker):
                payloads = [_await_patch(own, verbs.act()) for _ in _paced(messages // BLOCKS, rate)]
            with _measured(beside, broker, web):
                for payload, _ in zip(payloads, _paced(len(payloads), rate), strict=True):
                    _publish(client, payload, beside)
            sizes += sum(map(len, payloads))
        spent.at = {seq: verbs.announcer.at[seq] for seq in beside.at}
        return Run(spent, beside, ours.finish(), peers.finish(), idle, sizes / max(1, len(beside.at)))


class _Verbs:
    """Dispatches and releases units in turn, in this process."""

    def __init__(self, parts: Services, announcer: _Stamping, pairs: Sequence[Pair]) -> None:
        self._services, self.announcer = parts, announcer
        self._turns = self._acts(pairs)

    def act(self) -> int:
        """One verb; the seq of its (last) fact."""
        return next(self._turns)

    def _acts(self, pairs: Sequence[Pair]) -> Iterator[int]:
        call = Call(SYSTEM)
        while True:
            for pair in pairs:
                command = DispatchCommand(units=(pair.unit,))
                sent = dispatch(self._services, call, pair.incident, command)
                yield int(sent["seq"])
                ended = advance(self._services, call, sent["assignments"][0]["id"], "release")
                yield int(ended["seq"])


@contextmanager
def _verbs(settings: Settings, pairs: Sequence[Pair]) -> Iterator[_Verbs]:
    announcer = _Stamping(settings)
    with services(settings) as parts:
        verbs = _Verbs(replace(parts, announcer=announcer), announcer, pairs)
        for _ in range(2 * len(pairs)):  # accepts the incidents, so that from here each verb is one fact
            verbs.act()
        yield verbs
    announcer.close()


@contextmanager
def _reader(target: Target, after: int) -> Iterator[ClientConnection]:
    """A reader in this process: it has what will be published to the plain subscribers."""
    headers = {"Authorization": f"Bearer {target.token}"}
    address = target.url.replace("http", "ws", 1) + STREAM + str(after)
    with connect(address, additional_headers=headers, compression=None) as socket:
        yield socket


def _await_patch(socket: ClientConnection, seq: int) -> bytes:
    start = b'{"seq":%d,' % seq
    while not (message := socket.recv(timeout=30, decode=False)).startswith(start):
        pass
    return message


def _publish(client: Redis, payload: bytes, spent: Spent) -> None:
    spent.at[int(payload[7 : payload.index(b",")])] = time.monotonic_ns()
    client.publish(CHANNEL, payload)


def _paced(times: int, rate: float) -> Iterator[int]:
    """So many turns at a steady rate, or as fast as it goes."""
    start = time.monotonic()
    for number in range(times):
        time.sleep(max(0.0, start + number / rate - time.monotonic()))
        yield number


@contextmanager
def _measured(spent: Spent, pid: int, other: int) -> Iterator[None]:
    """Adds what two processes spend in this block, and in the moment after it that they need to end."""
    before, beside, start = cpu_ms(pid), cpu_ms(other), time.monotonic()
    yield
    time.sleep(0.25)
    spent.cpu += cpu_ms(pid) - before
    spent.other_cpu += cpu_ms(other) - beside
    spent.seconds += time.monotonic() - start


def _idle(pid: int) -> float:
    """CPU ms a second while nothing happens: heartbeats to all readers."""
    before = cpu_ms(pid)
    time.sleep(IDLE_S)
    return (cpu_ms(pid) - before) / IDLE_S


# --- the row ---------------------------------------------------------------------------------------------


def _row(run: Run, readers: int) -> Row:
    expected = sorted(run.ours.at)
    share = 1000 / len(expected)
    ours, peer = _latencies(run.our_readers, run.ours.at), _latencies(run.peer_readers, run.peer.at)
    detail = {
        "what": "CPU of the web process beside CPU of redis-server; p50-p99: publish → reader, ms",
        "deliveries": len(ours),
        "payload_bytes": round(run.payload_bytes),
        "seq_contiguous": expected == list(range(expected[0], expected[-1] + 1)),
        **losses(run.our_readers, expected),
        "idle_cpu_ms_per_s": round(run.idle_cpu_per_s, 1),
        "without_idle": round((run.ours.cpu - run.idle_cpu_per_s * run.ours.seconds) * share, 1),
        "redis_cpu_beside_ours": round(run.ours.other_cpu * share, 1),
        "peer_latency_ms": tails(peer),
        "peer": losses(run.peer_readers, expected),
    }
    unit = f"CPU ms / 1000 messages x {readers} readers"
    return row(NAME, unit, run.ours.cpu * share, {"peer": run.peer.cpu * share}, ours, detail)


def _latencies(seen: Seen, published: dict[int, int]) -> list[float]:
    pairs = (pair for seqs, at in zip(seen.seqs, seen.at, strict=True) for pair in zip(seqs, at, strict=True))
    return [(at - published[seq]) / 1e6 for seq, at in pairs if seq in published]


def losses(seen: Seen, expected: Sequence[int]) -> dict[str, int]:
    """Messages that readers did not get, got again, or got out of order."""
    wanted = set(expected)
    counts = {"lost": 0, "repeated": 0, "misplaced": 0}
    for seqs in seen.seqs:
        got = [seq for seq in seqs if seq in wanted]
        counts["lost"] += len(wanted - set(got))
        counts["repeated"] += len(got) - len(set(got))
        counts["misplaced"] += got != sorted(got)
    return counts
