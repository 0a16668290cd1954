"""A drill's script as its controllers edit it: read with what stands in its way, and saved over nobody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from actions import drills
from actions.drill_commands import ScriptCommand
from actions.drills import realm_of
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call
from core import drill as rules
from core.drill import Drill
from core.drill_checks import Fault
from core.drill_script import Script
from core.errors import Forbidden, NotFound
from core.events_drills import ScriptChanged
from core.permissions import Principal
from db import drills as rows
from db import log


@dataclass(frozen=True, slots=True)
class Opened:
    """A script as it stands; `mark` tells whether it still does. `edits`: whoever asks may change it, but for
    the injects that were delivered (`done`). `version` is that of the drill."""

    script: Script
    mark: str
    version: int
    faults: tuple[Fault, ...]
    edits: bool
    done: frozenset[int]


def open_script(services: Services, principal: Principal, ident: str) -> Opened:
    """Raises NotFound, Forbidden (who plays does not read it before the end)."""
    drill = _drill(services, principal, ident)
    if not rules.knows_script(drill, principal):
        raise Forbidden(verb="drill", role=principal.role)
    with services.engine.connect() as conn:
        found = drills.faults(services, conn, drill.script)
    return Opened(
        drill.script, mark_of(drill.script), drill.version, tuple(found), _edits(drill, principal),
        frozenset(drill.delivered),
    )  # fmt: skip


def standing(services: Services, principal: Principal, ident: str) -> dict[str, Any]:
    """{mark, edits} as they are now; of what may not be read there is no mark. Raises NotFound, Forbidden."""
    drill = _drill(services, principal, ident)
    known = rules.knows_script(drill, principal)
    return {"mark": mark_of(drill.script) if known else "", "edits": _edits(drill, principal)}


def _edits(drill: Drill, principal: Principal) -> bool:
    return rules.controls(drill, principal) and drill.status in rules.MOVES["script"]


def saved_by(services: Services, principal: Principal, ident: str) -> str:
    """Who changed the script last, "" = nobody has since it was set up. Raises NotFound, Forbidden."""
    realm = _drill(services, principal, ident).id
    with services.engine.connect() as conn:
        last = log.read_kinds(conn, realm, [ScriptChanged.__name__], log.head(conn, realm))
        return next((log.to_event(wire).actor for wire in reversed(list(last))), "")


def mark_of(script: Script) -> str:
    return hashlib.sha256(script.model_dump_json().encode()).hexdigest()[:16]


def save_script(
    services: Services, call: Call, ident: str, script: Script, seen: tuple[str, int] | None
) -> Answer:
    """The verb `script`. `seen`: mark and version of what the writer has read; None: whatever stands now.
    That injects came or people sat down meanwhile is no conflict, another script is.

    Raises as `drills.change_script`; StaleVersion where somebody else saved.
    """
    drill = _drill(services, call.principal, ident)
    mark, version = seen or (mark_of(drill.script), drill.version)
    held = drill.version if mark == mark_of(drill.script) else version
    return drills.change_script(services, replace(call, if_match=held), ident, ScriptCommand(script=script))


def _drill(services: Services, principal: Principal, ident: str) -> Drill:
    realm = realm_of(ident)
    check_read(principal, realm)
    with services.engine.connect() as conn:
        found = rows.read_drill(conn, realm)
    if found is None:
        raise NotFound(kind="drill", id=ident)
    return found
