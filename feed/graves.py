"""What is grave in live (Ⅰ 特别重大, Ⅱ 重大): it breaks into the screens of drills."""

from __future__ import annotations

from typing import Any

from core.board import Board, Change, sees
from core.linkage_model import Linkage
from core.model import ENDED, Entity, Incident
from core.permissions import Scope

GRAVE = 2
"""The least grave level that breaks in."""


def concerned(change: Change) -> bool:
    """Whether a fact may have changed what is grave."""
    return any(_is_grave(old) or _is_grave(new) for old, new in change.touched.values())


def _is_grave(one: Entity | None) -> bool:
    if isinstance(one, Incident):
        return one.severity <= GRAVE
    return isinstance(one, Linkage) and one.level <= GRAVE


def standing(board: Board, scope: Scope) -> list[dict[str, Any]]:
    """The open incidents and the responses of such a level that a scope sees, the oldest first: {id, kind,
    incident (its id), level, title, number, place, since}."""
    incidents = (one for one in board.incidents.values() if _is_grave(one) and one.status not in ENDED)
    responses = (one for one in board.linkages.values() if _is_grave(one))
    found = [_incident(one) for one in incidents if sees(scope, one)]
    found += [_response(board, one) for one in responses if sees(scope, one)]
    return sorted(found, key=lambda one: (one["since"], one["id"]))


def _incident(one: Incident) -> dict[str, Any]:
    where = one.place or one.address
    return {
        "id": one.id, "kind": "incident", "incident": one.id, "level": one.severity, "title": one.title,
        "number": one.number, "place": where, "since": one.reported_at,
    }  # fmt: skip


def _response(board: Board, one: Linkage) -> dict[str, Any]:
    of = board.incidents.get(one.incident)
    return {
        "id": one.id, "kind": "response", "incident": one.incident, "level": one.level, "title": one.title,
        "number": one.number, "place": of.place or of.address if of else "", "since": one.started_at,
    }  # fmt: skip
