"""绩效指标 of a period: figures by area, department, class, level, channel or time, what stands behind each,
and their ranking for the joint assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions.commands import EPOCH
from actions.kpi_view import DESK, NO_AREA, Asked, Report, View
from actions.queries import cursor_of, position_of
from actions.services import Services
from actions.system_log import ledger, require
from core.errors import InvalidInput
from core.events_system import Exported
from core.kpi import COUNT, GROUND, INTERVAL, RATE, Figures, Ranked, rank
from core.model import Incident
from core.periods import NAMED, UNITS, Period, part, within
from core.permissions import Principal
from core.serial import incident_of
from db import kpi as db
from db import log
from db.kpi import PERIODS


def period_of(
    services: Services,
    realm: str,
    since: datetime | None,
    until: datetime | None,
    name: str | None = None,
    unit: str | None = None,
) -> Period:
    """A period by name, or from since to until, compared with the one a `unit` earlier; the last 30 days
    where nothing is said.

    Raises RealmUnknown, InvalidInput.
    """
    now = services.now_in(realm)
    if unit is not None and unit not in UNITS:
        raise InvalidInput(pointer="compare", detail=", ".join(UNITS))
    if since is None and until is None:
        if (name or "days30") not in NAMED:
            raise InvalidInput(pointer="period", detail=", ".join(NAMED))
        return NAMED[name or "days30"](now, services.zone)
    for pointer, at in (("from", since), ("to", until)):
        if at and at < EPOCH:
            raise InvalidInput(pointer=pointer, detail=f">= {EPOCH.isoformat()}")
    end = until or now + timedelta.resolution
    start = since or end - timedelta(days=30)
    if start >= end:
        raise InvalidInput(pointer="from", detail=f"< {end.isoformat()}")
    return Period(start, end, unit or "length")


def read_report(services: Services, principal: Principal, asked: Asked, *, brief: bool = False) -> Report:
    """`brief`: with no more durations than a page shows.

    Raises Forbidden, RealmUnknown, NotFound (area), UnknownClass, InvalidInput."""
    view = View.of(services, principal, asked)
    with services.engine.connect() as conn:
        log.head(conn, asked.realm)
        return view.report(conn, brief)


def read_counts(services: Services, principal: Principal, asked: Asked) -> dict[str, Figures]:
    """The counts of each group that has any, without durations. Raises as `read_report`."""
    view = View.of(services, principal, asked)
    with services.engine.connect() as conn:
        return view.by_key(conn, view.tier())


def narrowed(asked: Asked, by: str, key: str, zone: ZoneInfo) -> Asked:
    """What one group of a report is of. Raises InvalidInput for a key that is no day."""
    if by in PERIODS:
        try:
            own = part(date.fromisoformat(key), by, zone)
        except ValueError as error:
            raise InvalidInput(pointer="key", detail=key[:20]) from error
        return replace(asked, by=None, period=within(own, asked.period))
    names = {"area": "area", "department": "dept", "class": "class_code", "level": "level"}
    unnamed = {"area": NO_AREA, "department": DESK}
    own_key: dict[str, Any] = {names.get(by, "channel"): key or unnamed.get(by, "")}
    return replace(asked, by=None, tier=None, **own_key)


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the incidents behind a figure, newest first, and where the next one begins."""

    items: list[Incident]
    cursor: str | None


def read_behind(
    services: Services, principal: Principal, asked: Asked, figure: str, cursor: str | None = None
) -> Behind:
    """The incidents that a count of COUNTS or an interval of INTERVALS is of ("" = all that were reported).

    As many as the figure says. Raises as `read_report`, and InvalidInput for another figure or cursor.
    """
    view = View.of(services, principal, replace(asked, by=None))
    interval = INTERVAL.get(figure)
    if figure and interval is None and figure not in COUNT:
        raise InvalidInput(pointer="figure", detail=", ".join([*COUNT, *INTERVAL]))
    after = position_of(cursor) if cursor else None
    with services.engine.connect() as conn:
        log.head(conn, asked.realm)
        held = None
        if figure in COUNT:
            held = [mark for mark in db.marks_by(conn, view.wanted).get("", {}) if COUNT[figure].holds(mark)]
        docs = db.listing(conn, view.wanted, held, interval, after)
    found = [incident_of(doc) for doc in docs[: db.LISTED]]
    return Behind(found, cursor_of(found[-1]) if len(docs) > db.LISTED else None)


def read_weights(services: Services) -> dict[str, float]:
    """What each indicator weighs in the joint assessment."""
    with services.engine.connect() as conn:
        return db.weights(conn)


def assess(report: Report, weights: Mapping[str, float]) -> Sequence[Ranked]:
    """绩效联考: the groups of a report, best first; what belongs to none of them is not compared.
    None where nothing happened."""
    if not report.total.count("valid"):
        return []
    groups = {group.code: group.now for group in report.groups if group.code}
    return rank(groups, weights_for(report.asked.by, weights))


def weights_for(by: str | None, weights: Mapping[str, float]) -> dict[str, float]:
    """How much happens on the ground is an area's own affair, not that of a department or a class."""
    return {k: w for k, w in weights.items() if by == "area" or RATE[k].denominator not in GROUND}


def record_export(services: Services, principal: Principal, what: str, form: str, rows: int) -> None:
    """A report leaves as a file: the audit knows it first. Raises Forbidden."""
    require(principal, "export")
    with ledger(services, principal) as book:
        book.record(Exported(what=what, format=form, rows=rows, of_area=principal.area), f"export:{what}")
