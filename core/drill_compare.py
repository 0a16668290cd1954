"""对比: what the players took, beside earlier drills and beside real incidents of the kind. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isinf
from statistics import median

from core.drill_score import JUDGED, Measured
from core.drill_script import Measure, Report
from core.kpi import NEVER_OURS
from core.model import Incident

Taken = Mapping[str, Sequence[float | None]]
"""Code of an indicator → seconds that were taken, None = never done."""
Real = Mapping[tuple[str, Measure], Sequence[float | None]]
"""Class of incidents and measure → the same."""
MOMENTS: Mapping[Measure, str] = {
    "ack": "accepted_at", "dispatch": "dispatched_at", "arrival": "arrived_at", "close": "closed_at",
}  # fmt: skip
"""What of a real incident is timed from its report on."""


@dataclass(frozen=True, slots=True)
class Typical:
    """Of `n` values the median in seconds; None where half of them and more were never done."""

    n: int
    median: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """An indicator of this drill (`seconds` None = not done) beside the same one of earlier drills, and
    beside the same step of real incidents."""

    measured: Measured
    seconds: float | None
    earlier: Typical | None
    real: Typical | None


def typical(values: Iterable[float | None]) -> Typical | None:
    """None where there are none. What was never done took longer than anything."""
    held = [inf if one is None else one for one in values]
    if not held:
        return None
    middle = median(held)
    return Typical(len(held), None if isinf(middle) else middle)


def compare(of: Iterable[Measured], earlier: Taken, real: Real) -> tuple[Compared, ...]:
    """The indicators that were judged."""
    return tuple(
        Compared(one, _seconds(one), typical(earlier.get(one.indicator.code, ())), _real(one, real))
        for one in of
        if one.state in JUDGED
    )


def _real(one: Measured, real: Real) -> Typical | None:
    act = one.inject.act
    return typical(real.get((act.class_code, one.indicator.measure), ())) if isinstance(act, Report) else None


def taken(of: Iterable[Measured]) -> dict[str, float | None]:
    """What a drill is compared by later: seconds by the code of the indicator, None = not done."""
    return {one.indicator.code: _seconds(one) for one in of if one.state in JUDGED}


def _seconds(one: Measured) -> float | None:
    return one.seconds if one.at is not None else None


def taken_of(incidents: Iterable[Incident]) -> dict[tuple[str, Measure], list[float | None]]:
    """The same of real incidents, by their class; a step that one never had, or had before it was reported,
    is left out."""
    found: dict[tuple[str, Measure], list[float | None]] = defaultdict(list)
    for incident in incidents:
        if incident.status in NEVER_OURS:
            continue
        for measure, moment in MOMENTS.items():
            at = getattr(incident, moment)
            if at is not None and at >= incident.reported_at:
                took = (at - incident.reported_at).total_seconds()
                found[incident.class_code, measure].append(took)
    return dict(found)
