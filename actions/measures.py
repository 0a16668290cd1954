"""Measures of areas (指标): one figure for each district, town, community or base grid.

To add a measure of your subject, write a function `(Services, Asked) -> Values` in your own module and add
one `Measure` to MEASURES below; page, API, map, legend and table follow. Its words are the messages
`measure.NAME` and `measure.NAME.about`, in both catalogues. A function may answer for the
whole city: `read_measure` tells an asker of no area but their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from actions import measures_places as places
from actions.commands import EPOCH
from actions.queries import check_read
from actions.services import Services
from core.errors import InvalidInput, NotFound
from core.measures import METHODS, Method, cuts
from core.permissions import Principal
from db import measures as db
from db.measures import Span, Values

Unit = Literal["count", "per_thousand", "seconds", "share", "persons", "households"]
TIERS = (0, 1, 2, 3)
PERIOD = timedelta(days=30)
"""What is looked at when nobody names a period: so long, up to the realm's now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a measure: the grids of `tier`, incidents of `realm` in the half-open period
    `since`..`until`, of one class or of all (None)."""

    realm: str
    tier: int
    since: datetime
    until: datetime
    class_code: str | None = None

    @property
    def span(self) -> Span:
        return Span(self.realm, self.since, self.until, self.class_code)


Read = Callable[[Services, Asked], Values]


@dataclass(frozen=True, slots=True)
class Measure:
    """`read` gives {grid code: value} for grids of the asked tier. Shares are 0..1, times seconds.

    `empty` is the value of an area that `read` does not name: 0 for what is counted, None = not known.
    `periodic`: since and until matter. `classed`: the incident class does.
    """

    name: str
    unit: Unit
    read: Read
    empty: float | None = None
    periodic: bool = False
    classed: bool = False


def _of_database(read: Callable[[Connection, Asked], Values]) -> Read:
    """A measure that one connection answers."""

    def reading(services: Services, asked: Asked) -> Values:
        with services.engine.connect() as conn:
            return read(conn, asked)

    return reading


def _incident(name: str, unit: Unit, figure: str, empty: float | None = None) -> Measure:
    """A figure of the incidents that came in within the period."""
    read = _of_database(lambda conn, asked: db.incidents(conn, asked.tier, figure, asked.span))
    return Measure(name, unit, read, empty, periodic=True, classed=True)


def _of_open(name: str, unit: Unit, figure: str, empty: float | None = None) -> Measure:
    """A figure of the incidents that are open now."""
    read = _of_database(lambda conn, asked: db.open_incidents(conn, asked.tier, figure, asked.span))
    return Measure(name, unit, read, empty, classed=True)


def _grid(name: str, unit: Unit, *fields: str) -> Measure:
    """The sum of fields of the base grids."""
    return Measure(name, unit, _of_database(lambda conn, asked: db.grid_sums(conn, asked.tier, *fields)))


def _per_thousand(name: str, field: str) -> Measure:
    """Incidents per 1,000 residents or homes, where these may be told."""

    def read(services: Services, asked: Asked) -> Values:
        with services.engine.connect() as conn:
            many = db.grid_sums(conn, asked.tier, field)
            found = db.incidents(conn, asked.tier, "count", asked.span)
        return {code: 1000 * found.get(code, 0) / count for code, count in many.items()}

    return Measure(name, "per_thousand", read, periodic=True, classed=True)


MEASURES: tuple[Measure, ...] = (
    _incident("incidents", "count", "count", empty=0),
    _per_thousand("incidents_per_thousand", "population"),
    _per_thousand("incidents_per_thousand_homes", "households"),
    _of_open("open_incidents", "count", "count", empty=0),
    _of_open("overdue_share", "share", "overdue"),
    _incident("closed_share", "share", "closed"),
    _incident("dispatch_median", "seconds", "dispatch"),
    _incident("arrival_median", "seconds", "arrival"),
    _grid("population", "persons", "population"),
    _grid("households", "households", "households"),
    _grid("staff", "persons", "managers", "assistants"),
    Measure("cameras", "count", places.cameras, empty=0),
    Measure("camera_online_share", "share", places.cameras_online),
    Measure("camera_coverage", "share", places.cameras_covering),
    Measure("posts_covered", "share", places.posts_covered),
    Measure("posts_reach", "share", places.reached),
    Measure("stock_shortages", "count", places.stock_shortages),
    Measure("hazards_overdue", "count", places.hazards_overdue),
    Measure("patrols_done", "share", places.patrols_done),
)
BY_NAME = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class AreaValue:
    code: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's figures, the highest first; areas of which nothing is known are left out. `areas` is how
    many there are, `cuts` where the classes of the map divide (core.measures)."""

    measure: Measure
    asked: Asked
    items: Sequence[AreaValue]
    areas: int
    method: Method
    cuts: Sequence[float]


def read_measure(
    services: Services,
    principal: Principal,
    realm: str,
    name: str,
    tier: int,
    area: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    class_code: str | None = None,
    method: str = "quantile",
) -> Measured:
    """A measure of the grids of a tier in the asker's area (and in `area`).

    Raises Forbidden, NotFound (measure), RealmUnknown, UnknownClass, InvalidInput (tier, method, period).
    """
    check_read(principal, realm)
    if name not in BY_NAME:
        raise NotFound(kind="measure", id=name)
    if tier not in TIERS:
        raise InvalidInput(pointer="tier", detail="0-3")
    if method not in METHODS:
        raise InvalidInput(pointer="method", detail=", ".join(METHODS))
    asked = asked_of(services, realm, tier, since, until, class_code)
    measure = BY_NAME[name]
    with services.engine.connect() as conn:
        names = db.names(conn, tier, (principal.area, area))
    items = _items(measure, names, measure.read(services, asked))
    chosen: Method = "equal" if method == "equal" else "quantile"
    return Measured(measure, asked, items, len(names), chosen, cuts([i.value for i in items], chosen))


def asked_of(
    services: Services,
    realm: str,
    tier: int,
    since: datetime | None,
    until: datetime | None,
    class_code: str | None,
) -> Asked:
    """What is wanted, with the realm's now and PERIOD for what nobody named.

    Raises RealmUnknown, UnknownClass, InvalidInput (period).
    """
    if class_code:
        services.reference.incident_class(class_code)
    for name, at in (("since", since), ("until", until)):
        if at and at < EPOCH:
            raise InvalidInput(pointer=name, detail=f">= {EPOCH.isoformat()}")
    end = until or services.now_in(realm) + timedelta.resolution  # what is reported now is in
    start = since or end - PERIOD
    if start >= end:
        raise InvalidInput(pointer="since", detail=f"< {end.isoformat()}")
    return Asked(realm, tier, start, end, class_code or None)


def _items(measure: Measure, names: dict[str, str], values: Values) -> list[AreaValue]:
    known = ((code, name, values.get(code, measure.empty)) for code, name in names.items())
    found = [AreaValue(code, name, value) for code, name, value in known if value is not None]
    return sorted(found, key=lambda item: (-item.value, item.code))


def tiers(services: Services, principal: Principal) -> list[int]:
    """Which tiers of grids there are in the asker's area, the widest first."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        return db.tiers(conn, principal.area)
