"""Coming in and going out: login, logout, a wall's first visit, and reads that were denied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, TypeVar

from argon2.exceptions import VerificationError
from sqlalchemy import RowMapping

import core.events_system as e
from actions.accounts import HASHER
from actions.services import Services
from actions.system_log import Ledger, ledger
from core.errors import NotFound, Refusal
from core.errors_accounts import AccountLocked, LoginRefused
from core.passwords import LONGEST
from core.permissions import SYSTEM, Principal, Scope, visible
from db import accounts as rows
from db import sessions

T = TypeVar("T")
Failure = Literal["unknown", "password", "locked", "disabled"]


@dataclass(frozen=True, slots=True)
class Login:
    """A new desk session: the cookie's value and whose it is."""

    cookie: str
    name: str
    role: str


def login(services: Services, name: str, password: str, seat: str = "") -> Login:
    """Begin a session. Raises LoginRefused, AccountLocked; each failure is in the log first.

    The password is checked outside the transaction, for it takes a tenth of a second; whether the account
    is locked is decided inside it, so that guesses in parallel cannot slip past the fifth.
    """
    with services.engine.connect() as conn:
        row = rows.account_by_name(conn, name)
    fits = _fits(row, password)
    with ledger(services, SYSTEM) as book:
        row = rows.account_by_name(book.conn, name, lock=True)
        outcome = _decide(services, book, row, fits=fits, seat=seat)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _fits(row: RowMapping | None, password: str) -> bool:
    """Unknown names take as long as known ones."""
    hashed = _nobodys_hash() if row is None else row["password"]
    try:
        return HASHER.verify(hashed, password[: LONGEST + 1]) and row is not None
    except VerificationError:
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return HASHER.hash(sessions.new_secret())


def _decide(
    services: Services, book: Ledger, row: RowMapping | None, *, fits: bool, seat: str
) -> Login | Refusal:
    if row is None:
        book.record(e.LoginFailed(account=None, name=None, reason="unknown"), "login")
        return LoginRefused()
    if row["locked_until"] is not None and row["locked_until"] > book.now:
        _failed(book, row, "locked", row["locked_until"])
        return _locked(services, book, row["locked_until"])
    if row["disabled"]:
        _failed(book, row, "disabled")
        return LoginRefused()
    return _enter(book, row, seat) if fits else _miss(services, book, row)


def _miss(services: Services, book: Ledger, row: RowMapping) -> Refusal:
    until = rows.count_failure(book.conn, row, book.now)
    _failed(book, row, "password", until)
    return LoginRefused() if until is None else _locked(services, book, until)


def _failed(book: Ledger, row: RowMapping, reason: Failure, until: datetime | None = None) -> None:
    body = e.LoginFailed(account=row["id"], name=row["name"], reason=reason, locked_until=until)
    book.record(body, row["id"], row["area"])


def _locked(services: Services, book: Ledger, until: datetime) -> AccountLocked:
    minutes = max(1, -int(-(until - book.now).total_seconds() // 60))
    return AccountLocked(until=until.astimezone(services.zone).strftime("%H:%M"), minutes=minutes)


def _enter(book: Ledger, row: RowMapping, seat: str) -> Login:
    rows.clear_failures(book.conn, row["id"])
    cookie = sessions.open_session(book.conn, book.now, account_id=row["id"], seat=seat)
    session = sessions.public_id(sessions.fingerprint(cookie))
    book.by = Principal(row["id"], row["name"], row["role"], row["area"], seat, dept=row["dept"])
    book.record(e.LoggedIn(account=row["id"], name=row["name"], session=session), row["id"], row["area"])
    return Login(cookie, row["name"], row["role"])


def logout(services: Services, principal: Principal) -> None:
    """End the session the principal came with; its streams close. Nothing when it is no desk's."""
    if principal.kind != "user":
        return
    with ledger(services, principal) as book:
        if sessions.end_session(book.conn, principal.credential, book.now):
            body = e.LoggedOut(account=principal.id, session=principal.credential)
            book.record(body, principal.id, principal.area)


def open_wall(services: Services, name: str, secret: str) -> str | None:
    """Exchange a wall's token for a cookie; None when it is no living token of this wall."""
    with services.engine.connect() as conn:
        principal = sessions.find_token(conn, secret)
    if principal is None or principal.kind != "wall" or principal.name != name:
        return None
    with ledger(services, principal) as book:
        cookie = sessions.open_session(
            book.conn, book.now, token_id=principal.credential, kind="wall", seat=name
        )
        book.record(e.WallOpened(token=principal.credential, name=name), principal.credential, principal.area)
    return cookie


def open_phone(services: Services, secret: str) -> str | None:
    """Exchange a unit's token for a cookie; None when it is no living token of a unit."""
    with services.engine.connect() as conn:
        principal = sessions.find_token(conn, secret)
    if principal is None or principal.kind != "unit":
        return None
    with ledger(services, principal) as book:
        token = principal.credential
        cookie = sessions.open_session(book.conn, book.now, token_id=token, kind="unit", seat=principal.seat)
        book.record(e.PhoneOpened(token=token, unit=principal.id), token, principal.area)
    return cookie


def leave_phone(services: Services, principal: Principal, cookie: str) -> None:
    """End the session of a unit's phone. Nothing when the cookie is no unit's."""
    with ledger(services, principal) as book:
        if sessions.end_phone(book.conn, cookie, book.now):
            body = e.PhoneLeft(token=principal.credential, unit=principal.id)
            book.record(body, principal.credential, principal.area)


def deny_read(
    services: Services, principal: Principal, what: str, *, area: str = "", realm: str = ""
) -> None:
    """Log that somebody asked for what lies outside their area or realm."""
    body = e.ReadDenied(principal=principal.id, what=what, wanted_area=area, wanted_realm=realm)
    with ledger(services, principal) as book:
        book.record(body, principal.credential or principal.id, principal.area)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for by its name."""

    kind: str
    id: str
    realm: str


def require_seen(
    services: Services,
    principal: Principal,
    wanted: Wanted,
    found: T | None,
    area_of: Callable[[T], str],
    seen: Callable[[T], bool] | None = None,
) -> T:
    """What was found, if the asker may see it: what lies in their area, or what `seen` says.

    Raises NotFound where there is nothing, and, told apart by nobody outside, where it is not theirs to
    see: that is logged.
    """
    if found is not None:
        area = area_of(found)
        if seen(found) if seen else visible(Scope.of(principal), area):
            return found
        deny_read(services, principal, f"{wanted.kind} {wanted.id}", area=area, realm=wanted.realm)
    raise NotFound(kind=wanted.kind, id=wanted.id)


def watches(services: Services, principal: Principal) -> None:
    """A desk is watching a live stream: that is no idleness."""
    with services.engine.begin() as conn:
        sessions.keep_alive(conn, principal, services.now())
