"""The steps of the responses on one time line, each at the instant at which it can be done.

A step is done at its stated time, but never before the step it builds on: nothing before the report, an
arrival not before the dispatch, a release not before the arrival. Within a second releases go first, unless
the release is of that second's own dispatch or arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from demo.replay.rows import Moment, Response

_ORDER = ("released", "received", "accepted", "dispatched", "enroute", "arrived", "note")
_PHASES = {step: phase for phase, step in enumerate(_ORDER)}
_LATE_RELEASE = len(_ORDER)


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of a response, done at `at`; `phase` orders steps of the same second."""

    at: datetime
    phase: int
    response: Response
    moment: Moment

    def order(self) -> tuple[datetime, int, str, int]:
        return self.at, self.phase, self.response.incident, self.response.row


def time_line(responses: Iterable[Response]) -> list[Step]:
    """Every step of every response; the report and the acceptance once an incident, as its first row says."""
    first: dict[str, Response] = {}
    steps: list[Step] = []
    for response in sorted(responses, key=lambda r: (r.moments[0].at, r.row)):
        opener = first.setdefault(response.incident, response)
        steps += _own(response, _reported(opener), opens=opener is response)
    return sorted(steps, key=Step.order)


def _reported(response: Response) -> datetime:
    found = response.at("received")
    assert found is not None  # noqa: S101  rows without it are refused
    return found


def _own(response: Response, earliest: datetime, *, opens: bool) -> Iterator[Step]:
    reached = earliest
    for moment in response.moments:
        if moment.step in ("received", "accepted"):
            if opens:
                yield Step(max(moment.at, earliest), _PHASES[moment.step], response, moment)
        elif moment.step == "note":
            yield Step(max(moment.at, earliest), _PHASES["note"], response, moment)
        else:
            at = max(moment.at, reached)
            yield Step(at, _phase(moment.step, tied=at == reached), response, moment)
            reached = at


def _phase(step: str, *, tied: bool) -> int:
    """A release in the second of its own dispatch or arrival comes after them."""
    return _LATE_RELEASE if step == "released" and tied else _PHASES[step]
