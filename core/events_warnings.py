"""The facts of warnings to the public (预警发布) and of the broadcast points that speak them.

The subject is the warning.
"""

from __future__ import annotations

from core.envelope import Body
from core.warning_model import Bulletin, Order


class WarningIssued(Body):
    """发布. `code` is that of the plan's broadcast, "" = by hand."""

    bulletin: Bulletin
    incident: str
    linkage: str
    code: str
    offices: tuple[str, ...]
    orders: tuple[Order, ...]
    people: int
    reach: int


class WarningUpdated(Body):
    """更新: all that holds now; the points speak anew. `references` are the messages it replaces, `stopped`
    the points that spoke before it and are not meant any more."""

    bulletin: Bulletin
    references: tuple[str, ...]
    offices: tuple[str, ...]
    orders: tuple[Order, ...]
    people: int
    reach: int
    stopped: tuple[Order, ...] = ()


class WarningCancelled(Body):
    """解除: the points fall silent."""

    bulletin: Bulletin
    references: tuple[str, ...]
    orders: tuple[Order, ...]
    reason: str


class WarningExpired(Body):
    """失效: its time is over."""


class BroadcastReceipt(Body):
    """播发回执 of the message `number`: points that spoke and points that could not. `heard` live within
    hearing of those that have spoken by now."""

    number: int
    done: tuple[str, ...]
    failed: tuple[str, ...]
    heard: int
