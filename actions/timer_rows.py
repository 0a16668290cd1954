"""Rows of the timer table: what falls due later. Set by verbs in their own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert

from core.board import Change
from core.clock import SHELVE_AFTER, near_at
from core.model import ENDED, Closure, Deadline, Incident
from db.batch import Batch
from db.tables import timer

GRIDS = "grids"
_INSERT = insert(timer).values({c.name: bindparam(c.name, type_=c.type) for c in timer.c if c.name != "id"})


def add_for(batch: Batch, realm: str, changes: Iterable[Change]) -> None:
    """Write the timers that these changes call for."""
    if rows := rows_for(changes):
        batch.add(_INSERT, [{"realm": realm, **row} for row in rows])


def rows_for(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Timers for every clock that these changes started, every incident that they ended, and every road that
    they closed for a time: by what stands after the last of them, so that what began and ended has none."""
    first: dict[Any, Any] = {}
    last: dict[Any, Any] = {}
    for change in changes:
        for key, (old, new) in change.touched.items():
            first.setdefault(key, old)
            last[key] = new
    return [row for key, new in last.items() for row in _rows(first[key], new)]


def _rows(old: Any, new: Any) -> list[dict[str, Any]]:
    if isinstance(new, Closure):
        return _closure_rows(new)
    if not isinstance(new, Incident):
        return []
    rows: list[dict[str, Any]] = []
    clock = new.deadline
    if clock and clock.state == "running" and (old is None or old.deadline != clock):
        rows += [_deadline_row(new, clock, near=near) for near in (True, False)]
    if new.status in ENDED and not new.shelved and (old is None or old.status not in ENDED):
        rows.append(_row(new.status_since + SHELVE_AFTER, "shelve", new.id, {}))
    return rows


def _closure_rows(new: Closure) -> list[dict[str, Any]]:
    if new.until is None or new.reopened_at:
        return []
    return [_row(new.until, "reopen", new.id, {"until": new.until.isoformat()})]


def _deadline_row(incident: Incident, clock: Deadline, *, near: bool) -> dict[str, Any]:
    at = near_at(clock) if near else clock.due_at
    body = {"step": clock.step, "due_at": clock.due_at.isoformat(), "near": near}
    return _row(at, "deadline", incident.id, body)


def _row(due_at: datetime, kind: str, subject: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"due_at": due_at, "kind": kind, "subject": subject, "body": orjson.dumps(body).decode()}


def set_midnight(conn: Connection, realm: str, at: datetime) -> None:
    """The timer of the realm's next day."""
    batch = Batch(conn)
    batch.add(_INSERT, {"realm": realm, **_row(at, "midnight", realm, {})})
    batch.run()


def set_grids(conn: Connection, realm: str, at: datetime, version: int, after: str = "") -> None:
    """When a version of the grids takes effect, and open incidents (those with ids after the last one looked
    at) are looked through for new owners."""
    batch = Batch(conn)
    batch.add(_INSERT, {"realm": realm, **_row(at, GRIDS, GRIDS, {"version": version, "after": after})})
    batch.run()
