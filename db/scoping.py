"""Who sees an incident, as a condition in SQL: the same predicate as `core.permissions.visible`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Connection, Text, any_, literal, or_, select, true

from core.permissions import Scope, is_area_prefix
from db.tables import assignment, incident


def incident_seen(scope: Scope) -> ColumnElement[bool]:
    """What a scope sees of the table `incident`: by where it lies, or through one of its offices."""
    reached = incident.c.reach.contains([scope.key])
    if scope.dept:
        return reached
    if not scope.area:
        return true()
    return or_(lies_in(scope.area), reached)


def cases_seen(conn: Connection, realm: str, scope: Scope, subjects: Collection[str]) -> dict[str, bool]:
    """Which of these are incidents or assignments, and whether the scope sees them now."""
    wanted = any_(literal(list(subjects), ARRAY(Text)))
    seen = incident_seen(scope)
    cases = select(incident.c.id, seen).where(incident.c.realm == realm, incident.c.id == wanted)
    sent = (
        select(assignment.c.id, seen)
        .join(incident, (incident.c.realm == realm) & (incident.c.id == assignment.c.incident))
        .where(assignment.c.realm == realm, assignment.c.id == wanted)
    )
    return {row[0]: bool(row[1]) for query in (cases, sent) for row in conn.execute(query)}


def lies_in(area: str) -> ColumnElement[bool]:
    """Incidents of an area; a code that is no division contains only itself."""
    if is_area_prefix(area):
        return incident.c.area.startswith(area, autoescape=True)
    return incident.c.area == area
