"""启动 with its means: the facts by which a response sets units, stock, shelters, closed roads and warnings
moving, and those by which it lets go of them at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import core.events_linkage as m
import core.events_roads as r
from actions.means_found import Found
from actions.refuges import shelter_opened
from actions.response_warnings import cancel_in, issue_in
from actions.supplies import supply_parts
from actions.unit_of_work import Answer, Transaction
from core import dispatching, stock
from core import linkage as rules
from core.clock import day_of
from core.envelope import Draft
from core.errors import UnitBusy, UnitOffDuty
from core.errors_commit import UnitHeld
from core.linkage_model import Linkage
from core.means import still_reserved
from core.model import Incident
from core.stock import Terms
from db import havens as ground
from db.briefing import facts
from db.roads import Road
from db.stock import lock_lots

TRIES = 3


def settled(attempt: Callable[[], Answer]) -> Answer:
    """A unit that went while it was being locked is replaced: all is chosen anew, in another transaction.

    Raises UnitBusy, UnitHeld or UnitOffDuty when that happens again and again.
    """
    for _ in range(TRIES - 1):
        with suppress(UnitBusy, UnitHeld, UnitOffDuty):
            return attempt()
    return attempt()


# --- setting it moving ------------------------------------------------------------------------------------


def send(tx: Transaction, of: Linkage, incident: Incident, found: Found) -> None:
    """Write the facts by which all of it is set moving, for a response that runs on the board."""
    if not found:
        return
    orders, numbers = found.orders
    h = tx.hearing()
    sent = dispatching.dispatch(h, incident, orders, numbers, None) if orders else []
    goods = found.offer.drafts(tx, incident) if found.offer else []
    closed = [_closed(road, area, reason, incident, h.at) for road, area, reason in found.roads]
    opened = [Draft(shelter_opened(one.haven, one.places), of.id, of.area, h.at) for one in found.shelters]
    warned = issue_in(tx, of, found.parts.broadcasts)
    said = _said(found, [draft.subject for draft in warned])
    tx.append([*sent, *goods, *closed, *opened, *warned, Draft(said, of.id, of.area, h.at)])


def _said(found: Found, warnings: Sequence[str]) -> m.MeansSent:
    orders, _ = found.orders
    return m.MeansSent(
        units=tuple(
            m.UnitSent(
                task=one.task, unit=one.unit, unit_name=one.name, assignment=order.assignment,
                eta_s=order.eta_s,
            )
            for one, order in zip(found.going, orders, strict=True)
        ),
        supplies=supply_parts(found.offer.parts) if found.offer else (),
        closures=(*(road.id for road, _, _ in found.roads), *found.kept),
        broadcasts=tuple(warnings),
        lacking=tuple(
            m.Lacking(kind=one.kind, what=one.what, wanted=one.wanted, missing=one.missing, reason=one.reason)
            for one in found.missing
        ),
    )  # fmt: skip


def _closed(road: Road, area: str, reason: str, incident: Incident, at: datetime) -> Draft:
    body = r.RoadClosed(
        name=road.name, road_class=road.road_class, reason=reason, until=None, line=road.line,
        incident=incident.id,
    )  # fmt: skip
    return Draft(body, road.id, area, at)


# --- letting go of it -------------------------------------------------------------------------------------


def let_go(tx: Transaction, of: Linkage, reason: str) -> list[Draft]:
    """The facts that release everything the response set moving, and nothing that was sent or reserved by
    hand: units turn back wherever they are, reserved stock is free, shelters close (telling who is still in
    them), roads open unless another response keeps them closed. What has gone out of the stores is settled
    when the incident ends."""
    incident, h = tx.board.incidents[of.incident], tx.hearing()
    links = [tx.board.links[ident] for ident in incident.assignments]
    ours = [link for link in links if link.id in of.means.assignments]
    return [
        *dispatching.stood_down(h, incident, ours, reason),
        *_reopened(tx, of, reason),
        *(Draft(rules.shut(one), of.id, of.area, h.at) for one in of.means.shelters),
        *cancel_in(tx, of, reason),
        *_freed(tx, of, reason),
    ]


def _freed(tx: Transaction, of: Linkage, reason: str) -> list[Draft]:
    lots = {part.lot for part in of.means.supplies}
    lock_lots(tx.conn, tx.board, lots)
    mine = still_reserved(facts(tx.conn, tx.call.realm, [of.id, *lots]), of.incident)
    by = Terms(day_of(tx.now, tx.services.zone), tx.services.expiring_days)
    drafts: list[Draft] = []
    for ident, quantity in mine.items():
        lot = tx.board.lots[ident]
        if held := min(quantity, lot.held_for(of.incident)):
            body = stock.release(lot, held, of.incident, reason)
            drafts += stock.moved(lot, [body], by, tx.occurred_at())
    return drafts


def _reopened(tx: Transaction, of: Linkage, reason: str) -> list[Draft]:
    if not of.means.closures:
        return []
    standing = ground.closures_of(tx.conn, tx.call.realm, list(of.means.closures), tx.board)
    keepers = ground.cordons(tx.conn, tx.call.realm, of.id)
    drafts = []
    for one in standing.values():
        if one.incident != of.incident:
            continue  # somebody opened it since, and another closed it
        body: r.RoadClosed | r.RoadReopened = r.RoadReopened(due=False)
        if keeper := keepers.get(one.id):
            body = r.RoadClosed(
                name=one.name, road_class=one.road_class, reason=one.reason, until=one.until, line=one.line,
                incident=keeper,
            )  # fmt: skip
        drafts.append(Draft(body, one.id, one.area, tx.occurred_at()))
    return drafts
