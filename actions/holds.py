"""预占: units reserved for a minute while somebody decides. Shown to others; only its holder sends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from sqlalchemy import bindparam, select
from ulid import ULID

from actions.commands import Code, Command
from actions.next_best import or_next_best
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import dispatching
from core.dispatching import HOLD, unheld
from core.errors import InvalidInput, NotFound
from core.model import Unit
from core.permissions import Scope, visible
from core.serial import unit_of
from db import projection
from db.projection import Needs
from db.tables import unit as unit_table


class HoldCommand(Command):
    """预占: all of these units or none."""

    incident: Code
    units: Annotated[tuple[Code, ...], Field(min_length=1, max_length=50)]


def hold(services: Services, call: Call, command: HoldCommand) -> Answer:
    """Hold units for an incident for 60 s of the realm's time: `{id, until, units, seq}`.

    What its holder holds already is prolonged, once. Raises NotFound, UnitUnknown, UnitBusy, UnitHeld (both
    name the holder and offer the next best), UnitOffDuty, HoldNotRenewable, MoveNotAllowed.
    """
    if len(set(command.units)) != len(command.units):
        raise InvalidInput(pointer="/units", detail="duplicate")
    needs = Needs(incidents=(command.incident,), units=command.units)
    with or_next_best(services, call, command.incident, command.units):
        return perform(services, call, "hold", lambda tx: _hold(tx, command), needs)


def _hold(tx: Transaction, command: HoldCommand) -> Answer:
    incident = tx.incident(command.incident)
    units = [unheld(unit, tx.now) for unit in tx.units(command.units)]
    numbers = projection.numbers(tx.conn, tx.call.realm, [u.incident for u in units if u.incident])
    ident, until = str(ULID()), tx.now + HOLD
    seq = tx.append(dispatching.hold(tx.hearing_now(), incident, units, numbers, ident, until))
    return {"id": ident, "seq": seq, "incident": incident.id, "units": list(command.units), "until": until}


def give_up(services: Services, call: Call, ident: str) -> Answer:
    """End a hold before its time. Raises NotFound when there is none, UnitHeld when it is another's."""
    with services.engine.connect() as conn:
        units = tuple(projection.units_of_hold(conn, call.realm, ident))
    return perform(services, call, "hold", lambda tx: _give_up(tx, ident), Needs(units=units))


def _give_up(tx: Transaction, ident: str) -> Answer:
    scope = Scope.of(tx.call.principal)
    locked = [unit for unit in tx.board.units.values() if visible(scope, unit.area)]
    held = [unit for unit in locked if unit.hold and unit.hold.id == ident]
    if not held:
        raise NotFound(kind="hold", id=ident)
    for unit in held:
        dispatching.check_free(tx.hearing_now(), unit, {})
    seq = tx.append(dispatching.end_holds(held, "given_up", tx.now))
    return {"id": ident, "seq": seq, "units": [unit.id for unit in held]}


_LAPSED = (
    select(unit_table.c.id, unit_table.c.doc)
    .where(unit_table.c.realm == bindparam("of_realm"), unit_table.c.held_until <= bindparam("now"))
    .order_by(unit_table.c.held_until, unit_table.c.id)
    .with_for_update(skip_locked=True)
)


def claim(tx: Transaction, most: int) -> Sequence[Unit]:
    """Lock units whose hold has run out, and put them on the board."""
    rows = tx.conn.execute(_LAPSED.limit(most), {"of_realm": tx.call.realm, "now": tx.now}).all()
    found = [unit_of(row.doc) for row in rows]
    tx.board.units.update((unit.id, unit) for unit in found)
    return found
