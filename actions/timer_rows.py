"""Rows of the timer table: what falls due later, but for incidents. Set by verbs in their own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert

from core import drill, drill_player, linkage, walls
from core.board import Change, Key
from core.crew_checks import next_mark
from core.drill import Drill
from core.linkage_model import Linkage, Task
from core.model import Assignment, Closure, Entity, Incident
from core.wall_model import Wall
from core.warning_model import Alert
from db.batch import Batch
from db.tables import timer
from db.waking import FINDINGS, GRIDS, PLAYERS

HAZARD, SHELF, CREW, TASK, REPORT = "hazard", "shelf", "crew", "task", "report"
WALL, GRAVE = "wall", "grave"
WARNING = "warning"
INJECT = "inject"
FINDING = "finding"
_AT_ONCE = datetime.min.replace(tzinfo=UTC)
_INSERT = insert(timer).values({c.name: bindparam(c.name, type_=c.type) for c in timer.c if c.name != "id"})


def add_for(batch: Batch, realm: str, changes: Iterable[Change]) -> None:
    """Write the timers that these changes call for."""
    if rows := rows_for(changes):
        batch.add(_INSERT, [{"realm": realm, **row} for row in rows])


def rows_for(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Timers of every road that these changes closed for a time, of every crew's check and task's clock that
    moved on: by what stands after the last of them, so that what began and ended has none."""
    changes = list(changes)
    first: dict[Key, Entity | None] = {}
    last: dict[Key, Entity | None] = {}
    for change in changes:
        for key, (old, new) in change.touched.items():
            first.setdefault(key, old)
            last[key] = new
    rows = []
    for key, new in last.items():
        if isinstance(new, Closure):
            rows += _closure_rows(new)
        elif isinstance(new, Assignment):
            rows += _crew_rows(first[key], new)
        elif isinstance(new, Task):
            rows += _task_rows(first[key], new)
        elif isinstance(new, Alert):
            rows += _warning_rows(first[key], new)
        elif isinstance(new, Linkage):
            rows += _report_rows(first[key], new)
        elif isinstance(new, Wall):
            rows += _wall_rows(first[key], new)
        elif isinstance(new, Incident):
            rows += _grave_rows(first[key], new, changes[-1].at)
        elif isinstance(new, Drill):
            rows += [*_inject_rows(first[key], new), *_finding_rows(first[key], new)]
            rows += _player_rows(first[key], new)
    return rows


def _task_rows(old: Entity | None, new: Task) -> list[dict[str, Any]]:
    """When a task's clock says something next; none while that is the same."""
    at = linkage.next_mark(new)
    if at is None or (isinstance(old, Task) and linkage.next_mark(old) == at):
        return []
    return [_row(at, TASK, new.id, {"linkage": new.linkage})]


def _wall_rows(old: Entity | None, new: Wall) -> list[dict[str, Any]]:
    """When its picture changes by itself next; none while that is the same."""
    at = walls.next_mark(new)
    if at is None or (isinstance(old, Wall) and walls.next_mark(old) == at):
        return []
    return [_row(at, WALL, new.id, {})]


def _grave_rows(old: Entity | None, new: Incident, at: datetime) -> list[dict[str, Any]]:
    """At once, when an incident is grave that was not, or was not there: rotations stop for it."""
    if not walls.is_grave(new) or (isinstance(old, Incident) and walls.is_grave(old)):
        return []
    return [_row(at, GRAVE, new.id, {})]


def _inject_rows(old: Entity | None, new: Drill) -> list[dict[str, Any]]:
    """When each inject is looked at; none for those of which that is the same."""
    before = drill.marks(old) if isinstance(old, Drill) else {}
    found = drill.marks(new).items()
    return [_row(at, INJECT, str(number), {}) for number, at in found if before.get(number) != at]


def _finding_rows(old: Entity | None, new: Drill) -> list[dict[str, Any]]:
    """At once: what a drill that is over showed to be amiss, and marks show after it, is told in live."""
    same = isinstance(old, Drill) and (old.status, old.marks) == (new.status, new.marks)
    if new.status != "stopped" or same:
        return []
    return [_row(_AT_ONCE, FINDINGS, new.id, {})]


