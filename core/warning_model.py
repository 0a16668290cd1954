"""预警发布 on the board: a warning told to the public, and by which broadcast points it is heard.

Frozen values, replaced whole, as those of `core.model`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from core.outbound import is_drill

PointLevel = Literal["city", "county", "town", "village"]
LEVEL_WORDS: dict[PointLevel, str] = {"city": "市", "county": "区", "town": "镇", "village": "村"}
"""应急广播's four levels, as a broadcast point's own property names them (domain.md §2)."""
LEVEL_TIERS: dict[PointLevel, int] = {"city": 0, "county": 0, "town": 1, "village": 2}
"""Whose codes an order to the points of a level names: districts, towns or communities."""

Ring = tuple[tuple[float, float], ...]
Status = Literal["Actual", "Exercise"]
SILENT, HEARD, FAILED = "-", "d", "f"
"""What is known of a point: nothing yet, it has spoken, it could not."""


def status_of(realm: str) -> Status:
    """CAP's status. It follows from the realm and from nothing else: a drill never sends Actual."""
    return "Exercise" if is_drill(realm) else "Actual"


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What one message says. `sent` (RFC 3339 with the city's offset) is part of its name; `rings` are closed
    outer rings, lon/lat, which may overlap; `areas` the codes of the divisions they touch."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    number: int
    identifier: str
    sender: str
    sender_name: str
    sent: str
    class_code: str
    level: int
    category: str
    event: str
    event_en: str
    urgency: str
    severity: str
    certainty: str
    colour: str
    response: str
    headline: str
    headline_en: str
    text: str
    text_en: str
    expires: datetime
    rings: tuple[Ring, ...]
    area_desc: str
    areas: tuple[str, ...]

    @property
    def reference(self) -> str:
        """As a later message refers to it."""
        return f"{self.sender},{self.identifier},{self.sent}"


@dataclass(frozen=True, slots=True)
class Order:
    """播发指令 to the points (codes) of one level, and the divisions it is for."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    level: PointLevel
    points: tuple[str, ...]
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning that stands. `version` is the log's position; the bulletin is the latest.

    `people` live in the area, `reach` of them within hearing of a point that was ordered, `heard` within
    hearing of one that has reported it spoke: counts by base grid. `states` has a character a point, in the
    order of `points`.
    """

    id: str
    version: int
    status: str
    msg_type: str
    incident: str
    linkage: str
    code: str
    area: str
    offices: tuple[str, ...]
    bulletin: Bulletin
    references: tuple[str, ...]
    orders: tuple[Order, ...]
    states: str
    people: int
    reach: int
    issued_at: datetime
    by: str = ""
    heard: int = 0
    ended_at: datetime | None = None
    ended_by: str = ""
    """cancelled or expired."""

    @property
    def points(self) -> tuple[str, ...]:
        return tuple(point for order in self.orders for point in order.points)

    def count(self, state: str) -> int:
        return self.states.count(state)


def told(alert: Alert, done: Iterable[str], failed: Iterable[str]) -> str:
    """The states after these points reported; points of another warning change nothing, and one that has
    spoken has."""
    heard, mute = set(done), set(failed)
    return "".join(
        HEARD if point in heard or state == HEARD else FAILED if point in mute else state
        for point, state in zip(alert.points, alert.states, strict=True)
    )


def spoken(alert: Alert) -> tuple[str, ...]:
    """The points that have."""
    both = zip(alert.points, alert.states, strict=True)
    return tuple(point for point, state in both if state == HEARD)
