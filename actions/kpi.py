"""绩效指标 of a period: figures by area, department, class, level, channel or time, what stands behind each,
and their ranking for the joint assessment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from actions.commands import EPOCH
from actions.kpi_view import DESK, NO_AREA, Asked, Report, View
from actions.queries import cursor_of, position_of
from actions.services import Services
from actions.system_log import ledger, require
from core.errors import InvalidInput
from core.events_system import Exported
from core.kpi import COUNT, GROUND, INTERVAL, RATE, Figures, Ranked, marks, rank, seconds
from core.model import Incident
from core.periods import NAMED, UNITS, Period, part, parts, within
from core.permissions import Principal
from db import kpi as db
from db import log
from db.kpi import PERIODS, Counted

_BY_DAY, _BY_WEEK = 62, 200
"""Days of a period that are drawn one by one, or by weeks; more by months."""


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


@contextmanager
def at_one_moment(services: Services, realm: str) -> Iterator[Connection]:
    """A connection all of whose statements see one state. Raises RealmUnknown."""
    with services.engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn:
        log.head(conn, realm)
        yield conn


def read_report(services: Services, principal: Principal, asked: Asked) -> Report:
    """Raises Forbidden, RealmUnknown, NotFound (area), UnknownClass, InvalidInput."""
    view = View.of(services, principal, asked)
    with at_one_moment(services, asked.realm) as conn:
        return view.report(view.counted(conn), view.earlier().counted(conn))


@dataclass(frozen=True, slots=True)
class Page:
    """A report, with what is drawn beside it: the figures by class, and by parts of the calendar (`unit`:
    days, or longer ones where days would be too many), those of the period before too."""

    report: Report
    classes: Mapping[str, Figures]
    unit: str
    parts: Sequence[tuple[date, Figures]]
    parts_before: Sequence[tuple[date, Figures]]


def read_page(
    services: Services, principal: Principal, asked: Asked, unit: str | None = None, *, brief: bool = True
) -> Page:
    """All that a page shows in parts of a `unit` (None = as fits); `brief`: with no more durations than that.

    Raises as `read_report`.
    """
    view = View.of(services, principal, asked)
    length = (asked.period.until - asked.period.since).days
    fits = unit or ("day" if length <= _BY_DAY else "week" if length <= _BY_WEEK else "month")
    with at_one_moment(services, asked.realm) as conn:
        now, before = view.counted(conn), view.earlier().counted(conn)
        return Page(
            view.report(now, before, brief), view.grouped("class").by_key(now, None), fits,
            _parts(view.grouped(fits), now), _parts(view.earlier().grouped(fits), before),
        )  # fmt: skip


def _parts(view: View, held: Counted) -> list[tuple[date, Figures]]:
    found = view.by_key(held, None)
    days = parts(view.asked.period, str(view.asked.by), view.services.zone)
    return [(day, found.get(day.isoformat(), Figures())) for day in days]


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
    """A page of the incidents behind a figure, newest first, how many there are in all, and where the next
    page begins."""

    items: list[Incident]
    number: int
    cursor: str | None


def read_behind(
    services: Services, principal: Principal, asked: Asked, figure: str, cursor: str | None = None
) -> Behind:
    """The incidents that a count of COUNTS or an interval of INTERVALS is of ("" = all that were reported).

    As many as the figure says. Raises as `read_report`, and InvalidInput for another figure or cursor.
    """
    view = View.of(services, principal, replace(asked, by=None))
    count, interval = COUNT.get(figure), INTERVAL.get(figure)
    if figure and not (count or interval):
        raise InvalidInput(pointer="figure", detail=", ".join([*COUNT, *INTERVAL]))
    after = position_of(cursor) if cursor else None

    def fits(one: Incident) -> bool:
        held = count is None or count.holds(marks(one))
        return held and view.holds(one) and (interval is None or seconds(interval, one) is not None)

    with at_one_moment(services, asked.realm) as conn:
        moments = view.counted(conn).moments(count.holds if count else None, interval)
        found = db.listing(conn, asked.realm, moments, fits, after)
    more = len(found) > db.LISTED
    items = found[: db.LISTED]
    return Behind(items, len(moments), cursor_of(items[-1].reported_at, items[-1].id) if more else None)


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
