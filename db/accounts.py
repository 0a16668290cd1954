"""Reading and writing accounts, sessions, tokens and sealed reporters. Callers own the transaction.

`now` is always handed in: sessions and locks live on real time, which the caller knows.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from core.masking import mask_reporter
from core.permissions import Principal
from db.tables_accounts import account, reporter, session, token
from db.tables_places import grid
from db.vault import Vault

FAILURES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)
PUBLIC_ID_LENGTH = 16
"""Hex digits of a session's hash that stand for it in the log."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a desk's session lives: since its login, and since its last act. A wall's has no end."""

    oldest: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=8)


def new_secret(prefix: str = "") -> str:
    """256 random bits for a cookie or token; the prefix only tells people what they hold."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is stored of a secret: SHA-256, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def public_id(session_hash: str) -> str:
    """What the log may call a session."""
    return session_hash[:PUBLIC_ID_LENGTH]


# --- who is it -------------------------------------------------------------------------------------------

_SESSION = (
    select(
        session.c.hash,
        session.c.kind,
        session.c.seat,
        session.c.created_at,
        session.c.seen_at,
        account.c.id.label("account"),
        account.c.name.label("account_name"),
        account.c.role,
        account.c.area.label("account_area"),
        token,
    )
    .select_from(session.outerjoin(account).outerjoin(token))
    .where(
        session.c.ended_at.is_(None),
        token.c.revoked_at.is_(None),
        or_(account.c.id.is_(None), ~account.c.disabled),
    )
)


@dataclass(frozen=True, slots=True)
class Session:
    """A living session and whom it stands for."""

    hash: str
    kind: str
    seen_at: datetime
    principal: Principal


def find_sessions(conn: Connection, cookies: Sequence[str], now: datetime, limits: Limits) -> list[Session]:
    """The living sessions of these cookie values, in any order."""
    hashes = [fingerprint(cookie) for cookie in cookies]
    rows = conn.execute(_SESSION.where(session.c.hash.in_(hashes))).mappings()
    return [_session(row) for row in rows if row["kind"] == "wall" or _fresh(row, now, limits)]


def _fresh(row: RowMapping, now: datetime, limits: Limits) -> bool:
    return now - row["created_at"] < limits.oldest and now - row["seen_at"] < limits.idle


def _session(row: RowMapping) -> Session:
    principal = _wall_principal(row) if row["kind"] == "wall" else _user_principal(row)
    return Session(row["hash"], row["kind"], row["seen_at"], principal)


def _user_principal(row: RowMapping) -> Principal:
    return Principal(
        id=row["account"],
        name=row["account_name"],
        role=row["role"],
        area=row["account_area"],
        seat=row["seat"],
        kind="user",
        credential=public_id(row["hash"]),
    )


def _wall_principal(row: RowMapping) -> Principal:
    """A wall's session dies with its token, so the token is the credential."""
    return token_principal({column.name: row[column] for column in token.c})


def find_token(conn: Connection, secret: str) -> Principal | None:
    """Whom an unrevoked token's secret stands for."""
    query = select(token).where(token.c.hash == fingerprint(secret), token.c.revoked_at.is_(None))
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else token_principal(row)


def token_principal(row: Mapping[str, Any]) -> Principal:
    """A unit's token acts as the unit; the others act as themselves."""
    verbs = row["verbs"]
    return Principal(
        id=row["unit"] or row["id"],
        name=row["name"],
        role=row["kind"],
        area=row["area"],
        seat=row["name"],
        kind=row["kind"],
        realm=row["realm"],
        verbs=None if verbs is None else frozenset(verbs),
        credential=row["id"],
    )


# --- sessions --------------------------------------------------------------------------------------------


def open_session(
    conn: Connection,
    now: datetime,
    *,
    account_id: str | None = None,
    token_id: str | None = None,
    seat: str = "",
) -> str:
    """Begin a desk's session (with an account) or a wall's (with a token); the cookie's value."""
    cookie = new_secret()
    row = {
        "hash": fingerprint(cookie),
        "kind": "desk" if account_id else "wall",
        "account": account_id,
        "token": token_id,
        "seat": seat,
        "created_at": now,
        "seen_at": now,
    }
    conn.execute(insert(session).values(**row))
    return cookie


