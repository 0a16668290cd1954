"""Questions about the grids: versions, faults, staff, load, and incidents by the grids of any day.

Everything is told within the asker's area. Population and households are counts of a grid, hidden under 5
(domain.md §7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import numpy as np
import shapely
from sqlalchemy import Connection, func, select

from actions.access import deny_read
from actions.queries import check_read
from actions.services import Services
from core.errors import NotFound
from core.masking import HIDDEN_BELOW, without_few
from core.permissions import Principal, Scope, visible
from core.staffing import StaffRule, State, balance, spread, staffed
from db import grids as db
from db import sites, special
from db.grids import FaultRow, GridRow, Lineage, Stage, Version
from db.places import describe_point, lies_in
from db.tables import incident
from db.tables_places import place
from geo.locating import locate

Boundaries = Literal["as_happened"] | datetime
LISTED = 2000


@dataclass(frozen=True, slots=True)
class Faults:
    """Counts by kind, of all; the LISTED largest."""

    counts: dict[str, int]
    listed: list[FaultRow]


def faults(services: Services, principal: Principal, limit: int = LISTED) -> Faults:
    """What the coverage check found in the asker's area. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        counts = db.count_faults(conn, principal.area)
        return Faults(counts, db.read_faults(conn, principal.area, limit))


def versions(services: Services, principal: Principal, limit: int = 200) -> list[Version]:
    """Newest first, those that are to come among them. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        return db.versions(conn, limit)


@dataclass(frozen=True, slots=True)
class History:
    """The life of one grid, oldest first, and its kin."""

    code: str
    stages: list[Stage]
    lineage: list[Lineage]


def history(services: Services, principal: Principal, code: str) -> History:
    """Raises NotFound, also outside the asker's area, and then it is logged."""
    check_read(principal, "live")
    if not visible(Scope.of(principal), code):
        deny_read(services, principal, f"grid {code}", area=code, realm="live")
        raise NotFound(kind="grid", id=code)
    with services.engine.connect() as conn:
        db_stages = db.stages(conn, code)
        if not db_stages and code in (current := db.current(conn)):
            db_stages = [_only(current[code])]
        if not db_stages:
            raise NotFound(kind="grid", id=code)
        told = [replace(stage, props=without_few(stage.props)) for stage in db_stages]
        return History(code, told, _seen(db.lineage(conn, code), Scope.of(principal)))


def _seen(lines: list[Lineage], scope: Scope) -> list[Lineage]:
    """Those of grids in the asker's area alone."""
    return [line for line in lines if visible(scope, line.successor) and visible(scope, line.predecessor)]


def _only(grid: GridRow) -> Stage:
    """A grid of a city in which no version was kept yet."""
    shape = shapely.to_geojson(grid.geom)
    return Stage(0, db.BEGINNING, None, grid.name, grid.tier, grid.parent, False, 0.0, grid.props, shape)


def shapes(services: Services, principal: Principal, codes: Sequence[str]) -> dict[str, GridRow]:
    """Grids of now in the asker's area, by code. Raises Forbidden."""
    check_read(principal, "live")
    scope = Scope.of(principal)
    with services.engine.connect() as conn:
        found = db.some(conn, codes)
    return {code: grid for code, grid in found.items() if visible(scope, code)}


