"""What marking an incident as sensitive does: to it, its links, its units and its response with the tasks."""

from __future__ import annotations

from dataclasses import replace

import core.events_sensitive as m
from core.board import Board, Change
from core.envelope import Event
from core.folding import follows, put
from core.model import Incident, Unit


@follows(m.IncidentMarkedSensitive)
def _marked(
    board: Board, event: Event, change: Change, incident: Incident, body: m.IncidentMarkedSensitive
) -> None:
    change.hides, board.hidden_seq = True, event.seq
    _mark(board, event, change, incident, sensitive=True)


@follows(m.IncidentUnmarkedSensitive)
def _unmarked(
    board: Board, event: Event, change: Change, incident: Incident, body: m.IncidentUnmarkedSensitive
) -> None:
    _mark(board, event, change, incident, sensitive=False)


def _about(unit: Unit) -> str | None:
    """The incident that a unit is assigned to, or held for."""
    return unit.incident or (unit.hold.incident if unit.hold else None)


def _mark(board: Board, event: Event, change: Change, incident: Incident, *, sensitive: bool) -> None:
    seq = event.seq
    put(board, replace(incident, version=seq, sensitive=sensitive), change)
    for ident in incident.assignments:
        if link := board.links.get(ident):
            board.put_link(replace(link, version=seq, sensitive=sensitive), change)
    for unit in [one for one in board.units.values() if _about(one) == incident.id]:
        board.put_unit(replace(unit, version=seq, incident_sensitive=sensitive), change)
    linkage = board.linkages.get(incident.linkage)
    if linkage is None:
        return
    board.put_linkage(replace(linkage, version=seq, sensitive=sensitive), change)
    for task in [board.tasks[one] for one in linkage.tasks if one in board.tasks]:
        board.put_task(replace(task, version=seq, sensitive=sensitive), change)
