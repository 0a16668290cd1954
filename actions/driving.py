"""Driving in a realm: its open roads, the city's speeds, the hour of its clock."""

from __future__ import annotations

from sqlalchemy import Connection

from actions.closures import open_roads
from actions.services import Services
from geo.eta import Timing


def timing(services: Services, conn: Connection, realm: str) -> Timing:
    """What arrival times in a realm are worked out from now. Raises RealmUnknown."""
    hour = services.now_in(realm).astimezone(services.zone).hour
    return Timing(open_roads(services, conn, realm), services.reference.speeds(), hour)
