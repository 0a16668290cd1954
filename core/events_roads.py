"""The facts of roads: closed to traffic, open again. The subject is the road's id in the layer `roads`.

A closure carries the line it closes: an import replaces the whole network and numbers the roads anew, and the
closure goes on holding for whatever then runs along that line.
"""

from __future__ import annotations

from datetime import datetime

from core.envelope import Body


class RoadClosed(Body):
    """封路. `until` None = until somebody reopens it."""

    name: str
    road_class: str
    reason: str
    until: datetime | None
    line: tuple[tuple[float, float], ...]
    """lon, lat of the closed line."""
    incident: str = ""
    """That of the response whose cordon it is; "" = none's."""


class RoadReopened(Body):
    """恢复通行. `due`: its time was over; else somebody said so."""

    due: bool
