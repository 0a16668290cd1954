"""Scripts before they are a drill: from files, as files, from plans, with what stands in their way."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from actions.drills import faults
from actions.plans import approved_plan
from actions.services import Services
from core import drill as rules
from core.drill import is_drill
from core.drill_book import read_book
from core.drill_checks import Fault
from core.drill_draft import MINUTES, Place, Wording, draft
from core.drill_script import Script
from core.drill_text import read_script as read_text
from core.errors import Forbidden, InvalidInput
from core.errors_drills import ScriptUnknown
from core.permissions import Principal, may
from db import drills as rows
from db.places import describe_point

Checked = tuple[Script, list[Fault]]


class DraftCommand(BaseModel):
    """按预案生成: the plan (its code) at a level, as for an incident at a place."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    plan: Annotated[str, Field(min_length=1, max_length=40)]
    level: Annotated[int, Field(ge=1, le=4)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    address: Annotated[str, Field(max_length=200)] = ""
    minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)] = MINUTES


def read_script(services: Services, principal: Principal, code: str) -> Script:
    """One that ships, or that of a drill (by its realm). Raises Forbidden, ScriptUnknown."""
    _check(principal)
    shipped = rows.shipped_scripts()
    if code in shipped:
        return shipped[code]
    with services.engine.connect() as conn:
        of = rows.read_drill(conn, code) if is_drill(code) else None
    if of is None or not rules.knows_script(of, principal):
        raise ScriptUnknown(script=code, known=list(shipped))
    return of.script


def check_file(services: Services, principal: Principal, content: bytes) -> Checked:
    """A script from a file, XLSX or JSON. Raises Forbidden, ScriptUnreadable, ScriptMisshapen."""
    _check(principal)
    book = content.startswith(b"PK")
    script = read_book(content) if book else read_text(content.decode("utf-8-sig", "replace"))
    with services.engine.connect() as conn:
        return script, faults(services, conn, script)


def draft_script(
    services: Services, principal: Principal, command: DraftCommand, wording: Wording
) -> Checked:
    """Raises Forbidden, NotFound (no such plan in force), InvalidInput (a level that it has not, a place
    outside the city)."""
    _check(principal)
    with services.engine.connect() as conn:
        _, plan = approved_plan(conn, command.plan)
        area = describe_point(conn, command.lon, command.lat).grid
        if not area:
            raise InvalidInput(pointer="/lon", detail="outside_city")
        place = Place(command.lon, command.lat, area, command.address)
        classes = services.reference.classes()
        made = draft(plan, command.level, place, classes, wording, command.minutes)
        return made, faults(services, conn, made)


def _check(principal: Principal) -> None:
    if not may(principal, "drill"):
        raise Forbidden(verb="drill", role=principal.role)
