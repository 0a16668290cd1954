"""Figures the board keeps by area, so that a panel costs nothing to read.

An area's code is hierarchical, so each entity counts in every prefix of its code; an incident counts besides
for each office that it concerns (core.offices). "Today" is what the log says after the last DayStarted.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.model import DONE, OPEN, WAITING, Incident, Unit
from core.offices import keys, prefixes
from core.permissions import Scope


def percentile_disc(ordered: list[float], fraction: float) -> float | None:
    """The smallest value with at least `fraction` of values at or below it (SQL percentile_disc)."""
    return ordered[math.ceil(fraction * len(ordered)) - 1] if ordered else None


@dataclass(slots=True)
class Tally:
    """The figures of one area. Durations in seconds, kept in order."""

    open: int = 0
    waiting: int = 0
    closed_today: int = 0
    report_dispatch: list[float] = field(default_factory=list)
    dispatch_arrive: list[float] = field(default_factory=list)
    units: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def on_scene(self) -> int:
        return sum(n for (_, status), n in self.units.items() if status == "on_scene")

    def kpi(self, on_scene: int | None = None) -> dict[str, float | int | None]:
        """The KPI strip: counts, and the 90th percentiles of today."""
        return {
            "open": self.open,
            "waiting": self.waiting,
            "on_scene": self.on_scene() if on_scene is None else on_scene,
            "closed_today": self.closed_today,
            "report_dispatch_p90_s": percentile_disc(self.report_dispatch, 0.9),
            "dispatch_arrive_p90_s": percentile_disc(self.dispatch_arrive, 0.9),
        }

    def without(self, part: Tally) -> Tally:
        """The figures of incidents without those of a part of them."""
        rest = Tally(self.open - part.open, self.waiting - part.waiting)
        rest.closed_today = self.closed_today - part.closed_today
        rest.report_dispatch = _without(self.report_dispatch, part.report_dispatch)
        rest.dispatch_arrive = _without(self.dispatch_arrive, part.dispatch_arrive)
        return rest

    def units_by_kind(self) -> dict[str, dict[str, int]]:
        """{kind: {status: n}}, kinds in alphabetical order, no zeros."""
        out: dict[str, dict[str, int]] = {}
        for (kind, status), n in sorted(self.units.items()):
            if n:
                out.setdefault(kind, {})[status] = n
        return out


def _shift(values: list[float], value: float, sign: int) -> None:
    if sign > 0:
        insort(values, value)
    elif (at := bisect_left(values, value)) < len(values) and values[at] == value:
        del values[at]


def _without(values: list[float], part: list[float]) -> list[float]:
    rest = list(values)
    for value in part:
        _shift(rest, value, -1)
    return rest


class Counters:
    """Tallies of every area prefix that ever counted something."""

    def __init__(self) -> None:
        self.day_seq = 0
        self._tallies: dict[str, Tally] = {}
        self._sensitive: dict[str, Tally] = {}
        """What of them is of sensitive incidents."""

    def of(self, key: str) -> Tally:
        """The tally of an area, or of a department's scope key."""
        return self._tallies.get(key) or Tally()

    def figures(self, scope: Scope) -> dict[str, Any]:
        """The panels of a scope: incidents that it sees, units of its area. A hidden wall has none."""
        if scope.veiled:
            return {}
        units, seen = self.of(scope.area), self.of(scope.key)
        if scope.visitors and (hidden := self._sensitive.get(scope.key)):
            seen = seen.without(hidden)
        return {"kpi": seen.kpi(units.on_scene()), "units": units.units_by_kind()}

    def restart(self, day_seq: int, incidents: Iterable[Incident], units: Iterable[Unit]) -> None:
        """Count everything anew, with "today" beginning after `day_seq`."""
        self.day_seq = day_seq
        self._tallies, self._sensitive = {}, {}
        for incident in incidents:
            self.count_incident(incident, 1)
        for unit in units:
            self.count_unit(unit, 1)

    def count_incident(self, incident: Incident, sign: int) -> None:
        for key in {*prefixes(incident.area), *keys(incident.offices)}:
            self._count_incident(self._tallies.setdefault(key, Tally()), incident, sign)
            if incident.sensitive:
                self._count_incident(self._sensitive.setdefault(key, Tally()), incident, sign)

    def _count_incident(self, tally: Tally, incident: Incident, sign: int) -> None:
        tally.open += sign * (incident.status in OPEN)
        tally.waiting += sign * (incident.status in WAITING)
        tally.closed_today += sign * (incident.status in DONE and incident.closed_seq > self.day_seq)
        if incident.dispatched_at and incident.dispatched_seq > self.day_seq:
            waited = (incident.dispatched_at - incident.reported_at).total_seconds()
            _shift(tally.report_dispatch, waited, sign)
        for arrival in incident.arrivals:
            if arrival.seq > self.day_seq:
                _shift(tally.dispatch_arrive, arrival.seconds, sign)

    def count_unit(self, unit: Unit, sign: int) -> None:
        for prefix in prefixes(unit.area):
            self._tallies.setdefault(prefix, Tally()).units[unit.kind, unit.status] += sign


class Uncounted(Counters):
    """Of a board that is on its way to another position: nobody reads its figures."""

    def restart(self, day_seq: int, incidents: Iterable[Incident], units: Iterable[Unit]) -> None:
        pass

    def count_incident(self, incident: Incident, sign: int) -> None:
        pass

    def count_unit(self, unit: Unit, sign: int) -> None:
        pass
