"""Figures worked out afresh of the log: every fact since the first is folded, every incident looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from actions.kpi import at_one_moment
from actions.kpi_view import Asked, View
from actions.services import Services
from actions.system_log import require
from core.board import Board
from core.errors import Refusal
from core.fold import apply
from core.kpi import Figures, tally, tally_by
from core.permissions import Principal
from db import log

MOST = 500_000
"""Facts that are folded while a person waits; more by the command `report verify`."""


class LogTooLong(Refusal):
    """params: facts, most."""

    code = "log_too_long"


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that the table and the log do not agree on; `key` "" = the total."""

    key: str
    figure: str
    table: Any
    log: Any


@dataclass(frozen=True, slots=True)
class Verified:
    """Of so many facts up to `seq`, so many incidents were counted."""

    seq: int
    incidents: int
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """一致"""
        return not self.differences


def verify(services: Services, principal: Principal, asked: Asked, most: int | None = MOST) -> Verified:
    """Both ways at one moment, compared. Raises as `read_report`, and Forbidden, LogTooLong."""
    require(principal, "export")
    view = View.of(services, principal, asked)
    with at_one_moment(services, asked.realm) as conn:
        head = log.head(conn, asked.realm)
        if most is not None and head > most:
            raise LogTooLong(facts=head, most=most)
        report = view.report(view.counted(conn), view.earlier().counted(conn))
        held = [one for one in _folded(conn, asked.realm).incidents.values() if view.holds(one)]
    found = list(_differing("", report.total, tally(held)))
    if asked.by:
        groups = {str(k): v for k, v in tally_by(held, lambda one: view.key_of(one, report.tier)).items()}
        for group in report.groups:
            found += _differing(group.code, group.now, groups.pop(group.code, Figures()))
        for key, left in groups.items():
            found += _differing(key, Figures(), left)
    return Verified(head, len(held), tuple(found))


def _folded(conn: Connection, realm: str) -> Board:
    """The board of the whole log, those who left it too; no snapshot is believed."""
    board = Board(realm, live=False)
    for wire in log.read_all(conn, realm):
        apply(board, log.to_event(wire))
    return board


def _differing(key: str, table: Figures, fold: Figures) -> Iterator[Difference]:
    for part in ("counts", "levels", "intervals"):
        ours, theirs = asdict(table)[part], asdict(fold)[part]
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                yield Difference(key, f"{part}.{name}", ours.get(name), theirs.get(name))
