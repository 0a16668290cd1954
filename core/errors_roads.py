"""Refusals about roads and their closures."""

from __future__ import annotations

from core.errors import Refusal


class RoadClosedAlready(Refusal):
    """params: name, by (who closed it), reason."""

    code = "road_closed_already"


class RoadNotClosed(Refusal):
    """params: name."""

    code = "road_not_closed"


class NoRoadThere(Refusal):
    """params: metres (how far was looked)."""

    code = "no_road_there"