def end_session(conn: Connection, credential: str, now: datetime) -> bool:
    """End the desk session of this public id; whether it was still open."""
    query = (
        update(session)
        .where(session.c.hash.startswith(credential, autoescape=True), session.c.kind == "desk")
        .where(session.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return len(credential) == PUBLIC_ID_LENGTH and conn.execute(query).rowcount > 0


def end_sessions_of(conn: Connection, account_id: str, now: datetime) -> None:
    """End every session of an account."""
    query = update(session).where(session.c.account == account_id, session.c.ended_at.is_(None))
    conn.execute(query.values(ended_at=now))


def touch(conn: Connection, session_hash: str, now: datetime) -> None:
    """Count an act: the idle clock of this session begins again."""
    conn.execute(update(session).where(session.c.hash == session_hash).values(seen_at=now))


def keep_alive(conn: Connection, principal: Principal, now: datetime) -> None:
    """A desk that watches a live stream is not idle; a no-op for tokens. Call it every few minutes."""
    if principal.kind != "user":
        return
    query = update(session).where(
        session.c.hash.startswith(principal.credential, autoescape=True), session.c.account == principal.id
    )
    conn.execute(query.where(session.c.ended_at.is_(None)).values(seen_at=now))


# --- accounts --------------------------------------------------------------------------------------------


def account_by_name(conn: Connection, name: str, *, lock: bool = False) -> RowMapping | None:
    """The account's row, locked for this transaction if asked."""
    query = select(account).where(account.c.name == name)
    return conn.execute(query.with_for_update() if lock else query).mappings().one_or_none()


def count_accounts(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(account)).scalar_one()


def insert_account(
    conn: Connection, account_id: str, name: str, role: str, area: str, password_hash: str, now: datetime
) -> bool:
    """Whether the name was free."""
    row = {
        "id": account_id,
        "name": name,
        "role": role,
        "area": area,
        "password": password_hash,
        "disabled": False,
        "failed": 0,
        "created_at": now,
        "changed_at": now,
    }
    query = pg_insert(account).values(**row).on_conflict_do_nothing(index_elements=["name"])
    return conn.execute(query).rowcount == 1


def change_account(conn: Connection, account_id: str, now: datetime, **values: Any) -> None:
    """Set columns of an account."""
    query = update(account).where(account.c.id == account_id)
    conn.execute(query.values(changed_at=now, **values))


def count_failure(conn: Connection, row: RowMapping, now: datetime) -> datetime | None:
    """One more wrong password for the locked row; the time until which it is locked, if this was the last."""
    failed = row["failed"] + 1
    full = failed >= FAILURES_BEFORE_LOCK
    until = now + LOCKED_FOR if full else None
    query = update(account).where(account.c.id == row["id"])
    conn.execute(query.values(failed=0 if full else failed, locked_until=until))
    return until


def clear_failures(conn: Connection, account_id: str) -> None:
    conn.execute(update(account).where(account.c.id == account_id).values(failed=0, locked_until=None))


def list_accounts(conn: Connection) -> list[RowMapping]:
    """All accounts by name, without their hashes."""
    columns = [column for column in account.c if column.name != "password"]
    return list(conn.execute(select(*columns).order_by(account.c.name)).mappings())


def grid_exists(conn: Connection, code: str) -> bool:
    return conn.execute(select(grid.c.code).where(grid.c.code == code)).first() is not None


# --- tokens ----------------------------------------------------------------------------------------------


def insert_token(conn: Connection, row: Mapping[str, Any], secret: str, now: datetime) -> None:
    conn.execute(insert(token).values(**row, hash=fingerprint(secret), created_at=now))


def open_tokens(conn: Connection, id_or_name: str) -> list[RowMapping]:
    """The unrevoked tokens that go by this id or name, locked."""
    query = select(token).where(or_(token.c.id == id_or_name, token.c.name == id_or_name))
    return list(conn.execute(query.where(token.c.revoked_at.is_(None)).with_for_update()).mappings())


def revoke(conn: Connection, token_id: str, now: datetime) -> None:
    """Revoke a token and end the wall sessions that stood on it."""
    conn.execute(update(token).where(token.c.id == token_id).values(revoked_at=now))
    query = update(session).where(session.c.token == token_id, session.c.ended_at.is_(None))
    conn.execute(query.values(ended_at=now))


def list_tokens(conn: Connection) -> list[RowMapping]:
    """All tokens, oldest first, without their hashes."""
    columns = [column for column in token.c if column.name != "hash"]
    return list(conn.execute(select(*columns).order_by(token.c.created_at, token.c.id)).mappings())


# --- reporters -------------------------------------------------------------------------------------------


def store_reporter(
    conn: Connection, vault: Vault, realm: str, incident: str, given: Mapping[str, str | None]
) -> str | None:
    """Seal a reporter's `name` and `phone`; the masked line for the log, None when both are empty."""
    name, phone = given.get("name"), given.get("phone")
    masked = mask_reporter(name, phone)
    if masked is None:
        return None
    plain = orjson.dumps({"name": name, "phone": phone})
    sealed = vault.seal(plain, _context(realm, incident))
    row = pg_insert(reporter).values(realm=realm, incident=incident, sealed=sealed)
    conn.execute(
        row.on_conflict_do_update(index_elements=["realm", "incident"], set_={"sealed": row.excluded.sealed})
    )
    return masked


def reveal_reporter(
    conn: Connection, vault: Vault, realm: str, incident: str
) -> dict[str, str | None] | None:
    """The plain name and phone. Only for the handler, with a reason, and logged by the caller."""
    query = select(reporter.c.sealed).where(reporter.c.realm == realm, reporter.c.incident == incident)
    sealed = conn.execute(query).scalar_one_or_none()
    if sealed is None:
        return None
    plain: dict[str, str | None] = orjson.loads(vault.unseal(sealed, _context(realm, incident)))
    return plain


def _context(realm: str, incident: str) -> str:
    return f"{realm}\0{incident}"
