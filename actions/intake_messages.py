"""What came in from other systems, kept sealed: one row a message, with what became of it."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from ulid import ULID

import core.events_system as e
from actions.access import Wanted, require_seen
from actions.duty_commands import GiveUpCommand
from actions.queries import check_read
from actions.services import Services
from actions.system_log import Ledger, ledger, require
from actions.unit_of_work import Call
from core.errors import Forbidden, Refusal
from core.errors_duty import NotDead
from core.intake import Reading
from core.masking import mask_name, mask_phone
from core.permissions import Principal, Scope, may, may_enter, visible
from db import intake as db

RAW_BYTES, KEPT_BYTES = 64 * 1024, 512 * 1024 + 1
"""The longest message that is read, and how much of one is kept: a warning (CAP) may be 512 kB long, and one
that is cut is still too long when it is tried again."""
_PACKED = b"\0z"
"""What a packed message begins with; those from before are not packed."""
RECORD = "application/json; form=record"
"""The media type of one record of a larger message, kept by itself."""
MOST, TOLD_CHARACTERS = 500, 2000
_PERSONAL = re.compile(r"name|person|contact|tel|phone|mobile|xm|dh|姓名|电话|手机|联系", re.IGNORECASE)
_LIKE_A_PHONE = 10**6
_NUMBERS = re.compile(r"\d{7,}")


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes as they came, and from whom."""

    source: str
    raw: bytes
    media: str

    @classmethod
    def of_record(cls, source: str, record: Mapping[str, Any]) -> Message:
        """One of the records of a message; its fields in their order by name, so that it has one digest."""
        return cls(source, json.dumps(record, sort_keys=True).encode(), RECORD)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


def check_may_report(call: Call) -> None:
    """Raises Forbidden, before anything is kept of a stranger's message."""
    if not (may(call.principal, "report") and may_enter(call.principal, call.realm)):
        raise Forbidden(verb="report", role=call.principal.role)


def keep(services: Services, call: Call, message: Message, outcome: str, **more: Any) -> str:
    """Its id; the same message again is the same row. `more`: incident, area, found, error."""
    ident, now = str(ULID()), services.now()
    packed = _PACKED + zlib.compress(message.raw[:KEPT_BYTES])
    sealed = services.vault.seal(packed, _context(call.realm, message))
    values = {
        "id": ident, "realm": call.realm, "source": message.source, "digest": message.digest,
        "media": message.media[:200], "raw": sealed, "received_at": now, "last_at": now, "outcome": outcome,
        "area": call.principal.area, **more,
    }  # fmt: skip
    with ledger(services, call.principal) as book:
        kept = db.keep_message(book.conn, values)
        if outcome == "refused":
            _make_room(book, call.realm, message.source)
    return kept


def _make_room(book: Ledger, realm: str, source: str) -> None:
    """A source has no more than so many dead letters; the audit hears of it once a day."""
    if db.shed(book.conn, realm, source, book.now.date()):
        book.record(e.LettersLost(source=source, most=db.REFUSED_MOST), f"intake:{source}")


def give_up(services: Services, call: Call, ident: str, command: GiveUpCommand) -> dict[str, Any]:
    """放弃: a dead letter is tried no more, and why. Raises Forbidden, NotFound, NotDead."""
    require(call.principal, "duty")
    find(services, call, ident)
    with ledger(services, call.principal) as book:
        if not db.give_up(book.conn, call.realm, ident, command.reason):
            raise NotDead(id=ident)
        body = e.LetterGivenUp(message=ident, way="in", reason=command.reason)
        book.record(body, ident, call.principal.area)
    return {"id": ident, "outcome": "given_up"}


def known(services: Services, call: Call, message: Message) -> dict[str, Any] | None:
    """What the same bytes led to before, counted once more; None if they are new or were refused."""
    with services.engine.begin() as conn:
        row = db.count_again(conn, call.realm, message.source, message.digest, services.now())
        if row is None:
            return None
        same = {"id": row.id, "number": row.doc["number"], "grid": row.grid, "seq": row.seq}
        about = {"status": row.status, "created": False, "source_id": row.source_id, "message": row.message}
        return {**same, **about, **(row.found or {})}


def keep_refused(services: Services, call: Call, message: Message, refusal: Refusal) -> str:
    """A dead letter: what came, and why it was not taken."""
    error = {"code": refusal.code, "params": _plain(refusal.params)}
    return keep(services, call, message, "refused", error=error)


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Values that JSON holds, without telephones."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(params, default=str))
    return {name: masked(value) for name, value in found.items()}


def _context(realm: str, message: Message) -> str:
    return f"intake\0{realm}\0{message.source}\0{message.digest}"


def find(services: Services, call: Call, ident: str) -> tuple[Any, Message]:
    """The row and what came. Raises Forbidden, NotFound (also outside the scope: that is logged)."""
    by = call.principal
    check_read(by, call.realm)
    with services.engine.connect() as conn:
        row = db.read_message(conn, call.realm, ident)
    row = require_seen(
        services,
        by,
        Wanted("message", ident, call.realm),
        row,
        lambda one: str(one.area),
        lambda one: not by.dept and visible(Scope.of(by), one.area),
    )
    sealed = f"intake\0{call.realm}\0{row.source}\0{row.digest}"
    raw = services.vault.unseal(row.raw, sealed)
    raw = zlib.decompress(raw.removeprefix(_PACKED)) if raw.startswith(_PACKED) else raw
    return row, Message(row.source, raw, row.media)


def list_messages(
    services: Services,
    principal: Principal,
    realm: str,
    outcome: str | None = None,
    source: str | None = None,
    incident: str | None = None,
) -> list[dict[str, Any]]:
    """The last 500 first, in the asker's area; what they said is told of one at a time."""
    check_read(principal, realm)
    if principal.dept:
        return []
    with services.engine.connect() as conn:
        wanted = {"outcome": outcome, "source": source, "incident": incident}
        rows = db.list_messages(conn, realm, principal.area, wanted, MOST)
    return [told(row) for row in rows]


def told(row: Any) -> dict[str, Any]:
    """A row as other systems get it."""
    same = ("id", "source", "outcome", "times", "incident", "error", "reason", "found", "media")
    times = {name: getattr(row, name).isoformat() for name in ("received_at", "last_at")}
    return {**{name: getattr(row, name) for name in same}, **times}


def reading_json(reading: Reading) -> dict[str, Any]:
    """What was read, persons masked: {target: value}, and the fields nobody asked for."""
    masks: dict[str, Callable[[Any], Any]] = {"reporter_name": mask_name, "reporter_phone": mask_phone}
    return {
        "values": {name: masks.get(name, masked)(value) for name, value in reading.values.items()},
        "extra": {
            name: "***" if _PERSONAL.search(name) else masked(value) for name, value in reading.extra.items()
        },
        "unknown_codes": dict(reading.unknown_codes),
    }


def masked(value: Any) -> Any:
    """A text without telephone numbers, also one that came as a number; long ones are cut."""
    if type(value) is int and abs(value) >= _LIKE_A_PHONE:
        value = str(value)
    if isinstance(value, str):
        return _NUMBERS.sub(lambda number: mask_phone(number[0]), value[:TOLD_CHARACTERS])
    if isinstance(value, list):
        return [masked(one) for one in value]
    return value
