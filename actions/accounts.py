"""Accounts and tokens: who may come in. Done by the security administrator or the machine's owner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, RowMapping, select
from ulid import ULID

import core.events_system as e
from actions.services import Services
from actions.system_log import Ledger, ledger, require
from core import passwords
from core.errors import Forbidden, UnitUnknown
from core.errors_accounts import (
    AccountUnknown,
    AreaUnknown,
    DepartmentUnknown,
    NameInvalid,
    NameTaken,
    PasswordWeak,
    RoleUnknown,
    TokenKindUnknown,
    TokenUnknown,
    VerbUnknown,
)
from core.errors_intake import SourceUnknown
from core.permissions import (
    ACCOUNT_ROLES,
    ADMIN_ROLES,
    API_VERBS,
    SYSTEM,
    TOKEN_KINDS,
    Principal,
    is_area_prefix,
)
from db import accounts as rows
from db import intake, sessions
from db.tables import unit as unit_table

HASHER = PasswordHasher()
"""argon2id with the library's defaults (RFC 9106, low memory)."""

_NAME = re.compile(r"[\w][\w.\-]{0,31}")
ALL_VERBS = "*"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account with its password, to be shown once."""

    name: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token with its secret, to be shown once."""

    id: str
    kind: str
    name: str
    secret: str


def ensure_first_accounts(services: Services, *, demo: bool) -> list[NewAccount]:
    """The three administrators; for the demo city officer, leader and engineer too; [] if anybody exists."""
    roles = (*ADMIN_ROLES, "officer", "leader", "engineer") if demo else ADMIN_ROLES
    with services.engine.connect() as conn:
        if rows.count_accounts(conn):
            return []
    new = [NewAccount(role, role, passwords.generate()) for role in roles]
    with ledger(services, SYSTEM) as book:
        return [account for account in new if _insert(book, account)]


def add_user(
    services: Services,
    by: Principal,
    name: str,
    role: str,
    area: str = "",
    password: str | None = None,
    *,
    dept: str = "",
) -> NewAccount:
    """A new account of an area's desk, or of a department there; the password is made when none is given.

    Raises Forbidden, NameInvalid, RoleUnknown, AreaUnknown, DepartmentUnknown, PasswordWeak, NameTaken.
    """
    require(by, "user.add")
    _check_name(name)
    _check_role(role)
    account = NewAccount(name, role, _password(name, password))
    with ledger(services, by) as book:
        _check_area(book.conn, area)
        _check_dept(services, dept)
        if not _insert(book, account, area, dept):
            raise NameTaken(name=name)
    return account


def _insert(book: Ledger, account: NewAccount, area: str = "", dept: str = "") -> bool:
    row = {
        "id": str(ULID()),
        "name": account.name,
        "role": account.role,
        "area": area,
        "dept": dept,
        "password": HASHER.hash(account.password),
    }
    added = rows.insert_account(book.conn, row, book.now)
    if added:
        body = e.AccountAdded(account=row["id"], name=account.name, role=account.role, area=area, dept=dept)
        book.record(body, row["id"], area)
    return added


def reset_password(services: Services, by: Principal, name: str, password: str | None = None) -> NewAccount:
    """A new password; sessions end, a lock is lifted. Raises Forbidden, AccountUnknown, PasswordWeak."""
    require(by, "user.reset")
    new = _password(name, password)
    hashed = HASHER.hash(new)
    with ledger(services, by) as book:
        row = _account(book.conn, name)
        rows.change_account(book.conn, row["id"], book.now, password=hashed, failed=0, locked_until=None)
        sessions.end_sessions_of(book.conn, row["id"], book.now)
        book.record(e.PasswordReset(account=row["id"], name=name), row["id"], row["area"])
    return NewAccount(name, row["role"], new)


def change_user(
    services: Services,
    by: Principal,
    name: str,
    *,
    role: str | None = None,
    area: str | None = None,
    dept: str | None = None,
    disabled: bool | None = None,
) -> dict[str, Any]:
    """Another role, area, department or state; nobody changes their own. Open streams of the account close.
    What the account is now: role, area, dept, disabled.

    Raises Forbidden, AccountUnknown, RoleUnknown, AreaUnknown, DepartmentUnknown.
    """
    require(by, "user.change")
    with ledger(services, by) as book:
        row = _account(book.conn, name)
        if row["id"] == by.id:
            raise Forbidden(verb="user.change", role=by.role)
        new: dict[str, Any] = {"role": role, "area": area, "dept": dept, "disabled": disabled}
        new = {field: row[field] if value is None else value for field, value in new.items()}
        _check_role(new["role"])
        _check_area(book.conn, new["area"])
        _check_dept(services, new["dept"])
        rows.change_account(book.conn, row["id"], book.now, **new)
        book.record(e.AccountChanged(account=row["id"], name=name, **new), row["id"], new["area"])
    return new


