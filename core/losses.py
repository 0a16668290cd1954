"""灾情: what each area has lost, added up by district. Counts of people and houses, never who. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.envelope import Event
from core.errors import InvalidInput
from core.errors_briefing import LossesReduced
from core.events_briefing import LossesReported
from core.offices import is_division

Figures = Mapping[str, float]
_DISTRICT = 6
"""Length of a district's division code."""


@dataclass(frozen=True, slots=True)
class Field:
    """灾情指标; `whole`: counted, not measured."""

    code: str
    name: str
    name_en: str
    unit: str
    unit_en: str
    whole: bool


@dataclass(frozen=True, slots=True)
class AreaLosses:
    """What an area has lost by its newest report; `corrected`: how often a figure became smaller."""

    area: str
    name: str
    figures: Figures
    at: datetime
    by: str
    office: str
    remark: str
    reports: int
    corrected: int

    @property
    def district(self) -> str:
        """The code of its district; its own where that is no division's."""
        return self.area[:_DISTRICT] if is_division(self.area) else self.area


def fold(events: Iterable[Event]) -> list[AreaLosses]:
    """The newest figures of each area, by its code."""
    found: dict[str, AreaLosses] = {}
    for event in events:
        body = event.body
        if not isinstance(body, LossesReported):
            continue
        before = found.get(body.of_area)
        smaller = bool(reduced(body.former, body.figures))
        found[body.of_area] = AreaLosses(
            body.of_area, body.name, body.figures, event.occurred_at, event.actor, body.office, body.remark,
            (before.reports if before else 0) + 1, (before.corrected if before else 0) + smaller,
        )  # fmt: skip
    return [found[area] for area in sorted(found)]


def total(areas: Iterable[AreaLosses]) -> dict[str, float]:
    """All of them together; a figure that nobody told is not there."""
    summed: dict[str, float] = {}
    for one in areas:
        for code, value in one.figures.items():
            summed[code] = round(summed.get(code, 0.0) + value, 6)
    return summed


def by_district(areas: Sequence[AreaLosses]) -> dict[str, dict[str, float]]:
    """District → its figures."""
    codes = dict.fromkeys(one.district for one in areas)
    return {code: total(one for one in areas if one.district == code) for code in codes}


def reduced(former: Figures, figures: Figures) -> list[str]:
    """Codes of figures that became smaller, or are told no more."""
    return [code for code, value in former.items() if figures.get(code, 0.0) < value]


def checked(fields: Sequence[Field], figures: Figures, former: Figures, remark: str) -> dict[str, float]:
    """The figures as they are kept. Raises InvalidInput naming the one that cannot be, LossesReduced."""
    known = {one.code: one for one in fields}
    for code, value in figures.items():
        if code not in known:
            raise InvalidInput(pointer=f"/figures/{code}", detail=", ".join(known))
        if known[code].whole and value != int(value):
            raise InvalidInput(pointer=f"/figures/{code}", detail=f"{value:g}")
    smaller = reduced(former, figures)
    if smaller and not remark:
        raise LossesReduced(fields=[known[code].name if code in known else code for code in smaller])
    return dict(figures)
