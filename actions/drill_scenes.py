"""A drill on the map at its beginning, its height and its end, for the report: all on the same ground."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

import core.events_drills as d
from actions.drills import realm_of
from actions.services import Services
from actions.surroundings import Flat, Mark, Stretch, Surroundings, surroundings
from core.board import Board
from core.drill_report import Report
from core.model import Assignment, Incident
from core.permissions import Principal
from core.tiling import LEVELS, pixel_m
from db import log, track
from feed import film, history

Name = Literal["begin", "peak", "end"]
Place = tuple[float, float]
_SHAPE = 0.55
"""Height of a picture by its width."""
_LEAST_M, _MOST_M = 700.0, 12_000.0
"""Half of its width."""
_AROUND = 1.35
_RING = 0.045
"""How far from their incident units on scene are drawn, by half the width."""
_PIXELS = 1400
"""That many lie beside one another when it is printed: finer detail is not seen."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What went on at a moment. `incidents` are open, `there` units on scene, `coming` on their way."""

    name: Name
    seq: int
    at: datetime
    around: Surroundings
    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...]
    incidents: int
    there: int
    coming: int


@dataclass(frozen=True, slots=True)
class _Moment:
    name: Name
    board: Board
    stood: dict[str, Place]
    """Unit on its way → where it was, if anybody said so."""


def scenes(services: Services, principal: Principal, ident: str, of: Report) -> list[Scene]:
    """Two or three, in their order; none of a drill in which nothing was reported yet."""
    realm = realm_of(ident)
    with services.engine.begin() as conn:
        moments = [_moment(services, conn, realm, *one) for one in _chosen(services, conn, realm, of)]
    places = [place for one in moments for place in _places(one)]
    if not places:
        return []
    middle, half = _frame(places)
    wanted = math.log2(pixel_m(0) * math.cos(math.radians(middle[1])) * _PIXELS / (2 * half))
    level = min(max(round(wanted), LEVELS.start), LEVELS.stop - 1)
    around = surroundings(services, principal, middle, (half, half * _SHAPE), level)
    numbers = {one.incident: number for number, one in _injects(of)}
    return [_scene(one, Flat(middle), around, numbers) for one in moments]


def _injects(of: Report) -> Iterator[tuple[int, d.InjectDelivered]]:
    """Those that made an incident."""
    return ((one.number, one) for one in of.delivered if one.made and one.made == one.incident)


def _chosen(services: Services, conn: Connection, realm: str, of: Report) -> list[tuple[Name, int]]:
    """Positions: the first incident, the fact after which most went on, the last before the end."""
    if of.began_seq is None:
        return []
    last = of.ended_seq - 1 if of.ended_seq else log.head(conn, realm)
    source = history.Stored(conn, realm)
    board = film.board_at(services.stills, source, of.began_seq)
    first, busiest, most = 0, 0, 0
    for change in film.go_on(services.stills, source, board, last):
        if any(isinstance(new, Incident | Assignment) for _, new in change.touched.values()):
            first = first or (change.seq if board.incidents else 0)
            if (now := _busy(board)) > most:
                busiest, most = change.seq, now
    found: list[tuple[Name, int]] = [("begin", first), ("peak", busiest), ("end", last)]
    return [(name, seq) for n, (name, seq) in enumerate(found) if seq > max([0, *(s for _, s in found[:n])])]


def _busy(board: Board) -> int:
    bound = sum(one.ended_at is None for one in board.links.values())
    return 2 * bound + sum(one.closed_at is None for one in board.incidents.values())


def _moment(services: Services, conn: Connection, realm: str, name: Name, seq: int) -> _Moment:
    board = film.board_at(services.stills, history.Stored(conn, realm), seq)
    away = [one.unit for one in _coming(board)]
    rows = track.standing(conn, realm, away, board.at) if away else []
    return _Moment(name, board, {row[0]: (row[1], row[2]) for row in rows})


