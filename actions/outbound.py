"""What left the building, what waits, what could not be delivered; and where the channels go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping

import core.events_system as e
from actions.duty_commands import ChannelCommand, GiveUpCommand
from actions.queries import check_read, cursor_of, position_of
from actions.services import Services
from actions.system_log import ledger, require
from core.errors import Forbidden, InvalidInput, NotFound
from core.errors_duty import GatewayUnfit, NotDead
from core.permissions import Principal, covers, may
from db import outbound as rows
from outbound.gateway import is_fit

STATES = ("queued", "sent", "dead", "given_up")
LISTED = 200
_SHOWN = (
    "id", "realm", "seq", "fact", "incident", "office", "channel", "addressee", "body", "state", "attempts",
    "created_at", "next_at", "sent_at", "receipt", "error", "reason",
)  # fmt: skip


def listed(
    services: Services,
    principal: Principal,
    realm: str,
    state: str | None = None,
    cursor: str | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of messages to offices that the asker acts for, newest first, and the cursor of the next page.
    Raises Forbidden, InvalidInput."""
    check_read(principal, realm)
    _check_duty(principal)
    if state is not None and state not in STATES:
        raise InvalidInput(pointer="state", detail=", ".join(STATES))
    after = position_of(cursor) if cursor else None
    with services.engine.connect() as conn:
        found = rows.listed(conn, realm, principal.office, state, LISTED + 1, after)
    page = [{name: row[name] for name in _SHOWN} for row in found[:LISTED]]
    more = len(found) > LISTED
    return page, cursor_of(page[-1]["created_at"], page[-1]["id"]) if more else None


def read(services: Services, principal: Principal, realm: str, ident: str) -> dict[str, Any]:
    """One message. Raises Forbidden, NotFound."""
    check_read(principal, realm)
    _check_duty(principal)
    with services.engine.connect() as conn:
        row = _own(conn, principal, realm, ident)
    return {name: row[name] for name in _SHOWN}


def retry(services: Services, principal: Principal, realm: str, ident: str) -> dict[str, Any]:
    """Send a dead letter again, from the first try. Raises Forbidden, NotFound, NotDead."""
    check_read(principal, realm)
    _check_duty(principal)
    with ledger(services, principal) as book:
        _own(book.conn, principal, realm, ident)
        if not rows.revive(book.conn, realm, ident, book.now):
            raise NotDead(id=ident)
        book.record(e.MessageRetried(message=ident), ident, principal.area)
    return {"id": ident, "state": "queued"}


def give_up(
    services: Services, principal: Principal, realm: str, ident: str, command: GiveUpCommand
) -> dict[str, Any]:
    """放弃: a dead letter is tried no more, and why. Raises Forbidden, NotFound, NotDead."""
    check_read(principal, realm)
    _check_duty(principal)
    with ledger(services, principal) as book:
        _own(book.conn, principal, realm, ident)
        if not rows.give_up(book.conn, realm, ident, command.reason):
            raise NotDead(id=ident)
        book.record(e.LetterGivenUp(message=ident, way="out", reason=command.reason), ident, principal.area)
    return {"id": ident, "state": "given_up"}


def _own(conn: Connection, principal: Principal, realm: str, ident: str) -> RowMapping:
    """A message to an office that the asker acts for. Raises NotFound."""
    row = rows.find(conn, realm, ident)
    if row is None or not covers(principal, row["office"]):
        raise NotFound(kind="message", id=ident)
    return row


def _check_duty(principal: Principal) -> None:
    if not may(principal, "duty"):
        raise Forbidden(verb="duty", role=principal.role)


def channels(services: Services, principal: Principal) -> list[dict[str, Any]]:
    """Every channel; where it goes is for whoever sets it up. Raises Forbidden."""
    if not (may(principal, "settings") or may(principal, "duty")):
        raise Forbidden(verb="settings", role=principal.role)
    with services.engine.connect() as conn:
        found = [{str(name): row[name] for name in row} for row in rows.channels(conn).values()]
    return [_told(row, may(principal, "settings")) for row in found]


def _told(row: dict[str, Any], whole: bool) -> dict[str, Any]:
    """An address may hold a key, as those of enterprise WeChat do."""
    gateway = "http" if row["url"] else "file"
    return {**row, "gateway": gateway} if whole else {**row, "gateway": gateway, "url": ""}


def fares(services: Services, principal: Principal) -> dict[str, dict[str, Any]]:
    """How each channel fares: {queued, dead, last_error}, and nothing of what was said. Raises Forbidden."""
    require(principal, "settings")
    with services.engine.connect() as conn:
        return rows.fares(conn)


def set_channel(services: Services, principal: Principal, code: str, command: ChannelCommand) -> None:
    """Where a channel goes, and whether. Raises Forbidden, NotFound, GatewayUnfit."""
    require(principal, "settings")
    if command.url and not is_fit(command.url):
        raise GatewayUnfit(url=command.url.partition("?")[0])
    with ledger(services, principal) as book:
        if not rows.set_channel(book.conn, code, {"url": command.url, "enabled": command.enabled}):
            raise NotFound(kind="channel", id=code)
        book.record(e.ChannelSet(channel=code, gateway=_host(command.url), enabled=command.enabled), code)


def _host(url: str) -> str:
    """The address without what may be a key."""
    return url.partition("?")[0] if url else "file"
