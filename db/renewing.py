"""Shipped rules that a later version ships otherwise: renewed where a city never touched them.

A row is the product's own as long as its digest is that of the row that was shipped; a city that changes it,
or removes it, has its way from then on, and `doctor` tells what the product would have instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select, update

from db.shipped import Readers, Row, shipped
from db.tables_shipped import shipped_row


@dataclass(frozen=True, slots=True)
class Rules:
    """A table and the file whose rows it has. `position`: a column that keeps the file's order, or ""."""

    table: Table
    file: str
    readers: Readers = field(default_factory=dict)
    position: str = ""

    def shipped(self) -> dict[str, Row]:
        """The rows of the file by key."""
        rows = shipped(self.file, self.readers)
        places = ({self.position: n} if self.position else {} for n in range(len(rows)))
        return {self.key(row): row | place for row, place in zip(rows, places, strict=True)}

    def before(self) -> dict[str, set[str]]:
        """Key → digests of what versions shipped that kept no record of it."""
        found: dict[str, set[str]] = {}
        for row in shipped(f"before/{self.file}", self.readers):
            found.setdefault(self.key(row), set()).add(self.digest(row))
        return found

    def key(self, row: Mapping[str, object]) -> str:
        return "/".join(str(row[column.name]) for column in self.table.primary_key)

    def digest(self, row: Mapping[str, object]) -> str:
        told = {name: value for name, value in row.items() if name != self.position}
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def there(self, conn: Connection) -> dict[str, Row]:
        """The rows of the city by key."""
        rows = ({str(name): row[name] for name in row} for row in conn.execute(select(self.table)).mappings())
        return {self.key(row): row for row in rows}


def renew(conn: Connection, rules: Rules) -> None:
    """Bring the untouched rows to what is shipped now, and add what is new."""
    wanted, there, known = rules.shipped(), rules.there(conn), _known(conn, rules)
    own = {key for key, row in there.items() if rules.digest(row) in known.get(key, ())}
    new = wanted.keys() - there.keys() - known.keys() if own else set()
    if not there:
        new = set(wanted)
    _drop(conn, rules, [there[key] for key in sorted(own - wanted.keys())])
    for key in sorted(own & wanted.keys()):
        if there[key] != wanted[key]:
            conn.execute(update(rules.table).where(_is(rules, wanted[key])).values(wanted[key]))
    if new:
        conn.execute(insert(rules.table), [wanted[key] for key in wanted if key in new])
    _record(conn, rules, wanted)


def _known(conn: Connection, rules: Rules) -> dict[str, set[str]]:
    """What was shipped, as it is recorded; where nothing is, as earlier versions or this one have it."""
    mine = shipped_row.c.of_table == rules.table.name
    recorded = {row.key: {row.digest} for row in conn.execute(select(shipped_row).where(mine))}
    if recorded:
        return recorded
    found = rules.before()
    there = rules.there(conn)
    for key, row in rules.shipped().items():
        if key in there:
            found.setdefault(key, set()).add(rules.digest(row))
    return found


def _is(rules: Rules, row: Row) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in rules.table.primary_key))


def _drop(conn: Connection, rules: Rules, rows: Sequence[Row]) -> None:
    for row in rows:
        conn.execute(delete(rules.table).where(_is(rules, row)))


def _record(conn: Connection, rules: Rules, wanted: Mapping[str, Row]) -> None:
    name = rules.table.name
    conn.execute(delete(shipped_row).where(shipped_row.c.of_table == name))
    rows = [{"of_table": name, "key": key, "digest": rules.digest(row)} for key, row in wanted.items()]
    conn.execute(insert(shipped_row), rows)


def differences(conn: Connection, rules: Rules) -> list[str]:
    """Keys of the rows that are not as they are shipped: changed, removed or added by the city."""
    wanted, there = rules.shipped(), rules.there(conn)
    both = wanted.keys() & there.keys()
    same = {key for key in both if rules.digest(there[key]) == rules.digest(wanted[key])}
    return sorted((wanted.keys() | there.keys()) - same)
