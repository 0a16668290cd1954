"""储备定额: what each area shall hold, what it lacks, and who is nearest that has more than it needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.permissions import prefixes
from core.stock import exact


@dataclass(frozen=True, slots=True)
class Norm:
    """储备定额: how much of the items whose codes begin with `prefix` an area shall hold, in `unit`.

    `basis` is `per_10k` (for every 10,000 residents) or `absolute` (per area).
    """

    prefix: str
    name: str
    name_en: str
    basis: str
    quantity: float
    unit: str
    source: str

    def required(self, residents: int) -> float:
        """Whole units by residents: there is no third of a tent."""
        if self.basis == "per_10k":
            return float(math.ceil(exact(self.quantity * residents / 10_000)))
        return self.quantity


@dataclass(frozen=True, slots=True)
class NormedArea:
    """An area that shall meet the norms."""

    code: str
    name: str
    residents: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What one store has, free and in date, of one norm's items."""

    prefix: str
    store: str
    store_name: str
    area: str
    quantity: float


@dataclass(frozen=True, slots=True)
class Surplus:
    """A store that could help: in an area that has more than its norm."""

    store: str
    name: str
    quantity: float
    metres: float


@dataclass(frozen=True, slots=True)
class Shortage:
    """What an area lacks of one norm, and who is nearest that has more than it needs."""

    area: NormedArea
    norm: Norm
    required: float
    held: float
    nearest: Surplus | None

    @property
    def missing(self) -> float:
        return exact(self.required - self.held)


def shortages(
    norms: Iterable[Norm],
    areas: Sequence[NormedArea],
    holdings: Iterable[Holding],
    metres: Callable[[str, str], float],
) -> list[Shortage]:
    """Every norm that an area does not meet, the worst share first. `metres(area, store)` is how far."""
    of_norm: dict[str, list[Holding]] = {}
    for holding in holdings:
        of_norm.setdefault(holding.prefix, []).append(holding)
    found = [s for norm in norms for s in _lacking(norm, areas, of_norm.get(norm.prefix, []), metres)]
    return sorted(found, key=lambda s: (s.held / s.required, s.area.code, s.norm.prefix))


def _lacking(
    norm: Norm, areas: Sequence[NormedArea], holdings: list[Holding], metres: Callable[[str, str], float]
) -> list[Shortage]:
    mine = {area.code: [h for h in holdings if area.code in prefixes(h.area)] for area in areas}
    spare = {area.code: _total(mine[area.code]) - norm.required(area.residents) for area in areas}
    lacking = [area for area in areas if spare[area.code] < 0]
    return [
        Shortage(
            area, norm, norm.required(area.residents), _total(mine[area.code]),
            _nearest(area, areas, spare, holdings, metres),
        )
        for area in lacking
    ]  # fmt: skip


def _total(holdings: list[Holding]) -> float:
    return exact(sum(holding.quantity for holding in holdings))


def _nearest(
    area: NormedArea, areas: Sequence[NormedArea], spare: dict[str, float], holdings: list[Holding],
    metres: Callable[[str, str], float],
) -> Surplus | None:  # fmt: skip
    """The nearest store outside that can spare some; one that lies in no area (the city's own) owes none."""
    able: list[Surplus] = []
    for holding in holdings:
        owner = next((a.code for a in areas if a.code in prefixes(holding.area)), None)
        can = holding.quantity if owner is None else min(holding.quantity, spare[owner])
        if owner != area.code and can > 0:
            far = metres(area.code, holding.store)
            able.append(Surplus(holding.store, holding.store_name, exact(can), far))
    return min(able, key=lambda surplus: surplus.metres, default=None)
