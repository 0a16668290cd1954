"""The clock that a fact starts, and the clock that runs since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

TimeUnit = Literal["second", "minute", "hour", "day", "work_hour", "work_day"]
"""In what limits and extensions are given; the last two are working time."""


class Due(BaseModel):
    """A clock that a fact starts: which step is due, when, and how long it has in all.

    `near_at` is when 80 % is gone (None: of `total_s`), `working` whether it counts working time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    step: str
    due_at: datetime
    total_s: float
    near_at: datetime | None = None
    working: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """A running clock: step names what is due; state is running, near (80 %), over or paused.

    `near_at` is when 80 % is gone, None where that follows from `total_s`; `working`: it counts working time.
    A paused clock stands since `paused_at`.
    """

    step: str
    due_at: datetime
    total_s: float
    state: str = "running"
    near_at: datetime | None = None
    working: bool = False
    paused_at: datetime | None = None
