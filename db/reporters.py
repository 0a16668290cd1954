"""Who reported an incident: sealed at rest, bound to its realm and incident. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from core.masking import mask_reporter
from db.tables_accounts import reporter
from db.vault import Vault


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
    row = insert(reporter).values(realm=realm, incident=incident, sealed=sealed)
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
