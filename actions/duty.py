"""值班表 and 通讯录: who is on duty, who stands in, which telephone an office has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import core.events_duty as e
from actions.cases import check_offices
from actions.duty_commands import StandInCommand
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.envelope import Draft
from core.errors import Forbidden, InvalidInput, NotFound
from core.masking import mask_phone
from core.offices import parse, prefixes
from core.permissions import Principal, covers, may
from core.roster import OnDuty, Shift, gaps
from db import duty as rows

SPAN_MOST = timedelta(days=62)


def roster(services: Services, principal: Principal, since: datetime, until: datetime) -> list[Shift]:
    """The shifts between, of the offices that the asker acts for and of those above. Raises InvalidInput."""
    check_read(principal, "live")
    if not since < until <= since + SPAN_MOST:
        raise InvalidInput(pointer="until", detail=f"≤ {SPAN_MOST.days} d")
    with services.engine.connect() as conn:
        found = rows.shifts(conn, since, until)
    return [shift for shift in found if _near(principal, shift.office)]


def _near(principal: Principal, office: str) -> bool:
    """Whether an office is the asker's, under it, or one that the asker's answers to."""
    return covers(principal, office) or parse(office).area in prefixes(principal.area)


def own_gaps(
    services: Services, principal: Principal, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When nobody is on the roster of the asker's own office."""
    own = [s for s in roster(services, principal, since, until) if s.office == str(principal.office)]
    return gaps(own, since, until)


def on_duty(services: Services, principal: Principal, office: str, at: datetime | None = None) -> OnDuty:
    """Who answers for an office at a time (now): its own shift, or the next level's. Raises UnknownOffice."""
    check_read(principal, "live")
    check_offices(services, [office])
    with services.engine.connect() as conn:
        return rows.on_duty(conn, office, at or services.now_in("live"))


def stand_in(services: Services, call: Call, command: StandInCommand) -> Answer:
    """离岗 / 回岗: by the person, or a leader of the office: {seq, away}. Raises NotFound, Forbidden,
    InvalidInput."""
    if call.realm != "live":  # who is on duty is so in the real city
        raise InvalidInput(pointer="realm", detail="live")
    return perform(services, call, "duty", lambda tx: _stand_in(tx, command))


def _stand_in(tx: Transaction, command: StandInCommand) -> Answer:
    principal = tx.call.principal
    if not covers(principal, command.office):
        raise NotFound(kind="shift", id=command.office)
    if principal.name != command.person and not may(principal, "roster"):
        raise Forbidden(verb="roster", role=principal.role)
    key = {name: getattr(command, name) for name in ("office", "starts_at", "post", "person")}
    if not rows.set_away(tx.conn, key, away=command.away):
        raise NotFound(kind="shift", id=command.person)
    body = e.StandInSet(**key, away=command.away)
    tx.append([Draft(body, f"roster:{command.office}", parse(command.office).area, tx.now)])
    return {"seq": tx.board.seq, "away": command.away}


def phone_book(
    services: Services, principal: Principal, area: str = "", words: str = ""
) -> list[dict[str, Any]]:
    """Telephones of offices within `area`, by role, with those words in them.

    Who does duty sees the numbers of the offices that are theirs to call; everybody else sees them masked.
    """
    check_read(principal, "live")
    with services.engine.connect() as conn:
        found = rows.contacts(conn)
    within = [row for row in found if area in prefixes(parse(row["office"]).area)]
    told = [{**row, "phone": _phone(principal, row)} for row in within]
    return [row for row in told if _has(row, words)]  # as told: a masked number is not found by its digits


def _has(row: dict[str, Any], words: str) -> bool:
    return all(any(word in str(value) for value in row.values()) for word in words.split())


def _phone(principal: Principal, row: dict[str, Any]) -> str:
    seen = may(principal, "duty") and _near(principal, row["office"])
    return str(row["phone"]) if seen else mask_phone(str(row["phone"]))


def shifts_json(found: Sequence[Shift]) -> list[dict[str, Any]]:
    """As other systems get them."""
    return [{**asdict(shift), "held_by": shift.held_by} for shift in found]
