"""What reports may be narrowed to: areas, departments and classes that the asker can look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.queries import check_read
from actions.services import Services
from core.classes import IncidentClass
from core.duties import Department
from core.permissions import Principal, Scope, visible
from db.reach import AreaRow


@dataclass(frozen=True, slots=True)
class Area:
    """`name`: with those above it, widest first."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Choices:
    areas: Sequence[Area]
    departments: Sequence[Department]
    classes: Sequence[IncidentClass]


def read_choices(services: Services, principal: Principal) -> Choices:
    """Areas above the base grids, in the order of their codes. Raises Forbidden."""
    check_read(principal, "live")
    reference = services.reference
    rows = reference.areas().by_code
    finest = max((row.tier for row in rows.values()), default=0)
    scope = Scope.of(principal)
    seen = [row for row in rows.values() if row.tier < finest and visible(scope, row.code)]
    areas = [Area(row.code, " ".join(one.name for one in _way(rows, row))) for row in seen]
    return Choices(
        sorted(areas, key=lambda one: one.code), list(reference.departments().values()),
        list(reference.classes().values()),
    )  # fmt: skip


def _way(rows: dict[str, AreaRow], row: AreaRow) -> list[AreaRow]:
    found = [row]
    while (above := rows.get(found[0].parent or "")) and above not in found:
        found.insert(0, above)
    return found


def way_to(services: Services, principal: Principal, area: str, whole: str) -> list[tuple[str, str]]:
    """Code and name of what contains an area, from all that the asker sees down to itself."""
    rows = services.reference.areas().by_code
    own = rows.get(principal.area)
    top = [("", own.name if own else whole)]
    if area not in rows:
        return top
    inside = [one for one in _way(rows, rows[area]) if len(one.code) > len(principal.area)]
    return top + [(one.code, one.name) for one in inside if visible(Scope(principal.area), one.code)]