def _worked_on(board: Board) -> list[Incident]:
    """Those that are worked on, or were."""
    return [one for one in board.incidents.values() if one.status not in ("rejected", "merged")]


def _coming(board: Board) -> list[Assignment]:
    return [one for one in board.links.values() if one.ended_at is None and one.arrived_at is None]


def _there(board: Board) -> list[Assignment]:
    return [one for one in board.links.values() if one.ended_at is None and one.arrived_at is not None]


def _places(of: _Moment) -> Iterator[Place]:
    """All that the picture has to show; units on their way may come from beyond it."""
    yield from ((one.lon, one.lat) for one in _worked_on(of.board))
    for linkage in of.board.linkages.values():
        yield from linkage.zone.ring if linkage.zone and linkage.ended_at is None else ()


def _frame(places: Sequence[Place]) -> tuple[Place, float]:
    """The middle, and half of the width in metres."""
    lons, lats = zip(*places, strict=True)
    middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    corners = Flat(middle).of_degrees([(min(lons), min(lats)), (max(lons), max(lats))])
    wide = max(abs(x) for x, _ in corners)
    high = max(abs(y) for _, y in corners)
    return middle, min(max(wide * _AROUND, high * _AROUND / _SHAPE, _LEAST_M), _MOST_M)


def _scene(of: _Moment, flat: Flat, around: Surroundings, numbers: dict[str, int]) -> Scene:
    board, there, coming = of.board, _there(of.board), _coming(of.board)
    ring = around.half[0] * _RING
    marks = [
        *_beside(board, flat, there, ring),
        *_under_way(of, flat, coming),
        *_incidents(flat, _worked_on(board), numbers),
    ]
    return Scene(
        of.name, board.seq, board.at, around, tuple(marks), tuple(_stretches(board, flat, coming)),
        sum(one.closed_at is None for one in _worked_on(board)), len(there), len(coming),
    )  # fmt: skip


def _incidents(flat: Flat, found: Iterable[Incident], numbers: dict[str, int]) -> Iterator[Mark]:
    """The gravest last, so that it lies on top; with the number of the inject that brought it."""
    for one in sorted(found, key=lambda one: -one.severity):
        (at,) = flat.of_degrees([(one.lon, one.lat)])
        yield Mark(at, one.severity, str(numbers.get(one.id, "")), there=one.closed_at is None)


def _beside(board: Board, flat: Flat, there: Iterable[Assignment], ring: float) -> Iterator[Mark]:
    """Units on scene stand in rings around their incident, twelve in each."""
    count: dict[str, int] = {}
    for one in there:
        if incident := board.incidents.get(one.incident):
            turn = count[incident.id] = count.get(incident.id, -1) + 1
            ((x, y),) = flat.of_degrees([(incident.lon, incident.lat)])
            angle, far = math.tau * turn / 12, ring * (1 + turn // 12 * 0.7)
            yield Mark((x + far * math.sin(angle), y + far * math.cos(angle)), 0)


def _under_way(of: _Moment, flat: Flat, coming: Iterable[Assignment]) -> Iterator[Mark]:
    """Where somebody told that they were, else where they set out."""
    for one in coming:
        start = of.stood.get(one.unit) or (one.route[0] if one.route else None)
        if start:
            yield Mark(flat.of_degrees([start])[0], 0, one.unit_name, there=False)


def _stretches(board: Board, flat: Flat, coming: Iterable[Assignment]) -> Iterator[Stretch]:
    for linkage in board.linkages.values():
        if linkage.zone and linkage.ended_at is None:
            yield Stretch("zone", flat.of_degrees(linkage.zone.ring))
    for closure in board.closures.values():
        if closure.reopened_at is None and closure.line:
            yield Stretch("closure", flat.of_degrees(closure.line))
    for one in coming:
        if len(one.route) > 1:
            yield Stretch("way", flat.of_degrees(one.route))
