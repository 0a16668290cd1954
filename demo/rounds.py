"""What has been going on at the demo city's sites: rounds walked last week and this, sensors that speak."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from actions import patrols, sensors
from actions.services import Services
from actions.site_commands import PeriodCommand, ReadingCommand, VisitCommand
from actions.unit_of_work import Call
from core.clock import day_of
from core.permissions import Principal
from demo.readings import calm, is_silent

_DONE, _LAZY_DONE, _LAZY = 0.97, 0.7, 9
"""Share of rounds that were walked; in one community of so many it is less."""
_IN_DAYS, _DAYS = 5, 3
_CHUNK = 2000


def begin(services: Services, principal: Principal, seed: int) -> None:
    """Walk the rounds of last week and of this week until now, announce a festival, read the sensors once.

    The principal needs `patrol`, `patrol.period`, `backdate` and `readings`, as SYSTEM has them.
    """
    call, draw = Call(principal), random.Random(seed)
    now = services.now_in("live")
    today = day_of(now, services.zone)
    targets = patrols.targets(services, call)
    visits = sorted(_visits(services, targets, today, now, draw), key=_when)
    for start in range(0, len(visits), _CHUNK):
        patrols.visit(services, call, visits[start : start + _CHUNK])
    first = today + timedelta(days=_IN_DAYS)
    festival = PeriodCommand(
        code="HYJ", name="海洋节安保（示例）", starts_on=first, ends_on=first + timedelta(days=_DAYS - 1)
    )
    patrols.set_period(services, call, festival)
    known = sensors.list_sensors(services, call)
    spoken = [one for one in known if not is_silent(one["code"])]
    readings = [ReadingCommand(sensor=one["code"], value=calm(one, draw)) for one in spoken]
    for start in range(0, len(readings), sensors.MOST):
        sensors.take(services, call, readings[start : start + sensors.MOST])


def _when(visit: VisitCommand) -> datetime:
    assert visit.occurred_at is not None  # noqa: S101  each is of the past
    return visit.occurred_at


def _visits(
    services: Services,
    targets: Sequence[tuple[str, str, str]],
    today: date,
    now: datetime,
    draw: random.Random,
) -> Iterator[VisitCommand]:
    """(target, code, area) of last week by most, and of this week by those whose day has come."""
    monday = today - timedelta(days=today.weekday())
    for target, code, area in targets:
        share = _LAZY_DONE if hash_of(area) % _LAZY == 0 else _DONE
        weekday = draw.randrange(7)
        for week in (monday - timedelta(days=7), monday):
            at = _moment(services, week + timedelta(days=weekday), draw)
            if draw.random() < share and at < now:
                yield VisitCommand.model_validate({"target": target, "code": code, "occurred_at": at})


def hash_of(area: str) -> int:
    """The same in every process, as `hash` is not."""
    return sum(ord(letter) * (index + 7) for index, letter in enumerate(area))


def _moment(services: Services, day: date, draw: random.Random) -> datetime:
    return datetime.combine(day, time(8 + draw.randrange(10), draw.randrange(60)), services.zone)