def _player_rows(old: Entity | None, new: Drill) -> list[dict[str, Any]]:
    """From the start on machines play, where the script lets them; the row then keeps itself."""
    begun = isinstance(old, Drill) and old.started_at
    if begun or new.started_at is None or not drill_player.plays(new):
        return []
    return [_row(new.started_at, PLAYERS, new.id, {})]


def _report_rows(old: Entity | None, new: Linkage) -> list[dict[str, Any]]:
    """When a response begins, ends or changes its level it is looked at when its report is due."""
    if isinstance(old, Linkage) and (old.level, old.ended_at) == (new.level, new.ended_at):
        return []
    return [_row(new.ended_at or new.started_at, REPORT, new.id, {})]


def _warning_rows(old: Entity | None, new: Alert) -> list[dict[str, Any]]:
    """When a warning expires; none while that is the same."""
    at = new.bulletin.expires
    if new.ended_at or (isinstance(old, Alert) and old.bulletin.expires == at):
        return []
    return [_row(at, WARNING, new.id, {})]


def _crew_rows(old: Entity | None, new: Assignment) -> list[dict[str, Any]]:
    """When a crew is to be asked, or has been missed; none while its clock is the same."""
    at = next_mark(new.check)
    if at is None or new.ended_at or (isinstance(old, Assignment) and old.check == new.check):
        return []
    return [_row(at, CREW, new.id, {})]


def _closure_rows(new: Closure) -> list[dict[str, Any]]:
    if new.until is None or new.reopened_at:
        return []
    return [_row(new.until, "reopen", new.id, {"until": new.until.isoformat()})]


def _row(due_at: datetime, kind: str, subject: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"due_at": due_at, "kind": kind, "subject": subject, "body": orjson.dumps(body).decode()}


def set_midnight(conn: Connection, realm: str, at: datetime) -> None:
    """The timer of the realm's next day."""
    batch = Batch(conn)
    batch.add(_INSERT, {"realm": realm, **_row(at, "midnight", realm, {})})
    batch.run()


def set_inject(conn: Connection, realm: str, at: datetime, number: int) -> None:
    """When it is asked again whether what an inject waits for has come about."""
    batch = Batch(conn)
    batch.add(_INSERT, {"realm": realm, **_row(at, INJECT, str(number), {})})
    batch.run()


def set_grids(conn: Connection, realm: str, at: datetime, version: int, after: str = "") -> None:
    """When a version of the grids takes effect, and open incidents (those with ids after the last one looked
    at) are looked through for new owners."""
    batch = Batch(conn)
    batch.add(_INSERT, {"realm": realm, **_row(at, GRIDS, GRIDS, {"version": version, "after": after})})
    batch.run()


def set_hazards(conn: Connection, realm: str, due: Sequence[tuple[datetime, str]]) -> None:
    """When steps of hazards, by their codes, are overdue."""
    rows = [_row(at, HAZARD, code, {"due_at": at.isoformat()}) for at, code in due]
    if rows:
        batch = Batch(conn)
        batch.add(_INSERT, [{"realm": realm, **row} for row in rows])
        batch.run()


def set_findings(conn: Connection, due: Sequence[tuple[datetime, str]]) -> None:
    """When the days of findings, by their ids, are over."""
    if due:
        batch = Batch(conn)
        batch.add(_INSERT, [{"realm": "live", **_row(at, FINDING, ident, {})} for at, ident in due])
        batch.run()


def set_shelf(conn: Connection, realm: str, until: datetime, office: str, notice: int) -> None:
    """When an office hears of a shelved alarm again."""
    body = {"office": office, "notice": notice, "until": until.isoformat()}
    batch = Batch(conn)
    batch.add(_INSERT, {"realm": realm, **_row(until, SHELF, str(notice), body)})
    batch.run()


def set_report(conn: Connection, realm: str, at: datetime, linkage: str) -> None:
    """When the next report of a response is due."""
    batch = Batch(conn)
    batch.add(_INSERT, {"realm": realm, **_row(at, REPORT, linkage, {})})
    batch.run()
