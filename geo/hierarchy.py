"""Whether each grid hangs where its tier and its code say: faults of parents and of codes.

The lengths of codes are configuration (geo.codes); a city whose base grids have longer codes than ours
(CJ/T 349 has 20 digits) is judged by what most of its base grids have. Codes that are no divisions ("G-0001")
stand for themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from geo.codes import STANDARD, CodeScheme
from geo.coverage import Area, Fault, Kind, check_tier, fault_at
from geo.plane import Plane

Tiers = Mapping[int, Sequence[Area]]
_COUNTY = 0
_BASE = 3


def check_city(tiers: Tiers, scheme: CodeScheme = STANDARD) -> list[Fault]:
    """All faults of a city: tier by tier its ground, its parents, its codes."""
    faults: list[Fault] = []
    above: int | None = None
    for tier in sorted(tiers):
        parents = {area.code: area.geom for area in tiers[above]} if above is not None else None
        faults += check_tier(tiers[tier], parents, tier=tier)
        above = tier
    return [*faults, *_Hanging(tiers, scheme).faults()]


class _Hanging:
    def __init__(self, tiers: Tiers, scheme: CodeScheme) -> None:
        self._tiers, self._scheme = tiers, scheme
        self._tier_of = {area.code: tier for tier, areas in tiers.items() for area in areas}
        self._counties = {area.code for area in tiers.get(_COUNTY, ())}
        self._lengths = {tier: _length(tier, areas, scheme) for tier, areas in tiers.items()}

    def faults(self) -> list[Fault]:
        ordered = sorted(self._tiers)
        found = []
        for tier, above in zip(ordered, [None, *ordered], strict=False):
            for area in self._tiers[tier]:
                told = [*self._parent(area, above), *self._code(area, tier)]
                found += [_whole(kind, area, tier, detail) for kind, detail in told]
        return found

    def _parent(self, area: Area, above: int | None) -> Iterator[tuple[Kind, str]]:
        if above is None:
            return
        tier = self._tier_of.get(area.parent or "")
        if tier is None:
            yield "orphan", area.parent or ""
        elif tier != above:
            yield "tier_skip", area.parent or ""

    def _code(self, area: Area, tier: int) -> Iterator[tuple[Kind, str]]:
        if not _is_digits(area.code):
            return
        if len(area.code) != self._lengths[tier]:
            yield "code_length", str(self._lengths[tier])
        if area.parent and _is_digits(area.parent) and not area.code.startswith(area.parent):
            yield "code_prefix", area.parent
        county = area.code[: self._scheme.lengths[_COUNTY]]
        if self._counties and county not in self._counties:
            yield "county_unknown", county


def _length(tier: int, areas: Sequence[Area], scheme: CodeScheme) -> int:
    usual = scheme.lengths[tier]
    if tier != _BASE:
        return usual
    longer = Counter(len(area.code) for area in areas if _is_digits(area.code) and len(area.code) >= usual)
    return longer.most_common(1)[0][0] if longer else usual


def _is_digits(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _whole(kind: Kind, area: Area, tier: int, detail: str) -> Fault:
    size = float(Plane([area.geom]).metres([area.geom])[0].area)
    return fault_at(kind, (area.code,), area.geom, round(size, 2), tier, detail)
