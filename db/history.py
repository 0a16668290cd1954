"""Taking a file's rows into a reference table: only what differs is written, and what was there is kept.

A row says by which import of its kind it was written (`since`); a state that an import changes or takes away
goes to `place_history` with that import's number (`until`). So a layer as any import left it is its present
rows that old together with the past ones that held then, and an import costs what it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Identity,
    Integer,
    MetaData,
    Subquery,
    Table,
    Text,
    and_,
    any_,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.copying import copy_rows
from db.tables_places import place, place_history

Row = dict[str, Any]
#: Tables that hold one kind alone → the kind.
KINDS = {"road": "roads", "basemap": "basemap"}
#: Degrees (a tenth of a millimetre): text and spreadsheets round the last digits of a coordinate.
SAME_SPOT_DEG = 1e-9
_DERIVED = ("geom", "spot")
_ORDER = "row_in_file"


@dataclass(frozen=True, slots=True)
class Revision:
    """One import of a kind: its number, and whether rows that its file does not have go."""

    number: int
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of a file, and how many others it took away."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0

    def plus(self, more: Counts) -> Counts:
        """Of two parts of one file."""
        return Counts(
            self.added + more.added, self.changed + more.changed,
            self.unchanged + more.unchanged, self.removed + more.removed,
        )  # fmt: skip

    def with_changed(self, more: int) -> Counts:
        """So many of the unchanged had something changed that hangs on them."""
        return Counts(self.added, self.changed + more, self.unchanged - more, self.removed)

    @property
    def written(self) -> int:
        """Rows of the file that the city now holds."""
        return self.added + self.changed + self.unchanged

    @property
    def any_change(self) -> bool:
        return bool(self.added or self.changed or self.removed)


NOTHING = Counts()


def merge(
    conn: Connection, table: Table, columns: Sequence[str], keys: Sequence[str], rows: Sequence[Row],
    revision: Revision, owned: ColumnElement[bool],
) -> Counts:  # fmt: skip
    """Take rows in by their keys. `owned` says which rows of the table the file stands for."""
    fresh = _fresh(conn, table, columns, rows)
    values = [name for name in columns if name not in keys]
    alike = and_(*(table.c[key] == fresh.c[key] for key in keys))
    differs = or_(*(_distinct(table, fresh, name) for name in values))
    changed = _change(conn, table, fresh, values, and_(alike, differs), revision)
    removed = remove(conn, table, and_(owned, ~exists().where(alike)), revision) if revision.replace else 0
    added = _add(conn, table, fresh, columns, ~exists().where(alike), revision)
    fresh.drop(conn)
    return Counts(added, changed, len(rows) - added - changed, removed)


def replace_all(
    conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row],
    revision: Revision, owned: ColumnElement[bool],
) -> tuple[list[int], int]:  # fmt: skip
    """Take rows without codes in as the whole of what is `owned`: which of them are new (by their places in
    `rows`), and how many others went. What is there already stays as it is, with its id; rows that are alike
    count as often as they come."""
    fresh = _fresh(conn, table, columns, rows)
    held, wanted = _numbered(table, columns, table.c.id, owned), _numbered(fresh, columns, fresh.c[_ORDER])
    alike = and_(held.c.content == wanted.c.content, held.c.nth == wanted.c.nth)
    gone = select(held.c.ident).where(~exists().where(alike))
    removed = remove(conn, table, table.c.id.in_(gone), revision)
    lacking = conn.scalars(select(wanted.c.ident).where(~exists().where(alike))).all()
    _add(conn, table, fresh, columns, fresh.c[_ORDER] == any_(literal(lacking, ARRAY(Integer))), revision)
    fresh.drop(conn)
    return [number - 1 for number in lacking], removed


def remove(conn: Connection, table: Table, which: ColumnElement[bool], revision: Revision) -> int:
    """Take rows away, as this import does; the number of them."""
    _keep(conn, table, which, revision)
    return conn.execute(delete(table).where(which)).rowcount


def _fresh(conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> Table:
    """A temporary table of the file's rows in their order."""
    copied = [Column(name, table.c[name].type) for name in columns]
    fresh = Table(
        f"fresh_{table.name}", MetaData(), Column(_ORDER, Integer, Identity()), *copied,
        prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
    )  # fmt: skip
    fresh.create(conn)
    copy_rows(conn, fresh.name, columns, rows)
    conn.execute(text(f"ANALYZE {fresh.name}"))
    return fresh


def _distinct(table: Table, fresh: Table, name: str) -> ColumnElement[bool]:
    differ: ColumnElement[bool] = table.c[name].is_distinct_from(fresh.c[name])
    if name != "geom":
        return differ
    return and_(differ, func.ST_HausdorffDistance(table.c.geom, fresh.c.geom) > SAME_SPOT_DEG)


def _change(
    conn: Connection, table: Table, fresh: Table, values: Sequence[str], which: ColumnElement[bool],
    revision: Revision,
) -> int:  # fmt: skip
    _keep(conn, table, exists().where(which), revision)
    news: dict[str, Any] = {name: fresh.c[name] for name in values} | {"since": revision.number}
    if "version" in table.c:
        news["version"] = table.c.version + 1
    return conn.execute(update(table).where(which).values(news)).rowcount


def _add(
    conn: Connection, table: Table, fresh: Table, columns: Sequence[str], which: ColumnElement[bool],
    revision: Revision,
) -> int:  # fmt: skip
    begun = {"since": revision.number} | ({"version": 1} if "version" in table.c else {})
    source = select(*(fresh.c[name] for name in columns), *(literal(number) for number in begun.values()))
    statement = insert(table).from_select([*columns, *begun], source.where(which).order_by(fresh.c[_ORDER]))
    return conn.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def _keep(conn: Connection, table: Table, which: ColumnElement[bool], revision: Revision) -> None:
    """Remember the states that this import ends."""
    area = table.c.area if "area" in table.c else cast(null(), Text)
    state = select(
        _kind(table), _code(table), table.c.since, literal(revision.number), area,
        document(table), table.c.geom,
    )  # fmt: skip
    columns = ["kind", "code", "since", "until", "area", "doc", "geom"]
    conn.execute(insert(place_history).from_select(columns, state.where(which)))


def _kind(table: Table) -> ColumnElement[str]:
    return table.c.kind if table is place else literal(KINDS[table.name], Text)


def _code(table: Table) -> ColumnElement[str]:
    return table.c.code if "code" in table.c else cast(table.c.id, Text)


def document(table: Table) -> ColumnElement[Any]:
    """The row but its geometry, as an object."""
    pairs = [part for c in table.c if c.name not in _DERIVED for part in (literal(c.name, Text), c)]
    return func.jsonb_build_object(*pairs, type_=JSONB)


def _numbered(
    table: Table, columns: Sequence[str], ident: ColumnElement[Any], *which: ColumnElement[bool]
) -> Subquery:
    """`ident`, `content` (what the row says) and `nth` among those that say the same."""
    parts = [cast(table.c[name], Text) for name in columns]
    content = func.md5(cast(func.jsonb_build_array(*parts), Text))
    nth = func.row_number().over(partition_by=content, order_by=ident)
    return select(ident.label("ident"), content.label("content"), nth.label("nth")).where(*which).subquery()