def grid_at(services: Services, principal: Principal, lon: float, lat: float) -> str | None:
    """The base grid of a point in the asker's area. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        code = describe_point(conn, lon, lat).grid
    return code if code and visible(Scope.of(principal), code) else None


# --- staff and load --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Staff:
    """A base grid and its people; `state` by core.staffing."""

    code: str
    name: str
    community: str
    town: str
    managers: int | None
    assistants: int | None
    state: State


@dataclass(frozen=True, slots=True)
class StaffedArea:
    """A community or town: its base grids by state."""

    code: str
    name: str
    tier: int
    grids: int
    right: int
    short: int
    over: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """All base grids that are not right, and the figures of every community and town."""

    counts: dict[str, int]
    wrong: list[Staff]
    areas: list[StaffedArea]
    rule: StaffRule


def staffing(services: Services, principal: Principal) -> Staffing:
    """Raises Forbidden."""
    city = _City.read(services, principal)
    rule = _rule(services)
    told = [city.staff(grid, rule) for grid in city.base]
    per_area: dict[str, Counter[str]] = {}
    for one, grid in zip(told, city.base, strict=True):
        for above in city.above(grid):
            per_area.setdefault(above.code, Counter())[one.state] += 1
    areas = [city.staffed(code, counts) for code, counts in sorted(per_area.items())]
    wrong = [one for one in told if one.state != "right"]
    return Staffing(dict(Counter(one.state for one in told)), wrong, areas, rule)


def _rule(services: Services) -> StaffRule:
    """What the city wants on each base grid."""
    with services.engine.connect() as conn:
        norms = sites.norms(conn)
    return StaffRule(*(int(norms[name]) for name in ("staff_managers", "staff_least", "staff_most")))


@dataclass(frozen=True, slots=True)
class GridLoad:
    """What lies on a base grid in a period; `ratio` = times the mean, None where there is nothing at all.
    Households under 5 are None, as is `per_1000` (incidents per 1,000 households) then."""

    code: str
    name: str
    community: str
    town: str
    incidents: int
    households: int | None
    per_1000: float | None
    ratio: float | None
    homes_ratio: float | None


@dataclass(frozen=True, slots=True)
class Balance:
    """The heaviest first; spreads are Gini coefficients (0 = even) of incidents and of households. `tier`: of
    the base grids."""

    tier: int
    since: datetime
    until: datetime
    incident_spread: float | None
    household_spread: float | None
    loads: list[GridLoad]
    band: tuple[int, int]
    """Least and most households that a base grid should have."""

    @property
    def out_of_band(self) -> int:
        """How many base grids have fewer or more; of few households nothing is told."""
        low, high = self.band
        return sum(not low <= load.households <= high for load in self.loads if load.households is not None)


def load_balance(
    services: Services, principal: Principal, since: datetime, until: datetime, realm: str = "live"
) -> Balance:
    """Incidents and households on each base grid of now. Raises Forbidden, RealmUnknown."""
    city = _City.read(services, principal)
    counted = count_incidents(services, principal, since, until, boundaries=until, realm=realm)
    incidents = {grid.code: float(counted.get(grid.code, 0)) for grid in city.base}
    homes = {grid.code: float(grid.props.get("households") or 0) for grid in city.base}
    homes_ratio = {load.code: load.ratio for load in balance(homes)}
    by_code = {grid.code: grid for grid in city.base}
    loads = [
        city.load(by_code[one.code], one.ratio, int(one.value), homes_ratio) for one in balance(incidents)
    ]
    gini = spread(list(incidents.values())), spread(list(homes.values()))
    with services.engine.connect() as conn:
        norms = sites.norms(conn)
    band = int(norms["households_least"]), int(norms["households_most"])
    return Balance(city.base[0].tier if city.base else 0, since, until, *gini, loads, band)


@dataclass(frozen=True)
class _City:
    """The grids in the asker's area, and the names above them."""

    base: list[GridRow]
    every: dict[str, GridRow]

    @classmethod
    def read(cls, services: Services, principal: Principal) -> _City:
        check_read(principal, "live")
        with services.engine.connect() as conn:
            every = db.current(conn)
        finest = max((grid.tier for grid in every.values()), default=0)
        scope = Scope.of(principal)
        return cls([g for g in every.values() if g.tier == finest and visible(scope, g.code)], every)

    def above(self, grid: GridRow) -> list[GridRow]:
        """Its community and its town."""
        found: list[GridRow] = []
        code = grid.parent
        while code in self.every and len(found) < 2:
            found.append(self.every[code])
            code = self.every[code].parent
        return found

    def names(self, grid: GridRow) -> tuple[str, str]:
        named = [above.name for above in self.above(grid)]
        community, town = (*named, "", "")[:2]
        return community, town

    def staff(self, grid: GridRow, rule: StaffRule) -> Staff:
        managers, assistants = grid.props.get("managers"), grid.props.get("assistants")
        state = staffed(managers, assistants, rule)
        return Staff(grid.code, grid.name, *self.names(grid), managers, assistants, state)

    def staffed(self, code: str, counts: Counter[str]) -> StaffedArea:
        area = self.every[code]
        states = (counts[state] for state in ("right", "short", "over", "unknown"))
        return StaffedArea(code, area.name, area.tier, counts.total(), *states)

    def load(
        self, grid: GridRow, ratio: float | None, incidents: int, homes_ratio: dict[str, float | None]
    ) -> GridLoad:
        households = grid.props.get("households")
        told = None if households is None or households < HIDDEN_BELOW else int(households)
        rate = round(incidents / told * 1000, 1) if told else None
        share = homes_ratio[grid.code] if told else None
        return GridLoad(grid.code, grid.name, *self.names(grid), incidents, told, rate, ratio, share)


