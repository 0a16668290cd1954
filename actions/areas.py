"""The areas of the city in memory: who lives in each base grid, and what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.permissions import Scope, prefixes, visible
from db.reach import COMMUNITY, AreaRow
from geo.fleet_cover import Places

Floats = NDArray[np.float64]


class Areas:
    """Every area by code. Immutable, so that results may be kept as long as it is the same one."""

    def __init__(self, rows: Sequence[AreaRow]) -> None:
        self.by_code = {row.code: row for row in rows}
        self.finest = max((row.tier for row in rows), default=0)
        self.base = [row for row in rows if row.tier == self.finest]
        self._owners: dict[int, NDArray[Any]] = {}

    @cached_property
    def spots(self) -> Floats:
        """lon, lat inside each base grid, in the order of `base`."""
        return np.array([row.spot for row in self.base], dtype=float).reshape(-1, 2)

    @cached_property
    def shapes(self) -> NDArray[Any]:
        """The polygons of the base grids."""
        return np.array([row.geom for row in self.base], dtype=object)

    @cached_property
    def people(self) -> Floats:
        """Who lives in each base grid."""
        return np.array([row.population for row in self.base], dtype=float)

    @property
    def peopled(self) -> bool:
        """Whether the grids tell who lives in them; if not, each counts as one."""
        return bool(self.people.any())

    @property
    def weights(self) -> Floats:
        return self.people if self.peopled else np.ones(len(self.base))

    @cached_property
    def places(self) -> Places:
        """Where people live, for what stays covered."""
        return Places(self.spots, self.weights)

    @cached_property
    def codes(self) -> frozenset[str]:
        """Of every area, and of all that contain one."""
        return frozenset(wide for code in self.by_code for wide in prefixes(code))

    def is_known(self, code: str) -> bool:
        """Whether an area of the city has this code, or lies within it."""
        return code in self.codes

    def tier(self, tier: int) -> list[AreaRow]:
        return [row for row in self.by_code.values() if row.tier == tier]

    @property
    def communities(self) -> list[AreaRow]:
        return self.tier(COMMUNITY)

    def above(self, code: str, tier: int) -> AreaRow | None:
        """The area of this tier that an area or a place with this code belongs to: by the parents told, and
        for codes that are no area's own by the prefixes of the code."""
        known = next((c for c in reversed(prefixes(code)) if c in self.by_code), None)
        row = self.by_code.get(known) if known else None
        for _ in range(4):
            if row is None or row.tier <= tier:
                break
            row = self.by_code.get(row.parent or "")
        return row if row is not None and row.tier == tier else None

    def belongs(self, code: str, tier: int) -> NDArray[np.bool_]:
        """Which base grids belong to an area of this tier."""
        owners = self._owners.get(tier)
        if owners is None:
            above = (self.above(row.code, tier) for row in self.base)
            owners = self._owners[tier] = np.array([row.code if row else "" for row in above], dtype=object)
        mine: NDArray[np.bool_] = owners == code
        return mine

    def seen(self, scope: Scope, area: str = "") -> NDArray[np.bool_]:
        """Which base grids lie in the scope and in an area."""
        both = (row.code for row in self.base)
        return np.array([visible(scope, code) and visible(Scope(area), code) for code in both], dtype=bool)
