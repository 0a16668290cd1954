"""One hub a realm and process: the board, the last frames, and who waits for the next.

The event loop folds; blocking reads go to the feed's own executor. Clients hold a cursor, never a queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from redis.asyncio import Redis
from sqlalchemy import Engine

from core.board import Board
from core.clock import RealmClock, real_now
from core.digest import Digest
from core.drill import is_drill
from core.envelope import Event
from core.fold import apply
from core.model import Unit
from core.offices import Office
from core.permissions import Principal, Scope, visible
from db import log as eventlog
from db import places, track
from feed import graves, history, patches
from feed.announce import events_channel, notices_channel, positions_channel
from feed.positions import Positions, from_rows
from feed.tail import PAGE, Tail

log = logging.getLogger(__name__)

RING = 2048
CATCH_UP_MOST = 5000
HEARTBEAT_S = 2.0
_MAP_CHANGES = ("PlacesImported", "GridsTookEffect")
"""Facts after which the map is drawn anew, each with its row in the table of imports."""
BLIND_S = 5.0
"""A hub that could not read the log for so long says nothing more: its screens then show how old they are."""
POSITION_FRAME_S = 0.5
SNAPSHOT_CHECK_S = 60.0


@dataclass(frozen=True, slots=True)
class Backing:
    """What hubs stand on."""

    engine: Engine
    redis: Redis
    executor: Executor
    positions: Positions
    city: str
    version: str


def _news() -> dict[bool, asyncio.Event]:
    """Who waits for the first event is woken before who waits for the second."""
    return {True: asyncio.Event(), False: asyncio.Event()}


def wall_of(principal: Principal) -> str:
    """The name of the wall that asks; "" = none does."""
    return principal.name if principal.kind == "wall" else ""


def _followed(scope: Scope, unit: Unit) -> bool:
    """Whether a scope is told where a unit is: visitors are not, while it is about something sensitive."""
    return visible(scope, unit.area, sensitive=unit.incident_sensitive)


class Hub:
    """The live board of one realm in this process."""

    def __init__(self, realm: str, backing: Backing) -> None:
        self.realm = realm
        self._backing = backing
        self.board = Board(realm)
        self._ring: deque[patches.Frame] = deque(maxlen=RING)
        self._digests: dict[Scope, Digest] = {}
        self._watching: Counter[Scope] = Counter()
        self._news = _news()
        self._followers: list[Hub] = []
        self._graves_seq = 0
        self._clock: RealmClock | None = None
        self._imports = 0
        self.heard: Callable[[Event], None] | None = None
        """Called on the event loop with every fact that comes after the start."""
        self.beside: Hub | None = None
        """Of a drill: the hub of live, which breaks into its screens."""
        self.beat = 0
        self._position_frame = 0
        self._told: Counter[str] = Counter()
        self._moved: dict[str, int] = {}
        self._seen_at: dict[str, int] = {}
        channel = events_channel(backing.city, realm)
        self._tail = Tail(backing.redis, channel, self._read_after, backing.executor, self._fold)
        self._tail.also(positions_channel(backing.city, realm), self._heard_positions)
        self._tail.also(notices_channel(backing.city, realm), self._heard_notices)
        self._chores: list[asyncio.Task[None]] = []

    # -- life -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Subscribe, load the board, follow. Raises RealmUnknown."""
        await self._tail.start(self._load)
        self._chores = [
            asyncio.create_task(chore) for chore in (self._beats(), self._frames(), self._upkeep())
        ]

    async def stop(self) -> None:
        for task in self._chores:
            task.cancel()
        await self._tail.stop()
        self._wake()

    async def _load(self) -> tuple[int, str]:
        loop = asyncio.get_running_loop()
        self.board, head_hash = await loop.run_in_executor(self._backing.executor, self._read_board)
        await self._read_positions()
        return self.board.seq, head_hash

    def _read_board(self) -> tuple[Board, str]:
        with self._backing.engine.connect() as conn:
            self._clock = eventlog.read_clock(conn, self.realm)
            self._imports = places.imports(conn)
            board = history.board_at(conn, self.realm)
            return board, eventlog.hash_at(conn, self.realm, board.seq)

    def _read_after(self, seq: int) -> list[eventlog.Wire]:
        with self._backing.engine.connect() as conn:
            self._clock = eventlog.read_clock(conn, self.realm)
            return eventlog.read(conn, self.realm, seq, PAGE)

    # -- folding --------------------------------------------------------------------------------------

    def _fold(self, wire: eventlog.Wire) -> None:
        event = eventlog.to_event(wire)
        change = apply(self.board, event)
        frame = patches.Frame(change)
        self._ring.append(frame)
        self._imports += event.kind in _MAP_CHANGES
        if graves.concerned(change):
            self._graves_seq = event.seq
            for hub in self._followers:
                hub._wake()
        for scope, digest in self._digests.items():
            patches.update_digest(digest, change, scope)
        for scope in self._watching:
            frame.payload(self.board, scope)
        if self.heard:
            self.heard(event)
        self._wake()

    def _wake(self) -> None:
        for news in self._news.values():
            news.set()
        self._news = _news()

    # -- reading --------------------------------------------------------------------------------------

    @property
    def seq(self) -> int:
        return self.board.seq

    @property
    def degraded(self) -> bool:
        """Redis is gone: the log is polled."""
        return not self._tail.subscribed

    @property
    def current(self) -> bool:
        """Whether the log was read to its end just now: not without the database, nor past a fact of a kind
        that only a newer version knows."""
        return self._tail.blind_s < BLIND_S

    @property
    def listening(self) -> bool:
        """Whether what is committed is heard of within moments: not while the log is polled."""
        return self.current and not self.degraded

    @property
    def imports(self) -> int:
        """How often places were imported, as far as this process has heard."""
        return self._imports

    def frame(self, seq: int) -> patches.Frame | None:
        """The frame of a position; None when it is no longer in the ring."""
        if not self._ring or seq < self._ring[0].seq:
            return None
        return self._ring[seq - self._ring[0].seq]

    def as_hung(self, scope: Scope, wall: str) -> Scope:
        """What a wall ("" = it is none) sees as it is directed now: hidden (保密), nothing but that it is."""
        held = self.board.walls.get(wall)
        return replace(scope, veiled=wall if held and held.blank else "")

    def scope_of(self, principal: Principal) -> Scope:
        """What a principal sees of this realm now."""
        return self.as_hung(Scope.of(principal), wall_of(principal))

    def state(self, scope: Scope) -> bytes:
        return patches.whole(self.board, scope)

    def catch_up(self, scope: Scope, after: int) -> bytes | None:
        """One coalesced patch since a position; None: the client must fetch the state again."""
        return patches.since(self.board, scope, after, CATCH_UP_MOST)

    def digest(self, scope: Scope) -> str:
        if scope not in self._digests:
            self._digests[scope] = patches.digest_of(self.board, scope)
        return self._digests[scope].hex()

    def heartbeat(self, scope: Scope) -> bytes:
        """Head, digest and the realm's time now; built on the spot, so that they belong together. `imports`
        changes whenever places were imported: the map's tiles are others then. `rate`: how fast the realm's
        clock runs, 0 while it stands."""
        beat = {
            "head": self.seq,
            "hash": self.digest(scope),
            "at": self.now(),
            "version": self._backing.version,
            "degraded": self.degraded,
            "imports": self.imports,
            "rate": self._clock.rate if self._clock else 1.0,
        }
        return orjson.dumps({"heartbeat": beat})

    def now(self) -> datetime:
        """The realm's time."""
        return self._clock.now(real_now()) if self._clock else real_now()

    @property
    def graves_seq(self) -> int:
        """Where what is grave here last changed."""
        return self._graves_seq

    def graves(self, scope: Scope) -> bytes:
        """What is grave here now, for the screens of other realms."""
        return orjson.dumps({"live": graves.standing(self.board, scope)})

    def stand_beside(self, live: Hub) -> None:
        """Hear what is grave in live."""
        self.beside = live
        live._followers.append(self)

    async def _beats(self) -> None:
        """One pulse for all clients, so that no client needs a timer of its own."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            if self.current:
                self.beat += 1
                self._wake()

    async def look(self) -> None:
        """Catch up with the log now, without waiting to be told."""
        await self._tail.look()

    # -- clients --------------------------------------------------------------------------------------

    def watch(self, scope: Scope) -> None:
        """A client of this area attached: its patches are built as events are folded."""
        self._watching[scope] += 1

    def unwatch(self, scope: Scope) -> None:
        self._watching[scope] -= 1
        if self._watching[scope] <= 0:
            del self._watching[scope]
            if scope != Scope():
                self._digests.pop(scope, None)

    def news(self, *, first: bool = False) -> asyncio.Event:
        """Set at the next fold or position frame; `first`: before those who did not ask to be."""
        return self._news[first]

    # -- positions ------------------------------------------------------------------------------------

    def _heard_positions(self, data: bytes) -> None:
        self._backing.positions.take(self.realm, from_rows(orjson.loads(data)))

    async def _read_positions(self) -> None:
        loop = asyncio.get_running_loop()
        rows = await loop.run_in_executor(self._backing.executor, self._latest_tracks)
        self._backing.positions.take(self.realm, from_rows(rows))

    def _latest_tracks(self) -> list[Any]:
        with self._backing.engine.connect() as conn:
            return track.latest(conn, self.realm)

    async def _frames(self) -> None:
        """At most two position frames a second."""
        while True:
            await asyncio.sleep(POSITION_FRAME_S)
            try:
                if self.degraded:
                    await self._read_positions()
                self._gather_moves()
            except Exception as error:
                log.warning("no position frame: %s", error)

    def _gather_moves(self) -> None:
        """Whatever moved since the last frame, by whichever road its position came."""
        latest = self._backing.positions.latest(self.realm)
        fresh = [p for p in list(latest.values()) if self._seen_at.get(p.unit) != p.at_ms]
        if not fresh:
            return
        self._position_frame += 1
        for position in fresh:
            self._seen_at[position.unit] = position.at_ms
            self._moved[position.unit] = self._position_frame
        self._wake()

    @property
    def position_frame(self) -> int:
        return self._position_frame

    def positions_since(self, scope: Scope, after: int) -> bytes | None:
        """Positions of units in scope that moved after a frame (-1: all)."""
        latest, units = self._backing.positions.latest(self.realm), self.board.units
        rows = [
            latest[unit].row()
            for unit, frame in self._moved.items()
            if frame > after and unit in latest and unit in units and _followed(scope, units[unit])
        ]
        return orjson.dumps({"positions": rows}) if rows else None

    # -- notices --------------------------------------------------------------------------------------

    def _heard_notices(self, data: bytes) -> None:
        self._told.update(orjson.loads(data))
        self._wake()

    def told(self, scope: Scope) -> int:
        """How often the office whose scope this is was said to have something new to read."""
        return self._told[str(Office(scope.dept, scope.area))]

    # -- upkeep ---------------------------------------------------------------------------------------

    async def _upkeep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SNAPSHOT_CHECK_S)
            try:
                await loop.run_in_executor(self._backing.executor, self._keep_snapshot)
            except Exception as error:
                log.warning("cannot keep a snapshot of %s: %s", self.realm, error)

    def _keep_snapshot(self) -> None:
        with self._backing.engine.begin() as conn:
            history.keep_snapshot(conn, self.realm)


class Hubs:
    """The hubs of a process, each started when its realm is first asked for."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing
        self._hubs: dict[str, Hub] = {}
        self._starting = asyncio.Lock()

    async def of(self, realm: str) -> Hub:
        """Raises RealmUnknown."""
        if hub := self._hubs.get(realm):
            return hub
        live = await self.of("live") if is_drill(realm) else None
        async with self._starting:
            if realm not in self._hubs:
                hub = Hub(realm, self._backing)
                try:
                    await hub.start()
                except BaseException:
                    await hub.stop()
                    raise
                if live:
                    hub.stand_beside(live)
                self._hubs[realm] = hub
            return self._hubs[realm]

    def running(self, realm: str) -> Hub | None:
        """The hub of a realm if it is started."""
        return self._hubs.get(realm)

    async def stop(self) -> None:
        for hub in self._hubs.values():
            await hub.stop()
        self._hubs.clear()
