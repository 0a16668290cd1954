"""The past as a film: the board of any position, and how it went on from there.

A seek begins at the nearest board at hand, one of this process's recent seeks or a snapshot of the database,
and folds the facts between. What folds long leaves boards behind for the next. Blocking; not for the event
loop.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Protocol

from core.board import Board, Change
from core.envelope import Event
from core.fold import apply

STILL_EVERY = 500
"""Boards kept in memory of what was folded: so few facts at most are folded for what was seen lately."""
STILLS_MOST = 48
"""Of a process, for all realms: a day of 20,000 facts and some more. They share what did not change."""
SNAPSHOT_EVERY = 1000
"""Boards kept in the database of what was replayed: more facts than these are folded once, not twice."""


class Source(Protocol):
    """A realm's log, and the boards that are kept of it."""

    @property
    def realm(self) -> str: ...

    def facts(self, after: int, until: int) -> Iterator[Event]:
        """After a position up to another, in order."""

    def kept(self, known: Board, seq: int) -> Board | None:
        """The nearest board after one that is known and not after a position, uncounted."""

    def keep(self, board: Board) -> None:
        """For later seeks, of any process."""


class Stills:
    """Boards of recent seeks, by realm and position, from all threads. Those in here are never changed."""

    def __init__(
        self, most: int = STILLS_MOST, every: int = STILL_EVERY, snapshot_every: int = SNAPSHOT_EVERY
    ) -> None:
        self.every, self.snapshot_every = every, snapshot_every
        self._held: OrderedDict[tuple[str, int], Board] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def nearest(self, realm: str, seq: int) -> Board | None:
        """The last board not after a position, uncounted."""
        with self._lock:
            found = max((at for of, at in self._held if of == realm and at <= seq), default=None)
            if found is None:
                return None
            self._held.move_to_end((realm, found))
            return self._held[realm, found]

    def put(self, board: Board) -> None:
        """The ones asked for longest ago make room."""
        still = board.still()
        with self._lock:
            self._held[board.realm, board.seq] = still
            self._held.move_to_end((board.realm, board.seq))
            while len(self._held) > self._most:
                self._held.popitem(last=False)


def board_at(stills: Stills, source: Source, seq: int) -> Board:
    """The board after event `seq`, the caller's own: the fold of the log up to it."""
    board = _begin(stills, source, seq)
    kept = board.seq
    for event in source.facts(board.seq, seq):
        apply(board, event)
        _leave(stills, board)
        if board.seq - kept >= stills.snapshot_every:
            source.keep(board)
            kept = board.seq
    return board.count()


def _begin(stills: Stills, source: Source, seq: int) -> Board:
    """Where to fold from: a snapshot is read only where it spares many facts."""
    known = stills.nearest(source.realm, seq) or Board(source.realm)
    if seq - known.seq > stills.every and (kept := source.kept(known, seq)):
        stills.put(kept)
        return kept
    return known.still()


def _leave(stills: Stills, board: Board) -> None:
    """For those who look there next."""
    if board.seq % stills.every == 0:
        stills.put(board)


def go_on(stills: Stills, source: Source, board: Board, until: int) -> Iterator[Change]:
    """What each fact after the board's position up to another does to it."""
    for event in source.facts(board.seq, until):
        yield apply(board, event)
        _leave(stills, board)
