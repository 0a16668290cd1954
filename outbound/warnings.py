"""预警发布: a warning goes to the city's warning platform as CAP, and to the broadcast platform of each level
as one order with the points that shall speak; receipts come back point by point.

A drill's documents say Exercise, and go where all of a drill goes: into the file (`core.outbound`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from core.cap_out import MsgType, marked_en, write_cap
from core.envelope import Event
from core.events_warnings import WarningCancelled, WarningIssued, WarningUpdated
from core.outbound import marked
from core.warning_model import Order, status_of
from db.log import Wire, to_event

CAP = "cap"
STOP = "stop"
_KINDS: dict[str, tuple[MsgType, str]] = {
    WarningIssued.__name__: ("Alert", "start"),
    WarningUpdated.__name__: ("Update", "replace"),
    WarningCancelled.__name__: ("Cancel", STOP),
}
"""Fact → CAP's word for it, and what the points are ordered to do."""
Said = WarningIssued | WarningUpdated | WarningCancelled


def document(event: Event) -> bytes:
    """The CAP document of a fact that sends one."""
    body = _said(event)
    references = () if isinstance(body, WarningIssued) else body.references
    return write_cap(body.bulletin, _KINDS[event.kind][0], references, event.realm)


def sends(kind: str) -> bool:
    return kind in _KINDS


def _said(event: Event) -> Said:
    assert isinstance(event.body, Said)  # noqa: S101  narrows the type for the checker
    return event.body


def channel_of(order: Order) -> str:
    return f"broadcast_{order.level}"


def message_id(realm: str, warning: str, number: int, channel: str, silencing: bool = False) -> str:
    """`silencing`: the second order to a channel of one update, to the points that it means no more."""
    return f"{realm}-{warning}-{number}-{channel}" + ("-stop" if silencing else "")


def messages(realm: str, wires: Sequence[Wire], now: datetime) -> list[dict[str, Any]]:
    """Rows of the queue for the warnings among these facts."""
    return [row for wire in wires if sends(wire["kind"]) for row in _rows(realm, to_event(wire), now)]


def _rows(realm: str, event: Event, now: datetime) -> Iterator[dict[str, Any]]:
    body = _said(event)
    cap = document(event).decode()
    yield _row(realm, event, CAP, body.bulletin.sender, {"cap": cap}, now)
    for order, does in _orders(event):
        if order.points:
            said = _order(realm, event, order, does) | {"cap": cap}
            yield _row(realm, event, channel_of(order), order.level, said, now)


def _orders(event: Event) -> Iterator[tuple[Order, str]]:
    """What the points of each level are ordered to do; those that an update means no more fall silent."""
    body, does = _said(event), _KINDS[event.kind][1]
    yield from ((order, does) for order in body.orders)
    if isinstance(body, WarningUpdated):
        yield from ((order, STOP) for order in body.stopped)


def _order(realm: str, event: Event, order: Order, does: str) -> dict[str, Any]:
    """播发指令: what is spoken, where, by which points, until when."""
    said = _said(event).bulletin
    return {
        "order": does, "level": order.level, "areas": order.areas, "points": order.points,
        "severity": said.severity, "text": marked(realm, said.text),
        "text_en": marked_en(realm, said.text_en), "headline": marked(realm, said.headline),
        "expires": said.expires.isoformat(),
    }  # fmt: skip


def _row(
    realm: str, event: Event, channel: str, to: str, said: dict[str, Any], now: datetime
) -> dict[str, Any]:
    body = _said(event)
    number = body.bulletin.number
    silencing = isinstance(body, WarningUpdated) and said.get("order") == STOP
    about = {"warning": event.subject, "number": number, "status": status_of(realm)}
    return {
        "id": message_id(realm, event.subject, number, channel, silencing), "realm": realm, "seq": event.seq,
        "fact": event.kind, "incident": getattr(body, "incident", ""), "office": f"@{event.area}",
        "channel": channel, "addressee": to, "body": about | said, "attempts": 0, "created_at": now,
        "next_at": now, "state": "queued", "error": None,
    }  # fmt: skip
