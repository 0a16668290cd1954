"""Boards of any position: the nearest snapshot and the facts after it. Blocking; not for the event loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from core.board import FOLD_VERSION, Board
from core.envelope import Event
from core.fold import apply
from core.serial import dump_board, load_board
from db import log
from db.tables import event, snapshot

SNAPSHOT_EVERY = 2000
"""Of what happens now; where it is replayed, films keep more (feed/film.py)."""


def board_at(conn: Connection, realm: str, seq: int | None = None) -> Board:
    """The board after event `seq`, or after the last one. Raises RealmUnknown."""
    log.head(conn, realm)
    board = _nearest(conn, realm, seq)
    for wire in log.read_all(conn, realm, board.seq, until=seq):
        apply(board, log.to_event(wire))
    return board


def _nearest(conn: Connection, realm: str, seq: int | None) -> Board:
    body = _kept(conn, realm, 0, seq)
    return load_board(body) if body else Board(realm)


def _kept(conn: Connection, realm: str, above: int, seq: int | None) -> bytes | None:
    query = select(snapshot.c.body).where(snapshot.c.realm == realm, snapshot.c.fold == FOLD_VERSION)
    query = query.where(snapshot.c.seq > above)
    if seq is not None:
        query = query.where(snapshot.c.seq <= seq)
    body: bytes | None = conn.scalar(query.order_by(snapshot.c.seq.desc()).limit(1))
    return body


@dataclass(frozen=True, slots=True)
class Stored:
    """A realm's log with its snapshots, as films are made from it; what is kept is the transaction's."""

    conn: Connection
    realm: str

    def facts(self, after: int, until: int) -> Iterator[Event]:
        return map(log.to_event, log.read_all(self.conn, self.realm, after, until))

    def kept(self, known: Board, seq: int) -> Board | None:
        body = _kept(self.conn, self.realm, known.seq, seq)
        return load_board(body, known) if body else None

    def keep(self, board: Board) -> None:
        _write(self.conn, board)


def position_at(conn: Connection, realm: str, at: datetime) -> int:
    """The last event recorded at or before a time; 0 when there is none."""
    query = select(func.max(event.c.seq)).where(event.c.realm == realm, event.c.recorded_at <= at)
    return int(conn.scalar(query) or 0)


def recorded_at(conn: Connection, realm: str, seq: int) -> datetime:
    """When an event was recorded; of position 0, the first one. Raises NoResultFound where there is none."""
    query = select(event.c.recorded_at).where(event.c.realm == realm, event.c.seq == max(1, seq))
    at: datetime = conn.execute(query).scalar_one()
    return at


def keep_snapshot(conn: Connection, realm: str) -> int | None:
    """Write a snapshot if the last one is SNAPSHOT_EVERY events old; its position."""
    query = select(func.max(snapshot.c.seq)).where(snapshot.c.realm == realm, snapshot.c.fold == FOLD_VERSION)
    last = conn.scalar(query) or 0
    if log.head(conn, realm) - last < SNAPSHOT_EVERY:
        return None
    board = board_at(conn, realm)
    _write(conn, board)
    return board.seq


def _write(conn: Connection, board: Board) -> None:
    row = {"realm": board.realm, "seq": board.seq, "fold": FOLD_VERSION, "body": dump_board(board)}
    given = insert(snapshot).values(row)  # one of an older fold may stand at the same position
    conn.execute(given.on_conflict_do_update(index_elements=["realm", "seq"], set_=row))
