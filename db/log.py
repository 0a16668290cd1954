"""The log: append under the realm's counter row, read, and verify its hash chain.

Appends of one realm are serialised by the lock on its row in `realm`, so that `seq` is gapless and in
commit order and the chain needs no second thought. Only `actions/` appends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from core.clock import RealmClock
from core.envelope import Draft, Event, decode_body, encode_body
from core.errors import RealmUnknown
from core.permissions import Principal
from db.batch import Batch, Rows, RowWriter
from db.tables import event, realm

Wire = dict[str, Any]
"""An event as it stands in the table: what the chain hashes and Redis carries."""

_COLUMNS = list(event.c)
_NAMES = [str(column.name) for column in _COLUMNS]


def genesis(realm_id: str) -> str:
    """The hash before the first event of a realm."""
    return hashlib.sha256(b"zhihui\0" + realm_id.encode()).hexdigest()


def create_realm(conn: Connection, realm_id: str, clock: RealmClock) -> bool:
    """Begin a world with an empty log; False when it is already there."""
    values = {
        "id": realm_id,
        "head": 0,
        "head_hash": genesis(realm_id),
        "head_at": datetime(1970, 1, 1, tzinfo=UTC),
        "clock_real": clock.real,
        "clock_realm": clock.realm,
        "clock_rate": clock.rate,
    }
    statement = pg_insert(realm).values(values).on_conflict_do_nothing().returning(realm.c.id)
    return conn.execute(statement).first() is not None


def set_clock(conn: Connection, realm_id: str, clock: RealmClock) -> None:
    values = {"clock_real": clock.real, "clock_realm": clock.realm, "clock_rate": clock.rate}
    conn.execute(update(realm).where(realm.c.id == realm_id).values(values))


CLOCK = select(realm.c.clock_real, realm.c.clock_realm, realm.c.clock_rate).where(
    realm.c.id == bindparam("realm", type_=Text)
)


def clock_of(rows: Rows, realm_id: str) -> RealmClock:
    """The clock from the answer to CLOCK. Raises RealmUnknown."""
    if not rows:
        raise RealmUnknown(realm=realm_id)
    return RealmClock(*rows[0])


def read_clock(conn: Connection, realm_id: str) -> RealmClock:
    """The realm's clock. Raises RealmUnknown."""
    return clock_of([tuple(row) for row in conn.execute(CLOCK, {"realm": realm_id})], realm_id)


def list_realms(conn: Connection) -> list[str]:
    return list(conn.scalars(select(realm.c.id).order_by(realm.c.id)))


def head(conn: Connection, realm_id: str) -> int:
    """The last position; 0 for an empty log. Raises RealmUnknown."""
    seq = conn.scalar(select(realm.c.head).where(realm.c.id == realm_id))
    if seq is None:
        raise RealmUnknown(realm=realm_id)
    return int(seq)


def hash_at(conn: Connection, realm_id: str, seq: int) -> str:
    """The hash of an event; of nothing, for position 0."""
    if seq == 0:
        return genesis(realm_id)
    query = select(event.c.hash).where(event.c.realm == realm_id, event.c.seq == seq)
    return str(conn.execute(query).scalar_one())


