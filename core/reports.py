"""初报, 续报, 终报 of a response: which is next, when it is due, whether it was missed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.envelope import Event
from core.errors_briefing import ReportOutOfTurn
from core.events_briefing import ReportFiled, ReportMissed, Stage
from core.linkage_model import Linkage

Limits = Mapping[tuple[int, str], float]
"""(level, stage) → seconds: after the activation, the report before, or the end."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as it was sent; `at` is when it was."""

    seq: int
    at: datetime
    by: str
    seat: str
    body: ReportFiled


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be reported next, and until when; None where the city sets no limit."""

    stage: Stage
    at: datetime | None


def filed_in(events: Iterable[Event]) -> list[Filed]:
    """The reports among the facts of a response, in their order."""
    return [
        Filed(one.seq, one.occurred_at, one.actor, one.seat, one.body)
        for one in events
        if isinstance(one.body, ReportFiled)
    ]


def next_due(of: Linkage, filed: Sequence[Filed], limits: Limits) -> Due | None:
    """None once the 终报 is sent."""
    if filed and filed[-1].body.stage == "final":
        return None
    stage, since = _next(of, filed)
    seconds = limits.get((of.level, stage))
    return Due(stage, None if seconds is None else since + timedelta(seconds=seconds))


def _next(of: Linkage, filed: Sequence[Filed]) -> tuple[Stage, datetime]:
    if of.ended_at:
        return "final", of.ended_at
    return ("follow", filed[-1].at) if filed else ("first", of.started_at)


def check(stage: Stage, due: Due | None) -> Due:
    """Raises ReportOutOfTurn unless this is the report that is next."""
    if due is None or due.stage != stage:
        raise ReportOutOfTurn(stage=stage, next=due.stage if due else "")
    return due


def missed(due: Due | None, at: datetime, events: Iterable[Event]) -> bool:
    """Whether this report is late and nobody was told of it yet."""
    if due is None or due.at is None or at < due.at:
        return False
    return not any(isinstance(one.body, ReportMissed) and one.body.due_at == due.at for one in events)
