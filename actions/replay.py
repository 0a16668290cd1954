"""回放: any span of any realm as it was known then, by the time at which each fact was recorded.

Nobody who may not see the present of a realm sees its past, and each sees it within their scope. Visitors do
not: what is sensitive now was not marked then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, select

from actions.reading import board_at, check_past
from actions.replay_chapters import chapters
from actions.services import Services
from core.board import Board
from core.drill import is_drill
from core.errors import InvalidInput
from core.events_drills import DrillStarted
from core.permissions import Principal, Scope, may_enter, visible
from db import drills, log, track
from db.tables import realm as realms
from feed import film, history, patches

LIVE, SYSTEM_REALM = "live", "system"
USUAL_SPAN = timedelta(days=1)
ROWS_MOST = 20_000
"""Positions in one answer: those of more units, or over a longer time, are told in wider steps."""
Moment = int | datetime
"""A position, or a recorded time."""


@dataclass(frozen=True, slots=True)
class Span:
    """The facts after position `after` up to `last`, and the times between which the film runs."""

    realm: str
    after: int
    last: int
    since: datetime
    until: datetime

    def as_json(self) -> dict[str, Any]:
        return {
            "realm": self.realm,
            "from": {"seq": self.after, "at": self.since},
            "to": {"seq": self.last, "at": self.until},
            "count": self.last - self.after,
        }


def read_realms(services: Services, principal: Principal) -> list[dict[str, Any]]:
    """What may be replayed: `{realm, name, last}`, live first, then by the time of the last fact, the newest
    first; `name` is a drill's, "" = none. Raises Forbidden."""
    check_past(principal, principal.realm or LIVE)
    with services.engine.connect() as conn:
        names = drills.names(conn)
        rows = conn.execute(select(realms.c.id, realms.c.head_at).where(realms.c.head > 0)).all()
    found = [row for row in rows if row.id != SYSTEM_REALM and may_enter(principal, row.id)]
    found.sort(key=lambda row: (row.id == LIVE, row.head_at), reverse=True)
    return [{"realm": row.id, "name": names.get(row.id, ""), "last": row.head_at} for row in found]


def read_span(
    services: Services, principal: Principal, realm: str, since: Moment | None, until: Moment | None
) -> dict[str, Any]:
    """Where the film begins and ends, and its chapters. Without `until` it goes on to the last fact, without
    `since` it begins a day before its end, of a drill not before its start. Raises
    RealmUnknown, InvalidInput, Forbidden."""
    check_past(principal, realm)
    with services.engine.connect() as conn:
        span = _span(conn, realm, since, until)
        found = chapters(conn, principal, realm, span.after, span.last)
    return {**span.as_json(), "chapters": found}


def _span(conn: Connection, realm: str, since: Moment | None, until: Moment | None) -> Span:
    last, end = _place(conn, realm, log.head(conn, realm) if until is None else until, "to")
    after, begin = _place(conn, realm, _usual(conn, realm, last, end) if since is None else since, "from")
    if (after, begin) > (last, end):
        raise InvalidInput(pointer="from", detail=f"<= {last}, {end.isoformat()}")
    return Span(realm, after, last, begin, end)


def _usual(conn: Connection, realm: str, last: int, end: datetime) -> Moment:
    """A day before the end. All that made a drill's realm is of the moment at which its clock stood: its film
    begins with the start."""
    begin = end - USUAL_SPAN
    starts = log.read_kinds(conn, realm, [DrillStarted.__name__], last) if is_drill(realm) else iter(())
    started = next(starts, None)
    return started["seq"] - 1 if started and started["recorded_at"] >= begin else begin


def _place(conn: Connection, realm: str, asked: Moment, name: str) -> tuple[int, datetime]:
    """A position and its time, neither before the first fact nor after the last."""
    head = log.head(conn, realm)
    first, last = history.recorded_at(conn, realm, 1), history.recorded_at(conn, realm, head)
    if isinstance(asked, int):
        if asked > head:
            raise InvalidInput(pointer=name, detail=f"<= {head}")
        return asked, history.recorded_at(conn, realm, asked)
    at = min(max(asked, first), last)
    return history.position_at(conn, realm, at), at


def read_lines(
    services: Services, principal: Principal, realm: str, after: int, until: int, limit: int
) -> dict[str, Any]:
    """A page of the event list: what the ticker said of at most `limit` facts after a position, and the
    position after which the next page begins, None at the end. Raises as `read_span`."""
    check_past(principal, realm)
    scope = Scope.of(principal)
    with services.engine.begin() as conn:
        source, end = history.Stored(conn, realm), min(until, log.head(conn, realm))
        last = min(end, after + limit)
        board = board_at(services, conn, realm, after)
        told = [
            line
            for change in film.go_on(services.stills, source, board, last)
            for line in patches.told(change, scope)
        ]
    return {"items": told, "next": last if last < end else None}


def read_state(services: Services, principal: Principal, realm: str, at: Moment) -> bytes:
    """The board after a position or at a time, with its digest, and where the units were then. Raises
    RealmUnknown, InvalidInput, Forbidden."""
    check_past(principal, realm)
    scope = Scope.of(principal)
    with services.engine.begin() as conn:
        board = board_at(services, conn, realm, at)
        moment = at if isinstance(at, datetime) else board.at
        rows = track.standing(conn, realm, _followed(board, scope), moment)
    shown = orjson.Fragment(patches.whole(board, scope))
    return orjson.dumps(
        {"realm": realm, "seq": board.seq, "moment": moment, "board": shown, "positions": rows}
    )


@dataclass(frozen=True, slots=True)
class Reel:
    """The piece of film asked for: facts after a position up to a position or time, at most so many; units'
    positions after `since` (None: the time of that position), at most one a unit every `step_s` seconds."""

    after: int
    until: Moment | None = None
    limit: int = 500
    since: datetime | None = None
    step_s: float = 1.0


def read_frames(services: Services, principal: Principal, realm: str, asked: Reel) -> bytes:
    """The patches that live sent for these facts, each with its recorded time, and where the units went.

    `seq` and `moment` tell how far the piece reaches: the next one is asked for after those; `more` is
    false at its end. Raises as `read_state`.
    """
    check_past(principal, realm)
    scope = Scope.of(principal)
    with services.engine.begin() as conn:
        head = log.head(conn, realm)
        end, end_at = _place(conn, realm, head if asked.until is None else asked.until, "until")
        source, last = history.Stored(conn, realm), min(end, asked.after + asked.limit)
        board = board_at(services, conn, realm, asked.after)
        since = asked.since or board.at
        changes = film.go_on(services.stills, source, board, last)
        frames = [patches.Frame(change).payload(board, scope) for change in changes]
        moment = max(since, board.at if last < end else end_at)
        rows = _tracks(conn, realm, _followed(board, scope), since, moment, asked.step_s)
    return orjson.dumps(
        {
            "realm": realm,
            "after": asked.after,
            "seq": board.seq,
            "moment": moment,
            "more": last < end,
            "frames": [orjson.Fragment(frame) for frame in frames if frame],
            "positions": rows,
        }
    )


def _followed(board: Board, scope: Scope) -> list[str]:
    return [unit.id for unit in board.units.values() if visible(scope, unit.area)]


def _tracks(
    conn: Connection, realm: str, units: Sequence[str], since: datetime, until: datetime, step_s: float
) -> list[list[Any]]:
    widest = (until - since).total_seconds() * len(units) / ROWS_MOST
    return track.between(conn, realm, units, since, until, max(step_s, widest)) if until > since else []
