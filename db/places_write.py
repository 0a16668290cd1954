"""Bulk writing of reference tables: COPY, then only what differs is written. 100,000 rows in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text, true

from db.copying import copy_rows
from db.history import Counts, Revision, merge, replace_all
from db.tables_places import basemap, grid, place, place_version, road

Row = dict[str, Any]
FIRST = Revision(1)
"""For cities that are made by hand, in tests."""


def upsert_grids(conn: Connection, rows: Sequence[Row]) -> Counts:
    """Rows have code, tier, name, parent, geom (shapely MultiPolygon), props; same code = new version."""
    return _merge(conn, grid, ("code", "tier", "name", "parent", "geom", "props"), ("code",), rows)


def upsert_places(conn: Connection, rows: Sequence[Row], revision: Revision = FIRST) -> Counts:
    """Rows have kind, code, name, area, geom, props."""
    columns = ("kind", "code", "name", "area", "geom", "props")
    owned = place.c.kind.in_({row["kind"] for row in rows})
    return merge(conn, place, columns, ("kind", "code"), rows, revision, owned)


def written_by(conn: Connection, kind: str, revision: Revision) -> set[str]:
    """Codes of the places that an import wrote."""
    return set(
        conn.scalars(select(place.c.code).where(place.c.kind == kind, place.c.since == revision.number))
    )


def replace_roads(conn: Connection, rows: Sequence[Row], revision: Revision = FIRST) -> tuple[list[int], int]:
    """Roads have no codes of their own, so an import is the whole network; what it repeats keeps its id.
    Which of the rows are new (by their places), and how many others went."""
    columns = ("name", "class", "oneway", "speed_kmh", "geom", "props")
    return replace_all(conn, road, columns, rows, revision, true())


def replace_basemap(conn: Connection, rows: Sequence[Row], revision: Revision = FIRST) -> Counts:
    """Replaces the kinds (land, water, …) that the rows have; others stay."""
    owned = basemap.c.kind.in_({row["kind"] for row in rows})
    new, gone = replace_all(conn, basemap, ("kind", "class", "name", "geom"), rows, revision, owned)
    return Counts(len(new), 0, len(rows) - len(new), gone)


def next_version(conn: Connection, kind: str) -> int:
    """The number of the import about to be recorded; other imports of this kind wait until the commit.

    Between two statements of a large file there may be more thinking than a verb is allowed.
    """
    conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    conn.execute(text("SELECT pg_advisory_xact_lock(hashtext('places:' || :kind))"), {"kind": kind})
    query = select(func.coalesce(func.max(place_version.c.version), 0)).where(place_version.c.kind == kind)
    return int(conn.scalar(query) or 0) + 1


def record_version(
    conn: Connection, kind: str, version: int, file: str, sha256: str,
    read: int, written: int, at: datetime, actor: str, counts: dict[str, int],
) -> None:  # fmt: skip
    values = {
        "kind": kind, "version": version, "file": file, "sha256": sha256,
        "read": read, "written": written, "imported_at": at, "actor": actor, "counts": counts,
    }  # fmt: skip
    conn.execute(insert(place_version).values(values))


def _merge(
    conn: Connection, table: Table, columns: Sequence[str], keys: Sequence[str], rows: Sequence[Row]
) -> Counts:
    """Insert or update by key what is new or differs; a row counts its versions from 1."""
    name, listed, key = table.name, ", ".join(f'"{c}"' for c in columns), ", ".join(keys)
    conn.execute(text(f"CREATE TEMPORARY TABLE fresh_{name} (LIKE {name}) ON COMMIT DROP"))
    unused = ", ".join(f'DROP COLUMN "{c.name}"' for c in table.columns if c.name not in columns)
    conn.execute(text(f"ALTER TABLE fresh_{name} {unused}"))
    copy_rows(conn, f"fresh_{name}", columns, rows)
    values = [c for c in columns if c not in keys]
    changes = ", ".join(f'"{c}" = excluded."{c}"' for c in values)
    differs = " OR ".join(f'held."{c}" IS DISTINCT FROM excluded."{c}"' for c in values)
    statement = (
        f"INSERT INTO {name} AS held ({listed}, version) SELECT {listed}, 1 FROM fresh_{name} "  # noqa: S608
        f"ON CONFLICT ({key}) DO UPDATE SET {changes}, version = held.version + 1 WHERE {differs} "
        "RETURNING held.version"
    )
    written = conn.scalars(text(statement)).all()
    conn.execute(text(f"DROP TABLE fresh_{name}"))
    added = sum(version == 1 for version in written)
    return Counts(added, len(written) - added, len(rows) - len(written))
