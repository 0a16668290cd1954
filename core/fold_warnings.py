"""What the facts of warnings do to the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import core.events_warnings as w
from core.board import Board, Change
from core.envelope import Event
from core.folding import AnyBody, ThingHandler, handles, of_standing
from core.model import TickerLine
from core.warning_model import FAILED, SILENT, Alert, status_of, told


def warns(kind: type[AnyBody]) -> Callable[[ThingHandler[Alert, AnyBody]], ThingHandler[Alert, AnyBody]]:
    """`of_standing` for a warning."""
    return of_standing(lambda board, ident: board.alerts.get(ident), kind)


def _line(event: Event, alert: Alert, **args: str) -> TickerLine:
    said = {"title": alert.bulletin.headline, "level": str(alert.bulletin.level), **args}
    return TickerLine(event.seq, event.recorded_at, event.kind, alert.area, said, alert.offices)


def _touch(board: Board, event: Event, change: Change, alert: Alert, **values: Any) -> Alert:
    new = replace(alert, version=event.seq, **values)
    board.put_alert(new, change)
    return new


def _silent(body: w.WarningIssued | w.WarningUpdated) -> str:
    return SILENT * sum(len(order.points) for order in body.orders)


@handles(w.WarningIssued)
def _issued(board: Board, event: Event, change: Change) -> TickerLine:
    body = event.body
    assert isinstance(body, w.WarningIssued)  # noqa: S101
    alert = Alert(
        event.subject, event.seq, status_of(event.realm), "Alert", body.incident, body.linkage, body.code,
        event.area, body.offices, body.bulletin, (), body.orders, _silent(body), body.people, body.reach,
        event.occurred_at, event.actor,
    )  # fmt: skip
    board.put_alert(alert, change)
    return _line(event, alert)


@warns(w.WarningUpdated)
def _updated(board: Board, event: Event, change: Change, alert: Alert, body: w.WarningUpdated) -> TickerLine:
    offices = tuple(dict.fromkeys((*alert.offices, *body.offices)))
    new = _touch(
        board, event, change, alert, msg_type="Update", bulletin=body.bulletin, references=body.references,
        orders=body.orders, states=_silent(body), people=body.people, reach=body.reach, heard=0,
        offices=offices,
    )  # fmt: skip
    return _line(event, new)


@warns(w.WarningCancelled)
def _cancelled(
    board: Board, event: Event, change: Change, alert: Alert, body: w.WarningCancelled
) -> TickerLine:
    new = _touch(
        board, event, change, alert, msg_type="Cancel", bulletin=body.bulletin, references=body.references,
        ended_at=event.occurred_at, ended_by="cancelled",
    )  # fmt: skip
    return _line(event, new, reason=body.reason)


@warns(w.WarningExpired)
def _expired(board: Board, event: Event, change: Change, alert: Alert, _body: w.WarningExpired) -> TickerLine:
    ended = {"ended_at": event.occurred_at, "ended_by": "expired"}
    return _line(event, _touch(board, event, change, alert, **ended))


@warns(w.BroadcastReceipt)
def _receipt(
    board: Board, event: Event, change: Change, alert: Alert, body: w.BroadcastReceipt
) -> TickerLine | None:
    """Told in the ticker only where points could not speak: the others are what was asked for."""
    if body.number != alert.bulletin.number:
        return None
    states = told(alert, body.done, body.failed)
    new = _touch(board, event, change, alert, states=states, heard=body.heard)
    if new.count(FAILED) <= alert.count(FAILED):
        return None
    return _line(event, new, count=str(new.count(FAILED)))
