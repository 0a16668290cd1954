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
_KINDS: dict[str, tuple[MsgType, str]] = {
    WarningIssued.__name__: ("Alert", "start"),
    WarningUpdated.__name__: ("Update", "replace"),
    WarningCancelled.__name__: ("Cancel", "stop"),
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


def message_id(realm: str, warning: str, number: int, channel: str) -> str:
    return f"{realm}-{warning}-{number}-{channel}"


def messages(realm: str, wires: Sequence[Wire], now: datetime) -> list[dict[str, Any]]:
    """Rows of the queue for the warnings among these facts."""
    return [row for wire in wires if sends(wire["kind"]) for row in _rows(realm, to_event(wire), now)]


def _rows(realm: str, event: Event, now: datetime) -> Iterator[dict[str, Any]]:
    body = _said(event)
    cap = document(event).decode()
    yield _row(realm, event, CAP, body.bulletin.sender, {"cap": cap}, now)
    for order in body.orders:
        if order.points:
            said = _order(realm, event, order) | {"cap": cap}
            yield _row(realm, event, channel_of(order), order.level, said, now)


def _order(realm: str, event: Event, order: Order) -> dict[str, Any]:
    """播发指令: what is spoken, where, by which points, until when."""
    said = _said(event).bulletin
    return {
        "order": _KINDS[event.kind][1], "level": order.level, "areas": order.areas, "points": order.points,
        "severity": said.severity, "text": marked(realm, said.text),
        "text_en": marked_en(realm, said.text_en), "headline": marked(realm, said.headline),
        "expires": said.expires.isoformat(),
    }  # fmt: skip


def _row(
    realm: str, event: Event, channel: str, to: str, said: dict[str, Any], now: datetime
) -> dict[str, Any]:
    body = _said(event)
    number = body.bulletin.number
    about = {"warning": event.subject, "number": number, "status": status_of(realm)}
    return {
        "id": message_id(realm, event.subject, number, channel), "realm": realm, "seq": event.seq,
        "fact": event.kind, "incident": getattr(body, "incident", ""), "office": f"@{event.area}",
        "channel": channel, "addressee": to, "body": about | said, "attempts": 0, "created_at": now,
        "next_at": now, "state": "queued", "error": None,
    }  # fmt: skip