def _stamp(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def chain_hash(row: Wire) -> str:
    """SHA-256 over the previous hash, the named columns and the exact text of the body."""
    parts = [
        row["prev_hash"], row["realm"], row["seq"], row["kind"], row["version"], row["subject"], row["area"],
        _stamp(row["occurred_at"]), _stamp(row["recorded_at"]), row["actor"], row["seat"], row["cause"],
        row["body"],
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class Counter:
    """The realm's counter row, held locked: the last position, its hash and time, and the clock."""

    realm: str
    head: int
    head_hash: str
    head_at: datetime
    clock: RealmClock


_TAKE = (
    select(realm.c.head, realm.c.head_hash, realm.c.head_at)
    .add_columns(realm.c.clock_real, realm.c.clock_realm, realm.c.clock_rate)
    .where(realm.c.id == bindparam("realm"))
    .with_for_update()
)


def take(conn: Connection, realm_id: str) -> Counter:
    """Lock the counter row: from here to the commit the realm's other writers wait. Raises RealmUnknown."""
    batch = Batch(conn)
    batch.add(_TAKE, {"realm": realm_id})
    (rows,) = batch.run()
    if not rows:
        raise RealmUnknown(realm=realm_id)
    head, head_hash, head_at, *clock = rows[0]
    return Counter(realm_id, head, head_hash, head_at, RealmClock(*clock))


def chain(
    counter: Counter, drafts: Sequence[Draft], principal: Principal, real: datetime
) -> tuple[list[Wire], Counter]:
    """The drafts as events after the counter's position, and the counter after them.

    `recorded_at` is the realm's time, never earlier than that of the event before.
    """
    recorded_at = max(counter.clock.now(real), counter.head_at)
    wires = _chained(counter, drafts, principal, recorded_at)
    last = wires[-1]
    return wires, replace(counter, head=last["seq"], head_hash=last["hash"], head_at=recorded_at)


_EVENTS = RowWriter(event)
_ADVANCE = (
    update(realm)
    .where(realm.c.id == bindparam("of_realm", type_=Text))
    .values({name: bindparam(name, type_=realm.c[name].type) for name in ("head", "head_hash", "head_at")})
)


def add_writes(batch: Batch, wires: Sequence[Wire], counter: Counter) -> None:
    """Write chained events and the counter after them."""
    _EVENTS.add(batch, wires)
    values = {"head": counter.head, "head_hash": counter.head_hash, "head_at": counter.head_at}
    batch.add(_ADVANCE, {"of_realm": counter.realm, **values})


def append(
    conn: Connection, realm_id: str, drafts: Sequence[Draft], principal: Principal, real: datetime
) -> list[Wire]:
    """Take the counter, chain the drafts, write them: for facts that touch no guard table."""
    wires, counter = chain(take(conn, realm_id), drafts, principal, real)
    batch = Batch(conn)
    add_writes(batch, wires, counter)
    batch.run()
    return wires


def _chained(
    counter: Counter, drafts: Sequence[Draft], principal: Principal, recorded_at: datetime
) -> list[Wire]:
    wires: list[Wire] = []
    previous = counter.head_hash
    for seq, draft in enumerate(drafts, start=counter.head + 1):
        wire: Wire = {
            "realm": counter.realm,
            "seq": seq,
            "kind": draft.body.kind,
            "version": draft.body.VERSION,
            "subject": draft.subject,
            "area": draft.area,
            "occurred_at": draft.occurred_at.astimezone(UTC),
            "recorded_at": recorded_at,
            "actor": principal.name,
            "seat": principal.seat,
            "cause": draft.cause,
            "body": encode_body(draft.body),
            "prev_hash": previous,
        }
        previous = wire["hash"] = chain_hash(wire)
        wires.append(wire)
    return wires


def to_event(wire: Wire) -> Event:
    """The fact of a stored or published row."""
    return Event(
        realm=wire["realm"],
        seq=wire["seq"],
        version=wire["version"],
        subject=wire["subject"],
        area=wire["area"],
        occurred_at=_time(wire["occurred_at"]),
        recorded_at=_time(wire["recorded_at"]),
        actor=wire["actor"],
        seat=wire["seat"],
        cause=wire["cause"],
        body=decode_body(wire["kind"], wire["version"], wire["body"]),
    )


def _time(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def read(
    conn: Connection, realm_id: str, after: int, limit: int = 1000, until: int | None = None
) -> list[Wire]:
    """Events after a position, oldest first."""
    query = select(*_COLUMNS).where(event.c.realm == realm_id, event.c.seq > after)
    if until is not None:
        query = query.where(event.c.seq <= until)
    return _wires(conn, query.order_by(event.c.seq).limit(limit))


def read_all(conn: Connection, realm_id: str, after: int = 0, until: int | None = None) -> Iterator[Wire]:
    """All events after a position, read in pages."""
    while page := read(conn, realm_id, after, 5000, until):
        yield from page
        after = page[-1]["seq"]


def read_kinds(
    conn: Connection, realm_id: str, kinds: Sequence[str], until: int, after: int = 0
) -> Iterator[Wire]:
    """The facts of these kinds after a position up to another, oldest first, read in pages."""
    query = select(*_COLUMNS).where(event.c.realm == realm_id, event.c.kind.in_(kinds), event.c.seq <= until)
    while page := _wires(conn, query.where(event.c.seq > after).order_by(event.c.seq).limit(5000)):
        yield from page
        after = page[-1]["seq"]


def timeline(
    conn: Connection, realm_id: str, subjects: Iterable[str], until: int | None = None
) -> list[Wire]:
    """The events about these subjects, up to a position if one is given, oldest first."""
    query = select(*_COLUMNS).where(event.c.realm == realm_id, event.c.subject.in_(list(subjects)))
    if until is not None:
        query = query.where(event.c.seq <= until)
    return _wires(conn, query.order_by(event.c.seq))


def _wires(conn: Connection, query: Select[Any]) -> list[Wire]:
    return [dict(zip(_NAMES, row, strict=True)) for row in conn.execute(query)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found; `first_bad` is the first position that does not fit."""

    start: int
    end: int
    ok: bool
    first_bad: int | None

    def as_json(self) -> dict[str, Any]:
        return {"from": self.start, "to": self.end, "ok": self.ok, "first_bad": self.first_bad}


def verify(conn: Connection, realm_id: str) -> Verdict:
    """Walk the whole chain: gapless positions, fitting hashes, and the head that the realm remembers."""
    last = conn.execute(select(realm.c.head, realm.c.head_hash).where(realm.c.id == realm_id)).first()
    if last is None:
        raise RealmUnknown(realm=realm_id)
    previous, seq = genesis(realm_id), 0
    for wire in read_all(conn, realm_id, until=last.head):
        if wire["seq"] != seq + 1 or wire["prev_hash"] != previous or chain_hash(wire) != wire["hash"]:
            return Verdict(1, last.head, ok=False, first_bad=seq + 1)
        previous, seq = wire["hash"], wire["seq"]
    ok = (seq, previous) == (last.head, last.head_hash)
    bad = _beyond_head(conn, realm_id) if ok else seq + 1
    return Verdict(1 if seq else 0, seq, ok=bad is None, first_bad=bad)


def _beyond_head(conn: Connection, realm_id: str) -> int | None:
    """The first event after the head that the realm remembers, both read in one snapshot."""
    remembered = select(realm.c.head).where(realm.c.id == realm_id).scalar_subquery()
    beyond = select(func.min(event.c.seq)).where(event.c.realm == realm_id, event.c.seq > remembered)
    seq: int | None = conn.scalar(beyond)
    return seq
