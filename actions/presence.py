"""What a city still has to import before a subject says anything."""

from __future__ import annotations

from collections.abc import Sequence

from actions.queries import check_read
from actions.services import Services
from core.permissions import Principal
from db.presence import kinds_there


def missing(services: Services, principal: Principal, kinds: Sequence[str]) -> list[str]:
    """Of grids, roads and stores those that are wanted and of which the city has none. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        there = kinds_there(conn)
    return [kind for kind in kinds if kind not in there]
