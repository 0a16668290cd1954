"""实战演练的真实队伍: marked 在演练 in live by a live leader, called back by whoever could send them.

Facts of live, in transactions of live alone: a drill never changes a real unit. The drill's row is locked
against its end meanwhile, so that nobody is lent to a drill that is over.
"""

from __future__ import annotations

from dataclasses import replace

import core.events_crews as e
from actions.crews import LIVE, returned
from actions.drill_commands import CrewsCommand
from actions.drills import held, moment, realm_of
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import dispatching
from core import drill as rules
from core.dispatching import unheld
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.errors_drills import UnitNotInDrill
from core.events_drills import CrewCalledBack
from core.model import Unit
from db import drills as rows
from db.projection import Needs


def lend(services: Services, call: Call, ident: str, command: CrewsCommand) -> Answer:
    """在演练: these units take part in the drill, all or none: {seq, units}. From then on they are not sent.

    Raises NotFound, Forbidden, InvalidInput (a drill at the table has no crews), DrillMoveNotAllowed (it is
    over), UnitUnknown, UnitBusy, UnitHeld, UnitOffDuty, UnitInDrill.
    """

    realm = realm_of(ident)

    def decide(tx: Transaction) -> Answer:
        drill = rows.lock_drill(tx.conn, realm)
        if drill is None:
            raise NotFound(kind="drill", id=realm)
        rules.check(drill, "crews")
        if drill.script.form != "field":
            raise InvalidInput(pointer="/units", detail=drill.script.form)
        h, units = tx.hearing_now(), tx.units(tuple(dict.fromkeys(command.units)))
        for unit in units:
            bound = unit.incident or ""
            dispatching.check_free(h, unheld(unit, tx.now), {bound: tx.number_of(bound)} if bound else {})
        body = e.CrewLent(drill=realm, name=drill.script.name)
        tx.append([Draft(body, unit.id, unit.area, tx.now) for unit in units])
        return {"seq": tx.board.seq, "units": [unit.id for unit in units]}

    live = replace(call, realm=LIVE)
    return perform(services, live, "drill", decide, Needs(units=command.units))


def recall(services: Services, call: Call, ident: str) -> Answer:
    """召回: free at once, and on the drill's screens: {seq, unit, drill}. Raises Forbidden, UnitUnknown,
    UnitNotInDrill."""
    called: list[Unit] = []

    def decide(tx: Transaction) -> Answer:
        (unit,) = tx.units([ident])
        if not unit.drill:
            raise UnitNotInDrill(unit=unit.id, unit_name=unit.name)
        tx.append([returned(tx, unit, "recalled")])
        called.append(unit)
        return {"seq": tx.board.seq, "unit": unit.id, "drill": unit.drill}

    given = perform(services, replace(call, realm=LIVE), "dispatch", decide, Needs(units=(ident,)))
    for unit in called:
        _tell(services, call, unit)
    return given


def _tell(services: Services, call: Call, unit: Unit) -> None:
    """The drill hears of it, in its own time."""
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(call.principal, unit.drill))
        tx.begin()
        drill = held(tx)
        body = CrewCalledBack(unit=unit.id, unit_name=unit.name)
        tx.append([drill.fact(body, moment(tx))])
        tx.finish()
    services.announcer.events(unit.drill, tx.events)
