"""reports: how long reports of a day, a month and a year take, through the API and as the page asks.

The incidents behind lie in one year, so that its report is of all of them: 2 M are 300 normal days of a large
city (domain.md §5). The floor, in the same run, is a bare count of the year's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, func, select

from actions import kpi, kpi_packing
from actions.kpi_view import Asked
from actions.services import Services
from bench import history
from bench.city import City
from bench.figures import Row, percentile, row
from bench.instance import Target
from core.periods import Period, midnight
from core.permissions import SYSTEM
from db.tables import incident
from instance.services import services

NAME = "reports"
SCALE = 1.0
PAST, YEAR = 2_000_000, timedelta(days=365)
AIM_MS = 1000.0
TIMES = 10
_API = "/api/v1/kpis"


def bench(target: Target, past: int = PAST, times: int = TIMES, year: timedelta = YEAR) -> list[Row]:
    """A row for each kind of report, and one for packing a day."""
    with services(target.own_settings) as parts, City(target) as city:
        today = midnight(parts.now().astimezone(parts.zone).date(), parts.zone)
        history.fill(parts.engine, past, today - timedelta(days=1), year)
        packed = _packed(parts, past)
        asked = _questions(parts, city, today, year)
        floor = _timed(lambda: _count(parts.engine, today - year), times)
        held = {"past": past, "aim": f"p99 <= {AIM_MS:.0f} ms"}
        return [packed, *(_row(name, _timed(ask, times), floor, held) for name, ask in asked.items())]


def _questions(
    parts: Services, city: City, today: datetime, year: timedelta
) -> Mapping[str, Callable[[], Any]]:
    spans = {"day": timedelta(days=1), "month": timedelta(days=30), "year": year}
    periods = {name: Period(today - length, today) for name, length in spans.items()}
    all_of_it = _params(periods["year"])
    whole = {name: _get(city, _API, {**_params(one), "by": "area"}) for name, one in periods.items()}
    pages = {
        f"page-{name}": _page(parts, Asked("live", one, by="area"))
        for name, one in periods.items() if name != "day"
    }  # fmt: skip
    return {
        **whole, **pages,
        "grids": _get(city, _API, {**all_of_it, "by": "area", "tier": "3"}),
        "departments": _get(city, _API, {**all_of_it, "by": "department"}),
        "list": _get(city, f"{_API}/incidents", {**all_of_it, "figure": "missed"}),
        "xlsx": lambda: city.download(f"{_API}/export", {**all_of_it, "by": "area"}),
    }  # fmt: skip


def _params(period: Period) -> dict[str, str]:
    return {"from": period.since.isoformat(), "to": period.until.isoformat()}


def _get(city: City, path: str, params: dict[str, str]) -> Callable[[], Any]:
    return lambda: city.get(path, params)


def _page(parts: Services, asked: Asked) -> Callable[[], Any]:
    """All that the page shows, worked out in this process."""
    return lambda: kpi.read_page(parts, SYSTEM, asked)


def _packed(parts: Services, past: int) -> Row:
    began = perf_counter()
    days = kpi_packing.pack(parts)
    took = (perf_counter() - began) * 1e3
    detail = {"what": "packing all days", "days": days, "incidents": past, "seconds": round(took / 1e3, 1)}
    return row(f"{NAME}:pack-a-day", "ms", took / days, {"floor": None}, [took / days], detail)


def _timed(ask: Callable[[], Any], times: int) -> list[float]:
    """In ms; what is asked first fills the caches."""
    ask()
    found = []
    for _ in range(times):
        began = perf_counter()
        ask()
        found.append((perf_counter() - began) * 1e3)
    return found


def _count(engine: Engine, since: datetime) -> int:
    query = select(func.count()).where(incident.c.realm == "live", incident.c.reported_at >= since)
    with engine.connect() as conn:
        return int(conn.scalar(query) or 0)


def _row(name: str, took: list[float], floor: list[float], held: Mapping[str, Any]) -> Row:
    detail = {**held, "met": percentile(took, 0.99) <= AIM_MS}
    return row(f"{NAME}:{name}", "ms", percentile(took, 0.5), {"floor": percentile(floor, 0.5)}, took, detail)
