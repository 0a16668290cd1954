"""What a report is made of, and what it is: values of `core.briefing`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.envelope import Event
from core.linkage_model import Linkage, Task
from core.losses import AreaLosses
from core.model import Incident

NAMES_MOST = 12
"""Names in one sentence; of more only the number is told."""


@dataclass(frozen=True, slots=True)
class Supply:
    """What stores gave for it, in `unit`: so much went out, so much of that came back or was used up."""

    name: str
    unit: str
    issued: float
    returned: float
    consumed: float


@dataclass(frozen=True, slots=True)
class Known:
    """A response as it stands at `at`. `events`: all of the incident, its assignments and the response,
    oldest first; `after`: the position up to which the report before tells (0 = there is none), sent at
    `since`."""

    incident: Incident
    linkage: Linkage
    tasks: Sequence[Task]
    events: Sequence[Event]
    losses: Sequence[AreaLosses]
    supplies: Sequence[Supply]
    at: datetime
    after: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence: `code` in the catalogue, `values` fill it. Times are datetimes, offices codes, seconds
    end in `_s`."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    items: tuple[Item, ...]
