"""Driving in a realm: its open roads, the city's speeds, the hour of its clock."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection

from actions.closures import open_roads
from actions.services import Services
from geo.eta import Timing
from geo.roadlines import Point, straight_m

AT_HOME_M = 150.0
"""This near its home a crew turns out from there."""


def timing(services: Services, conn: Connection, realm: str) -> Timing:
    """What arrival times of units in a realm are worked out from now. Raises RealmUnknown."""
    hour = services.now_in(realm).astimezone(services.zone).hour
    return Timing(open_roads(services, conn, realm, ordered=True), services.reference.speeds(), hour)


def is_home(here: Point | None, home: Point) -> bool:
    """Whether a unit turns out from its home; one that tells no position does."""
    return here is None or bool(straight_m(np.array([here]), np.array(home))[0] <= AT_HOME_M)
