"""The city as it was at a moment, for a drill to begin from: units and closed roads, and the stock of stores.

Incidents and what hangs on them stay behind: every unit on duty is free and promised to nobody, and cordons
(封控) go with the response they belong to; stock that was reserved stays so. Units stand at home, for
nobody tells where a drill's are until they drive.
"""

from __future__ import annotations

from actions.stock_opening import copied_stock
from actions.unit_of_work import Transaction
from actions.units import registration
from core.board import Board
from core.envelope import Draft
from core.events_roads import RoadClosed
from core.model import Closure
from feed.history import board_at


def copied(tx: Transaction, source: str, seq: int) -> list[Draft]:
    """The facts that make the transaction's realm, still empty, such a copy of `source` at a position."""
    board = board_at(tx.conn, source, seq)
    return [*_units(tx, board), *_roads(tx, board), *copied_stock(tx, seq, source)]


def _units(tx: Transaction, board: Board) -> list[Draft]:
    return [Draft(registration(one), one.id, one.area, tx.now) for one in board.units.values()]


def _roads(tx: Transaction, board: Board) -> list[Draft]:
    standing = [one for one in board.closures.values() if not one.incident]
    return [Draft(_closed(one), one.id, one.area, tx.now) for one in standing]


def _closed(one: Closure) -> RoadClosed:
    """Without an end: by the drill's clock that would be another moment."""
    return RoadClosed(name=one.name, road_class=one.road_class, reason=one.reason, until=None, line=one.line)
