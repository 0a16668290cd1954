"""What leaves the building: messages, receipts, when to try again, and what may leave at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LIVE = "live"
DRILL_MARK = "【演练】"
FILE = ""
"""The address of a channel that writes into the file."""
_WAITS_S = (5, 15, 45, 120, 300, 900, 1800)
"""Between the tries of one message; after the last it is a dead letter until somebody sends it again."""


@dataclass(frozen=True, slots=True)
class Message:
    """`id` stays the same however often it is sent; `body` is what the receiver gets besides the envelope."""

    id: str
    realm: str
    channel: str
    addressee: str
    body: dict[str, Any]
    created_at: datetime

    @property
    def drill(self) -> bool:
        return is_drill(self.realm)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway answered: where it took the message, and its own number for it, if any."""

    gateway: str
    reference: str


class SendingFailed(Exception):
    """The gateway did not take it; `final`: it never will (no address, refused for good)."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final


def is_drill(realm: str) -> bool:
    """Whatever is not the live world is a drill: nothing of it leaves the building."""
    return realm != LIVE


def address_for(realm: str, url: str) -> str:
    """Where a message of this realm goes: a drill's only into the file, whatever its channel says
    (domain.md §6)."""
    return FILE if is_drill(realm) else url


def marked(realm: str, text: str) -> str:
    """A drill's text says so."""
    return DRILL_MARK + text if is_drill(realm) else text


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When a message that failed `attempts` times is tried again; None = no more."""
    if attempts > len(_WAITS_S):
        return None
    return now + timedelta(seconds=_WAITS_S[attempts - 1])
