"""Who sees an incident, as a condition in SQL: the same predicate as `core.permissions.visible`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import ARRAY, ColumnElement, Connection, Table, Text, and_, any_, literal, or_, select, true

from core.permissions import Scope, is_area_prefix
from db.tables import assignment, incident
from db.tables_linkage import linkage
from db.tables_warnings import warning


def incident_seen(scope: Scope) -> ColumnElement[bool]:
    """What a scope sees of the table `incident`: by where it lies, or through one of its offices."""
    return of_scope(incident, scope)


def of_scope(table: Table, scope: Scope) -> ColumnElement[bool]:
    """What a scope sees of a table with the columns `area` and `reach`, and perhaps `sensitive`."""
    if scope.visitors and "sensitive" in table.c:
        return and_(table.c.sensitive.is_(False), of_scope(table, replace(scope, visitors="")))
    reached = table.c.reach.contains([scope.key])
    if scope.dept:
        return reached
    if not scope.area:
        return true()
    return or_(lies_in(scope.area, table), reached)


def cases_seen(conn: Connection, realm: str, scope: Scope, subjects: Collection[str]) -> dict[str, bool]:
    """Which of these are incidents, assignments, responses or warnings; whether the scope sees each now."""
    wanted = any_(literal(list(subjects), ARRAY(Text)))
    seen = incident_seen(scope)
    cases = select(incident.c.id, seen).where(incident.c.realm == realm, incident.c.id == wanted)
    sent = (
        select(assignment.c.id, seen)
        .join(incident, (incident.c.realm == realm) & (incident.c.id == assignment.c.incident))
        .where(assignment.c.realm == realm, assignment.c.id == wanted)
    )
    responses = select(linkage.c.id, of_scope(linkage, scope)).where(
        linkage.c.realm == realm, linkage.c.id == wanted
    )
    warnings = select(warning.c.id, of_scope(warning, scope)).where(
        warning.c.realm == realm, warning.c.id == wanted
    )
    queries = (cases, sent, responses, warnings)
    return {row[0]: bool(row[1]) for query in queries for row in conn.execute(query)}


def lies_in(area: str, table: Table = incident) -> ColumnElement[bool]:
    """Incidents (or responses, warnings) of an area; a code that is no division contains only itself."""
    if is_area_prefix(area):
        return table.c.area.startswith(area, autoescape=True)
    return table.c.area == area
