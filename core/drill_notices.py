"""What a drill tells the offices that have a seat in it: that it stands or is over, and what live asks."""

from __future__ import annotations

from collections.abc import Collection

import core.events_drills as e
from core.drill import PREFIX, Drill
from core.envelope import Event
from core.notices import Notice, staffed
from core.offices import CITY_DESK

_TOLD = (e.DrillPaused, e.DrillStopped, e.PauseAsked, e.CrewCalledBack)
FACTS = frozenset(kind.__name__ for kind in _TOLD)
_LEAST = 4
"""They are of no incident: as a notice of the least level, for information."""


def notices(event: Event, drill: Drill, desks: Collection[str]) -> list[Notice]:
    """One for each office of a seat, or the nearest above it where somebody works."""
    body = event.body.model_dump()
    reason = body.get("reason") or body.get("about") or body.get("unit_name") or ""
    said = {"title": drill.script.name, "number": "", "place": "", "by": event.actor, "text": reason,
            "drill": drill.id.removeprefix(PREFIX)}  # fmt: skip
    offices = {staffed(seat.office or str(CITY_DESK), desks) for seat in drill.script.seats}
    return [
        Notice(event.seq, office, event.kind, "", _LEAST, False, event.recorded_at, said)
        for office in sorted(offices)
    ]
