"""When a sensor's value calls for somebody: a threshold, held for a while, told once. Pure.

A value that crosses its limit begins to count; after `hold_s` beyond it the sensor alarms, once. It is quiet
again when it has stayed on the good side of `clear` for `hold_s`: so a value that trembles around the limit,
or a short dip, tells nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """What a category of sensors (or one sensor) measures, and when it calls. `limit` None: it never does.

    `above`: bad is a value at or over the limit, else at or under it. `clear` lies on the good side.
    """

    category: str
    sensor: str
    quantity: str
    unit: str
    above: bool
    limit: float | None
    clear: float | None
    hold_s: float
    stale_s: float
    class_code: str
    severity: int
    source: str

    def bad(self, value: float) -> bool:
        return self.limit is not None and (value >= self.limit if self.above else value <= self.limit)

    def good(self, value: float) -> bool:
        edge = self.limit if self.clear is None else self.clear
        return edge is None or (value < edge if self.above else value > edge)


@dataclass(frozen=True, slots=True)
class State:
    """A sensor's last word. `over_since`: beyond its limit since then; `good_since`: on the good side since
    then, while the alarm of `alarmed_at` still stands."""

    sensor: str
    at: datetime
    value: float
    over_since: datetime | None = None
    good_since: datetime | None = None
    alarmed_at: datetime | None = None
    incident: str | None = None
    stored_at: datetime | None = None

    @property
    def alarming(self) -> bool:
        return self.alarmed_at is not None


@dataclass(frozen=True, slots=True)
class Reading:
    sensor: str
    value: float
    at: datetime


def take(state: State | None, reading: Reading, rule: Rule | None) -> State:
    """The state after a reading. It alarms now when `alarmed_at` is the reading's time. Older readings than
    the held one change nothing."""
    if state is None:
        state = State(reading.sensor, reading.at, reading.value)
    elif reading.at <= state.at:
        return state
    now = replace(state, at=reading.at, value=reading.value)
    if rule is None or rule.limit is None:
        return replace(now, over_since=None, good_since=None, alarmed_at=None, incident=None)
    return _calming(now, rule) if now.alarming else _rising(now, rule)


def _rising(state: State, rule: Rule) -> State:
    if rule.bad(state.value):
        state = replace(state, over_since=state.over_since or state.at)
    elif rule.good(state.value):
        return replace(state, over_since=None)
    since = state.over_since
    if since is None or not rule.bad(state.value) or (state.at - since).total_seconds() < rule.hold_s:
        return state
    return replace(state, alarmed_at=state.at)


def _calming(state: State, rule: Rule) -> State:
    if not rule.good(state.value):
        return replace(state, good_since=None)
    since = state.good_since or state.at
    if (state.at - since).total_seconds() < rule.hold_s:
        return replace(state, good_since=since)
    return replace(state, over_since=None, good_since=None, alarmed_at=None, incident=None)


def is_stale(at: datetime | None, rule: Rule | None, now: datetime) -> bool:
    """Whether a sensor has been silent for longer than it may; one that was never heard is."""
    if at is None:
        return True
    return rule is not None and (now - at).total_seconds() > rule.stale_s
