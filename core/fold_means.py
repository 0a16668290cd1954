"""What the facts of a response's means do to it: what was set moving, and its shelters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import core.events_linkage as m
from core.board import Board, Change
from core.envelope import Event
from core.events_commit import SupplyPart
from core.fold_linkage import responds, told, touch
from core.linkage_model import Goods, Linkage, Means, Refuge
from core.model import TickerLine


@responds(m.MeansSent)
def _sent(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.MeansSent
) -> TickerLine | None:
    held = linkage.means
    means = replace(
        held,
        units=_joined(held.units, (one.unit for one in body.units)),
        assignments=_joined(held.assignments, (one.assignment for one in body.units)),
        supplies=(*held.supplies, *(_goods(part, event.occurred_at) for part in body.supplies)),
        closures=_joined(held.closures, body.closures),
        broadcasts=_joined(held.broadcasts, body.broadcasts),
    )
    new = touch(board, event, change, linkage, means=means)
    counts = {"units": len(body.units), "supplies": len(body.supplies), "roads": len(body.closures)}
    return told(event, new, **{name: str(count) for name, count in counts.items()})


def _goods(part: SupplyPart, at: datetime) -> Goods:
    return Goods(**part.model_dump(), sent_at=at)


def _joined(held: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*held, *more)))


@responds(m.ShelterOpened)
def _opened(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.ShelterOpened
) -> TickerLine:
    area = body.office.partition("@")[2]
    before = next((one for one in linkage.means.shelters if one.id == body.shelter), None)
    since, used = (before.opened_at, before.used) if before else (event.occurred_at, 0)
    refuge = Refuge(body.shelter, body.name, body.lon, body.lat, area, body.places, since, used)
    others = tuple(one for one in linkage.means.shelters if one.id != refuge.id)
    return _sheltered(board, event, change, linkage, (*others, refuge), body.name)


@responds(m.ShelterFilled)
def _filled(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.ShelterFilled
) -> TickerLine:
    after = tuple(
        replace(one, used=body.persons) if one.id == body.shelter else one for one in linkage.means.shelters
    )
    return _sheltered(board, event, change, linkage, after, body.name, persons=str(body.persons))


@responds(m.ShelterClosed)
def _closed(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.ShelterClosed
) -> TickerLine:
    others = tuple(one for one in linkage.means.shelters if one.id != body.shelter)
    return _sheltered(board, event, change, linkage, others, body.name, persons=str(body.persons))


def _sheltered(
    board: Board, event: Event, change: Change, linkage: Linkage, shelters: tuple[Refuge, ...], name: str,
    **args: str,
) -> TickerLine:  # fmt: skip
    means: Means = replace(linkage.means, shelters=shelters)
    return told(event, touch(board, event, change, linkage, means=means), shelter=name, **args)
