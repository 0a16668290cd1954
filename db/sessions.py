"""From a cookie or a token's secret to the principal it stands for, and the life of a session.

Secrets are kept as hashes only. `now` is handed in: sessions live on real time, which the caller knows.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from core.permissions import Principal
from db.batch import Batch, Params
from db.tables import wall
from db.tables_accounts import account, session, token

PUBLIC_ID_LENGTH = 16
"""Hex digits of a session's hash that stand for it in the log."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a desk's session lives: since its login, and since its last act. Those of tokens have none."""

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


_TOKEN = [
    *(
        token.c[name].label(f"token_{name}")
        for name in ("id", "kind", "name", "realm", "area", "unit", "verbs")
    ),
    func.coalesce(wall.c.visitors, false()).label("token_visitors"),
]
_HUNG = and_(token.c.kind == literal_column("'wall'"), wall.c.name == token.c.name)
_SESSION = (
    select(
        *(session.c[name] for name in ("hash", "kind", "seat", "created_at", "seen_at")),
        account.c.id.label("account_id"),
        account.c.name.label("account_name"),
        account.c.role.label("account_role"),
        account.c.area.label("account_area"),
        account.c.dept.label("account_dept"),
        *_TOKEN,
    )
    .select_from(session.outerjoin(account).outerjoin(token).outerjoin(wall, _HUNG))
    .where(
        session.c.ended_at.is_(None),
        token.c.revoked_at.is_(None),
        or_(account.c.id.is_(None), ~account.c.disabled),
        session.c.hash == any_(bindparam("hashes", type_=ARRAY(Text))),
    )
)
_LIVING_TOKEN = (
    select(*_TOKEN)
    .select_from(token.outerjoin(wall, _HUNG))
    .where(token.c.hash == bindparam("hash", type_=Text), token.c.revoked_at.is_(None))
)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """A living session and whom it stands for."""

    hash: str
    kind: str
    seen_at: datetime
    principal: Principal


def find_sessions(conn: Connection, cookies: Sequence[str], now: datetime, limits: Limits) -> list[Session]:
    """The living sessions of these cookie values, in any order."""
    rows = _rows(conn, _SESSION, {"hashes": [fingerprint(cookie) for cookie in cookies]})
    return [_session(row) for row in rows if row["kind"] != "desk" or _fresh(row, now, limits)]


def _rows(conn: Connection, query: Select[Any], params: Params) -> list[Row]:
    """Asked with every request, so by the cheapest way there is: prepared, one round trip."""
    batch = Batch(conn)
    batch.add(query, params)
    (rows,) = batch.run()
    names = query.selected_columns.keys()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _fresh(row: Row, now: datetime, limits: Limits) -> bool:
    young: bool = now - row["created_at"] < limits.oldest
    busy: bool = now - row["seen_at"] < limits.idle
    return young and busy


def _session(row: Row) -> Session:
    """A wall's or phone's session dies with its token, so the token is its principal's credential."""
    principal = _user_principal(row) if row["kind"] == "desk" else token_principal(row)
    return Session(row["hash"], row["kind"], row["seen_at"], principal)


def _user_principal(row: Row) -> Principal:
    return Principal(
        id=row["account_id"],
        name=row["account_name"],
        role=row["account_role"],
        area=row["account_area"],
        dept=row["account_dept"],
        seat=row["seat"],
        kind="user",
        credential=public_id(row["hash"]),
    )


def find_token(conn: Connection, secret: str) -> Principal | None:
    """Whom an unrevoked token's secret stands for."""
    rows = _rows(conn, _LIVING_TOKEN, {"hash": fingerprint(secret)})
    return next((token_principal(row) for row in rows), None)


def token_principal(row: Row) -> Principal:
    """A unit's token acts as the unit; the others act as themselves. Who stands before a wall, its setting
    says."""
    verbs = row["token_verbs"]
    return Principal(
        id=row["token_unit"] or row["token_id"],
        name=row["token_name"],
        role=row["token_kind"],
        area=row["token_area"],
        seat=row["token_name"],
        kind=row["token_kind"],
        realm=row["token_realm"],
        verbs=None if verbs is None else frozenset(verbs),
        credential=row["token_id"],
        visitors=row["token_visitors"],
    )


def open_session(
    conn: Connection,
    now: datetime,
    *,
    account_id: str | None = None,
    token_id: str | None = None,
    kind: str = "desk",
    seat: str = "",
) -> str:
    """Begin a desk's session (with an account), a wall's or a unit's (with a token); the cookie's value."""
    cookie = new_secret()
    row = {
        "hash": fingerprint(cookie),
        "kind": kind,
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
        .returning(session.c.hash)
    )
    return len(credential) == PUBLIC_ID_LENGTH and conn.execute(query).first() is not None


def end_phone(conn: Connection, cookie: str, now: datetime) -> bool:
    """End the session of a unit's cookie; whether it was still open."""
    own = (session.c.hash == fingerprint(cookie), session.c.kind == "unit", session.c.ended_at.is_(None))
    return conn.execute(update(session).where(*own).values(ended_at=now)).rowcount == 1


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
