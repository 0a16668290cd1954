"""Days of incidents are packed for the reports: soon where much is new, some time later all that changed."""

from __future__ import annotations

from datetime import date

from actions.kpi import at_one_moment
from actions.services import Services
from db import kpi_days

MUCH = 200
"""Incidents of a day that changed since it was packed: so many cost a report a few milliseconds."""


def pack(services: Services, least: int = 1) -> int:
    """Pack every day in which at least so much changed; how many there were.

    Any number of processes may do so at once; verbs are not held up, and what changes meanwhile is known.
    """
    with services.engine.connect() as conn:
        days = kpi_days.to_pack(conn, least)
    for realm, day in days:
        _pack_day(services, realm, day)
    return len(days)


def _pack_day(services: Services, realm: str, day: date) -> None:
    with at_one_moment(services, realm) as conn:
        seq, rows = kpi_days.read_day(conn, realm, day)
    with services.engine.begin() as conn:
        kpi_days.write_day(conn, realm, day, seq, rows)
