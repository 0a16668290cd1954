"""Who sees an incident, as a condition in SQL: the same predicate as `core.permissions.visible`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, true

from core.permissions import Scope, is_area_prefix
from db.tables import incident


def incident_seen(scope: Scope) -> ColumnElement[bool]:
    """What a scope sees of the table `incident`: by where it lies, or through one of its offices."""
    reached = incident.c.reach.contains([scope.key])
    if scope.dept:
        return reached
    if not scope.area:
        return true()
    return or_(lies_in(scope.area), reached)


def lies_in(area: str) -> ColumnElement[bool]:
    """Incidents of an area; a code that is no division contains only itself."""
    if is_area_prefix(area):
        return incident.c.area.startswith(area, autoescape=True)
    return incident.c.area == area
