"""Reading and writing accounts and tokens. Callers own the transaction.

`now` is always handed in: locks live on real time, which the caller knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from db.sessions import fingerprint
from db.tables_accounts import account, session, token
from db.tables_places import grid

FAILURES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)


def account_by_name(conn: Connection, name: str, *, lock: bool = False) -> RowMapping | None:
    """The account's row, locked for this transaction if asked."""
    query = select(account).where(account.c.name == name)
    return conn.execute(query.with_for_update() if lock else query).mappings().one_or_none()


def count_accounts(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(account)).scalar_one()


def insert_account(conn: Connection, row: Mapping[str, Any], now: datetime) -> bool:
    """Whether the name was free. `row`: id, name, role, area, dept, password (its hash)."""
    rest = {"disabled": False, "failed": 0, "created_at": now, "changed_at": now}
    query = pg_insert(account).values(**row, **rest).on_conflict_do_nothing(index_elements=["name"])
    return conn.execute(query.returning(account.c.id)).first() is not None


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
