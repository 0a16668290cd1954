"""What is asked of the city's limits and working time."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from actions.queries import check_read
from actions.services import Services
from core.clock import day_of
from core.permissions import Principal
from db.clocks import read_exceptions, read_hours

YEARS_AHEAD = 2


def read_limits(services: Services, principal: Principal) -> dict[str, Any]:
    """{items: rows of limits, hours, day_s, workdays: exceptions to the calendar, holidays_until: the last
    day whose holidays are known}. Raises Forbidden."""
    check_read(principal, "live")
    limits = services.reference.limits()
    with services.engine.connect() as conn:
        hours, days = read_hours(conn), read_exceptions(conn)
    return {
        "items": [asdict(rule) for rule in limits.rules],
        "hours": hours,
        "day_s": limits.calendar.day_s,
        "workdays": days,
        "holidays_until": _known_until(services),
    }


def _known_until(services: Services) -> date:
    year = day_of(services.now(), services.zone).year
    calendar = services.reference.limits().calendar
    known = [year + n for n in range(YEARS_AHEAD) if calendar.knows(year + n)]
    return date(max(known, default=year - 1) + 1, 1, 1) - timedelta(days=1)
