"""Nothing stays bound to an incident that ends: units are released, holds end, stock is freed or settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from actions.commands import EndCommand, Settle
from actions.stock import terms
from actions.unit_of_work import Transaction
from core import dispatching, stock
from core.envelope import Body, Draft
from core.errors import NotFound
from core.errors_commit import SuppliesUnsettled
from core.hearing import Hearing
from core.model import Assignment, Incident
from core.stock import Lot
from db import projection, supplies
from db.projection import Needs
from db.stock import lock_lots


@dataclass(frozen=True, slots=True)
class Ending:
    """What whoever ends an incident says of what is bound to it.

    `release_units`: those still there go home; without it they stand in the way of its end. `settle`: what
    has gone out to it came back, or is used up; without it goods that are out stand in the way.
    """

    release_units: bool = False
    settle: Settle | None = None

    @classmethod
    def of(cls, command: EndCommand) -> Ending:
        return cls(command.release_units, command.settle)


ASKING = Ending()
Decision = Callable[[Hearing, Incident], list[Draft]]


def ended(tx: Transaction, incident: Incident, decision: Decision, ending: Ending) -> list[Draft]:
    """The facts of a verb that ends an incident, after those that let go of all that is bound to it.

    Raises what the decision refuses (UnitsStillAssigned where units are not to be released), then
    SuppliesUnsettled.
    """
    h = tx.hearing()
    spared = replace(incident, units=(), assignments=()) if ending.release_units else incident
    decided = decision(h, spared)
    held = projection.held_for(tx.conn, tx.call.realm, incident.id)
    if held or incident.assignments:
        tx.lock(Needs(assignments=incident.assignments, units=tuple(held)))
    units = [tx.board.units[ident] for ident in held]
    ours = [unit for unit in units if unit.hold and unit.hold.incident == incident.id]
    gone = dispatching.end_holds(ours, "incident_ended", h.at)
    back = dispatching.released(links_of(tx, incident), None, h.at)
    return [*gone, *back, *freed(tx, incident, ending.settle, None), *decided]


def links_of(tx: Transaction, incident: Incident) -> list[Assignment]:
    """Its locked assignments."""
    return [tx.board.links[ident] for ident in incident.assignments]


def freed(
    tx: Transaction, incident: Incident, settle: Settle | None, reason: str | None, *, ends: bool = True
) -> list[Draft]:
    """Stock that is reserved for an incident is free again; what is out is settled, where the incident ends.

    Raises SuppliesUnsettled when nobody says how.
    """
    lots = supplies.lock_bound(tx.conn, tx.board, incident.id)
    if ends and settle is None:
        _refuse_unsettled(lots, incident.id)
    by, at = terms(tx.services, tx), tx.occurred_at()
    told = [(lot, _bodies(lot, incident.id, settle if ends else None, reason)) for lot in lots]
    return [draft for lot, bodies in told if bodies for draft in stock.moved(lot, bodies, by, at)]


def _bodies(lot: Lot, incident: str, settle: Settle | None, reason: str | None) -> list[Body]:
    held, out = lot.held_for(incident), lot.out_for(incident)
    bodies = [stock.release(lot, held, incident, reason)] if held else []
    if out and settle == "returned":
        bodies.append(stock.take_back(lot, out, incident, reason))
    if out and settle == "consumed":
        bodies.append(stock.consume(lot, out, incident, reason))
    return bodies


def _refuse_unsettled(lots: Sequence[Lot], incident: str) -> None:
    out = [lot for lot in lots if lot.out_for(incident)]
    if out:
        raise SuppliesUnsettled(
            items=[f"{lot.name} {lot.out_for(incident):g} {lot.unit}" for lot in out],
            lots=[
                {"lot": lot.id, "store": lot.store, "item": lot.item, "name": lot.name, "unit": lot.unit,
                 "quantity": lot.out_for(incident)}
                for lot in out
            ],
        )  # fmt: skip


def given_back(tx: Transaction, incident: Incident, quantities: dict[str, float], reason: str) -> list[Draft]:
    """So much of these lots, reserved for an incident, is free again. Raises NotFound, StockShort."""
    lock_lots(tx.conn, tx.board, quantities)
    by, at = terms(tx.services, tx), tx.occurred_at()
    drafts = []
    for ident, quantity in quantities.items():
        lot = tx.board.lots.get(ident)
        if lot is None:
            raise NotFound(kind="lot", id=ident)
        drafts += stock.moved(lot, [stock.release(lot, quantity, incident.id, reason)], by, at)
    return drafts
