"""请求暂停: whoever sees a grave live incident in a drill and does not control it asks those who do."""

from __future__ import annotations

from dataclasses import replace

import core.events_drills as e
from actions.drill_commands import AskCommand
from actions.drills import answer, held, moment, realm_of
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import drill as rules
from core.errors import Forbidden


def ask(services: Services, call: Call, ident: str, command: AskCommand) -> Answer:
    """On every screen of the drill, until it is paused. Raises NotFound, Forbidden (a wall, a machine),
    DrillMoveNotAllowed (it does not run)."""
    if call.principal.kind not in ("user", "unit"):
        raise Forbidden(verb="drill", role=call.principal.role)

    def decide(tx: Transaction) -> Answer:
        drill = held(tx)
        rules.check(drill, "ask")
        tx.append([drill.fact(e.PauseAsked(about=command.about), moment(tx))])
        return answer(tx)

    return perform(services, replace(call, realm=realm_of(ident)), "read", decide)