# --- incidents by grid -----------------------------------------------------------------------------------


def count_incidents(
    services: Services, principal: Principal, since: datetime, until: datetime,
    boundaries: Boundaries = "as_happened", tier: int | None = None, realm: str = "live",
) -> dict[str, int]:  # fmt: skip
    """Incidents reported in a period by grid: as they happened, or by the boundaries of a day.

    `tier` sums them up by the grids above (None = base grids). "" counts what lies in no grid. Raises
    Forbidden, RealmUnknown.
    """
    check_read(principal, realm)
    with services.engine.connect() as conn:
        services.reference.clock(realm)
        rows = _reported(conn, principal, realm, since, until)
        if boundaries == "as_happened":
            codes = [row.grid for row in rows]
            parents = {code: known[:2] for code, known in db.ancestors(conn).items()}
        else:
            held = db.as_of(conn, boundaries)
            codes = _located(rows, held)
            parents = {code: (grid.parent, grid.tier) for code, grid in held.items()}
    if tier is not None:
        codes = [_up(code, tier, parents) for code in codes]
    return dict(Counter(codes))


def _reported(
    conn: Connection, principal: Principal, realm: str, since: datetime, until: datetime
) -> list[Any]:
    at = incident.c.geom
    query = select(incident.c.grid, at.ST_X().label("lon"), at.ST_Y().label("lat")).where(
        incident.c.realm == realm,
        incident.c.reported_at >= since,
        incident.c.reported_at < until,
        lies_in(incident.c.area, principal.area),
    )
    return list(conn.execute(query))


def _located(rows: Iterable[Any], held: dict[str, GridRow]) -> list[str]:
    finest = max((grid.tier for grid in held.values()), default=0)
    base = [grid for grid in held.values() if grid.tier == finest]
    lonlat = np.array([(row.lon, row.lat) for row in rows], dtype=np.float64).reshape(-1, 2)
    found = locate(lonlat, [grid.geom for grid in base])
    return [base[index].code if index >= 0 else "" for index in found]


def _up(code: str, tier: int, parents: dict[str, tuple[str | None, int]]) -> str:
    """The grid of a tier over a base grid; "" where there is none."""
    seen: str | None = code
    while seen in parents:
        parent, own = parents[seen]
        if own <= tier:
            return seen if own == tier else ""
        seen = parent
    return ""


# --- special grids ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpecialGrid:
    """专属网格: `kind` is a code of special_kind; `bases`: base grid → share of it that lies there;
    `geometry` is GeoJSON text."""

    code: str
    name: str
    kind: str
    kind_name: str
    kind_name_en: str
    area: str | None
    bases: dict[str, float]
    geometry: str


def special_grids(services: Services, principal: Principal, limit: int = LISTED) -> list[SpecialGrid]:
    """By code. Raises Forbidden."""
    check_read(principal, "live")
    kind, shape = place.c.props["category"].astext.label("kind"), func.ST_AsGeoJSON(place.c.geom, 7)
    query = select(place.c.code, place.c.name, place.c.area, kind, shape.label("geometry"))
    query = query.where(place.c.kind == special.LAYER, lies_in(place.c.area, principal.area))
    with services.engine.connect() as conn:
        rows = conn.execute(query.order_by(place.c.code).limit(limit)).all()
        kinds = special.read_special_kinds(conn)
        links = special.links_of(conn, [row.code for row in rows])
    unknown = special.SpecialKind("", "", "", "")
    return [
        SpecialGrid(
            row.code, row.name, row.kind or "", (known := kinds.get(row.kind, unknown)).name, known.name_en,
            row.area, links.get(row.code, {}), row.geometry,
        )
        for row in rows
    ]  # fmt: skip