def list_users(services: Services, by: Principal) -> list[dict[str, Any]]:
    """Every account without its hash. Raises Forbidden."""
    require(by, "user.list")
    with services.engine.connect() as conn:
        return [dict(row) for row in rows.list_accounts(conn)]


def add_token(
    services: Services,
    by: Principal,
    kind: str,
    name: str,
    *,
    realm: str | None = None,
    area: str = "",
    verbs: Iterable[str] = (),
    unit: str | None = None,
    source: str | None = None,
) -> NewToken:
    """A token. A wall's `name` is the wall's; an API token lists its verbs ("*" = all a token may have), and
    may be an intake source's: nobody else then gives numbers on its channel.

    Raises Forbidden, TokenKindUnknown, NameInvalid, AreaUnknown, VerbUnknown, UnitUnknown, SourceUnknown.
    """
    require(by, "token.add")
    _check_token(kind, name, unit)
    new = NewToken(str(ULID()), kind, name, sessions.new_secret(f"zh{kind}_"))
    row = {
        "id": new.id,
        "kind": kind,
        "name": name,
        "realm": realm,
        "area": area,
        "unit": unit,
        "verbs": _verbs(kind, verbs),
        "source": source,
    }
    with ledger(services, by) as book:
        _check_area(book.conn, area)
        _check_unit(book.conn, realm, unit)
        _check_source(book.conn, source)
        rows.insert_token(book.conn, row, new.secret, book.now)
        book.record(_issued(row), new.id, area)
    return new


def _issued(row: Mapping[str, Any]) -> e.TokenIssued:
    return e.TokenIssued(
        token=row["id"],
        token_kind=row["kind"],
        name=row["name"],
        bound_realm=row["realm"],
        area=row["area"],
        verbs=row["verbs"],
        unit=row["unit"],
        source=row["source"],
    )


def revoke_token(services: Services, by: Principal, id_or_name: str) -> list[str]:
    """Revoke the token of this id, or all of this name; their ids. Raises Forbidden, TokenUnknown."""
    require(by, "token.revoke")
    with ledger(services, by) as book:
        found = rows.open_tokens(book.conn, id_or_name)
        if not found:
            raise TokenUnknown(token=id_or_name)
        for row in found:
            rows.revoke(book.conn, row["id"], book.now)
            body = e.TokenRevoked(token=row["id"], token_kind=row["kind"], name=row["name"])
            book.record(body, row["id"], row["area"])
    return [row["id"] for row in found]


def list_tokens(services: Services, by: Principal) -> list[dict[str, Any]]:
    """Every token without its hash, revoked ones too. Raises Forbidden."""
    require(by, "token.list")
    with services.engine.connect() as conn:
        return [dict(row) for row in rows.list_tokens(conn)]


def _account(conn: Connection, name: str) -> RowMapping:
    row = rows.account_by_name(conn, name, lock=True)
    if row is None:
        raise AccountUnknown(name=name)
    return row


def _password(name: str, given: str | None) -> str:
    if given is None:
        return passwords.generate()
    reason = passwords.weakness(name, given)
    if reason:
        raise PasswordWeak(reason=reason)
    return given


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NameInvalid(name=name)


def _check_role(role: str) -> None:
    if role not in ACCOUNT_ROLES:
        raise RoleUnknown(role=role, allowed=", ".join(ACCOUNT_ROLES))


def _check_area(conn: Connection, area: str) -> None:
    if not (is_area_prefix(area) or rows.grid_exists(conn, area)):
        raise AreaUnknown(area=area)


def _check_dept(services: Services, dept: str) -> None:
    if dept and dept not in services.reference.departments():
        raise DepartmentUnknown(dept=dept)


def _check_token(kind: str, name: str, unit: str | None) -> None:
    if kind not in TOKEN_KINDS:
        raise TokenKindUnknown(kind=kind, allowed=", ".join(TOKEN_KINDS))
    _check_name(name)
    if (kind == "unit") != (unit is not None):
        raise UnitUnknown(unit=unit or "")


def _check_source(conn: Connection, source: str | None) -> None:
    if source is not None and intake.read_source(conn, source) is None:
        raise SourceUnknown(source=source, known=", ".join(row.code for row in intake.list_sources(conn)))


def _check_unit(conn: Connection, realm: str | None, unit: str | None) -> None:
    known = select(unit_table.c.id).where(unit_table.c.realm == (realm or "live"), unit_table.c.id == unit)
    if unit is not None and conn.execute(known).first() is None:
        raise UnitUnknown(unit=unit)


def _verbs(kind: str, verbs: Iterable[str]) -> list[str] | None:
    if kind != "api":
        return None
    asked = set(verbs)
    if ALL_VERBS in asked:
        return sorted(API_VERBS)
    for verb in sorted(asked - API_VERBS) or ([] if asked else [""]):
        raise VerbUnknown(verb=verb, allowed=", ".join(sorted(API_VERBS)))
    return sorted(asked)
