"""值班表: who is on duty for an office; the deputy when that one is away, or the next level up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.offices import Office, parse


@dataclass(frozen=True, slots=True)
class Shift:
    """A post of an office, held by `person` from `starts_at` until before `ends_at`; `away`: `deputy` ("" =
    none) stands in."""

    office: str
    post: str
    starts_at: datetime
    ends_at: datetime
    person: str
    deputy: str = ""
    away: bool = False

    @property
    def held_by(self) -> str:
        """Who is to be called; "" when both are missing."""
        return self.deputy if self.away else self.person

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who answers for an office now. `via` is the office whose shift it is: another than was asked for when
    that one has nobody. `shifts` is empty when nobody up to the city's desk is on the roster."""

    via: str
    shifts: tuple[Shift, ...]

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(shift.held_by for shift in self.shifts))


def on_duty(shifts: Iterable[Shift], office: str, at: datetime) -> OnDuty:
    """Those on duty for an office; gaps are filled by the office's next level up (core.offices)."""
    running = [shift for shift in shifts if shift.covers(at) and shift.held_by]
    asked: Office | None = parse(office)
    while asked is not None:
        found = tuple(shift for shift in running if shift.office == str(asked))
        if found:
            return OnDuty(str(asked), found)
        asked = asked.above()
    return OnDuty(office, ())


def gaps(shifts: Sequence[Shift], since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The times between `since` and `until` in which none of these shifts (of one office) runs."""
    found: list[tuple[datetime, datetime]] = []
    free_from = since
    for shift in sorted(shifts, key=lambda one: one.starts_at):
        if shift.starts_at > free_from:
            found.append((free_from, min(shift.starts_at, until)))
        free_from = max(free_from, shift.ends_at)
        if free_from >= until:
            return [gap for gap in found if gap[0] < gap[1]]
    return [gap for gap in [*found, (free_from, until)] if gap[0] < gap[1]]


def overlap(shifts: Iterable[Shift]) -> tuple[Shift, Shift] | None:
    """Two shifts that ask for the same person, office and post at one time."""
    last: dict[tuple[str, str, str], Shift] = {}
    for shift in sorted(shifts, key=lambda one: one.starts_at):
        key = (shift.office, shift.post, shift.person)
        before = last.get(key)
        if before and shift.starts_at < before.ends_at:
            return before, shift
        last[key] = shift
    return None
