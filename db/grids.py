"""Grids as they hold now, as they held at any time, what came from what, and their faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import shapely
from sqlalchemy import (
    Connection,
    Select,
    delete,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    true,
    update,
)

from db.copying import copy_rows
from db.places import lies_in
from db.places_write import upsert_grids
from db.tables_grids import grid_change, grid_fault, grid_lineage, grid_version
from db.tables_places import grid, place_version

KIND = "grids"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""From when the grids hold that were there before versions were kept."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A grid of any tier; `geom` shapely MultiPolygon in EPSG:4326."""

    code: str
    tier: int
    name: str
    parent: str | None
    geom: Any
    props: dict[str, Any]

    def as_row(self, **more: Any) -> dict[str, Any]:
        names = ("code", "tier", "name", "parent", "geom", "props")
        return {name: getattr(self, name) for name in names} | more


def _grids(table: Any) -> Select[Any]:
    shape = func.ST_AsBinary(table.c.geom).label("wkb")
    return select(table.c.code, table.c.tier, table.c.name, table.c.parent, shape, table.c.props)


def _made(rows: Iterable[Any]) -> dict[str, GridRow]:
    found = list(rows)
    shapes = shapely.from_wkb([bytes(row.wkb) for row in found])
    return {
        row.code: GridRow(row.code, row.tier, row.name, row.parent, shape, row.props)
        for row, shape in zip(found, shapes, strict=True)
    }


def current(conn: Connection) -> dict[str, GridRow]:
    """What holds now, by code in order of codes."""
    return _made(conn.execute(_grids(grid).order_by(grid.c.code)))


def some(conn: Connection, codes: Sequence[str]) -> dict[str, GridRow]:
    """Of what holds now, these."""
    return _made(conn.execute(_grids(grid).where(grid.c.code.in_(list(codes)))))


def as_of(conn: Connection, at: datetime) -> dict[str, GridRow]:
    """What held (or will hold) at a time. Before the first version was kept, the first one."""
    first = conn.scalar(select(func.min(grid_version.c.holds_from)))
    if first is None:
        return current(conn)
    latest = (
        select(grid_change.c.code, grid_change.c.version)
        .join(grid_version, grid_version.c.version == grid_change.c.version)
        .where(grid_version.c.holds_from <= max(at, first))
        .distinct(grid_change.c.code)
        .order_by(grid_change.c.code, grid_version.c.holds_from.desc(), grid_version.c.version.desc())
        .subquery()
    )
    same = (grid_change.c.code == latest.c.code) & (grid_change.c.version == latest.c.version)
    query = _grids(grid_change).join(latest, same).where(not_(grid_change.c.retired))
    return _made(conn.execute(query.order_by(grid_change.c.code)))


def ancestors(conn: Connection) -> dict[str, tuple[str | None, int, str]]:
    """Code → parent, tier, name of every grid there is or ever was, as it was last."""
    held = select(grid.c.code, grid.c.parent, grid.c.tier, grid.c.name)
    past = (
        select(grid_change.c.code, grid_change.c.parent, grid_change.c.tier, grid_change.c.name)
        .where(~exists().where(grid.c.code == grid_change.c.code))
        .distinct(grid_change.c.code)
        .order_by(grid_change.c.code, grid_change.c.version.desc())
    )
    found = {row.code: (row.parent, row.tier, row.name) for row in conn.execute(past)}
    return found | {row.code: (row.parent, row.tier, row.name) for row in conn.execute(held)}


def latest_date(conn: Connection) -> datetime | None:
    """From when the newest boundaries that were applied hold; None before the first version."""
    query = select(func.max(grid_version.c.holds_from)).where(grid_version.c.applied_at.is_not(None))
    found: datetime | None = conn.scalar(query)
    return found


def latest_number(conn: Connection) -> int:
    """Of the newest import or repair, also one that is to hold later; 0 before the first."""
    query = select(func.coalesce(func.max(place_version.c.version), 0)).where(place_version.c.kind == KIND)
    return int(conn.scalar(query) or 0)


def keep_beginning(conn: Connection, at: datetime) -> bool:
    """Grids that were there before versions were kept become version 0; whether it is made now."""
    if conn.scalar(select(func.count()).select_from(grid_version)):
        return False
    count = conn.scalar(select(func.count()).select_from(grid)) or 0
    if not count:
        return False
    add_version(conn, 0, BEGINNING, at, "before", changed=count, retired=0)
    mark_applied(conn, 0, at)
    columns = ["code", "tier", "name", "parent", "geom", "props"]
    rows = select(*(grid.c[name] for name in columns), literal(0))
    conn.execute(insert(grid_change).from_select([*columns, "version"], rows))
    return True


def add_version(
    conn: Connection, version: int, holds_from: datetime, at: datetime, origin: str,
    changed: int, retired: int,
) -> None:  # fmt: skip
    """A version that is not applied yet."""
    values = {
        "version": version, "holds_from": holds_from, "recorded_at": at, "origin": origin,
        "changed": changed, "retired": retired,
    }  # fmt: skip
    conn.execute(insert(grid_version).values(values))


def add_changes(
    conn: Connection, version: int, changed: Sequence[GridRow], retired: Sequence[GridRow]
) -> None:
    rows = [one.as_row(version=version, retired=False) for one in changed]
    rows += [one.as_row(version=version, retired=True) for one in retired]
    columns = ("code", "version", "tier", "name", "parent", "geom", "props", "retired")
    copy_rows(conn, "grid_change", columns, rows)


def mark_applied(conn: Connection, version: int, at: datetime) -> None:
    conn.execute(update(grid_version).where(grid_version.c.version == version).values(applied_at=at))


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the grids; `file` and `actor` of its import, "" for version 0."""

    version: int
    holds_from: datetime
    recorded_at: datetime
    origin: str
    changed: int
    retired: int
    applied_at: datetime | None
    file: str
    actor: str


def versions(conn: Connection, limit: int) -> list[Version]:
    """Newest first."""
    query = _versions().order_by(grid_version.c.holds_from.desc(), grid_version.c.version.desc())
    return [Version(*row) for row in conn.execute(query.limit(limit))]


def version(conn: Connection, number: int) -> Version | None:
    row = conn.execute(_versions().where(grid_version.c.version == number)).first()
    return Version(*row) if row else None


def _versions() -> Select[Any]:
    same = (place_version.c.kind == KIND) & (place_version.c.version == grid_version.c.version)
    names = (func.coalesce(place_version.c.file, ""), func.coalesce(place_version.c.actor, ""))
    listed = ("version", "holds_from", "recorded_at", "origin", "changed", "retired", "applied_at")
    columns = (grid_version.c[name] for name in listed)
    return select(*columns, *names).outerjoin(place_version, same)


def apply_version(conn: Connection, number: int, at: datetime) -> tuple[list[GridRow], list[GridRow]]:
    """Let what a version changed hold from now on: these grids as they were, and as they are."""
    mine = grid_change.c.version == number
    rows = _made(conn.execute(_grids(grid_change).where(mine, not_(grid_change.c.retired))))
    before = _made(conn.execute(_grids(grid).where(grid.c.code.in_(select(grid_change.c.code).where(mine)))))
    if rows:
        upsert_grids(conn, [row.as_row() for row in rows.values()])
    gone = select(grid_change.c.code).where(mine, grid_change.c.retired)
    conn.execute(delete(grid).where(grid.c.code.in_(gone)))
    mark_applied(conn, number, at)
    return list(before.values()), list(rows.values())


@dataclass(frozen=True, slots=True)
class Stage:
    """A grid between two changes; `holds_until` None = still, or not known yet. `geometry` GeoJSON text."""

    version: int
    holds_from: datetime
    holds_until: datetime | None
    name: str
    tier: int
    parent: str | None
    retired: bool
    area_m2: float
    props: dict[str, Any]
    geometry: str


def stages(conn: Connection, code: str) -> list[Stage]:
    """The life of one grid, oldest first."""
    until = func.lead(grid_version.c.holds_from).over(
        order_by=(grid_version.c.holds_from, grid_version.c.version)
    )
    query = (
        select(
            grid_change.c.version, grid_version.c.holds_from, until, grid_change.c.name, grid_change.c.tier,
            grid_change.c.parent, grid_change.c.retired,
            func.ST_Area(func.Geography(grid_change.c.geom)), grid_change.c.props,
            func.ST_AsGeoJSON(grid_change.c.geom, 7),
        )
        .join(grid_version, grid_version.c.version == grid_change.c.version)
        .where(grid_change.c.code == code)
        .order_by(grid_version.c.holds_from, grid_version.c.version)
    )  # fmt: skip
    return [Stage(*tuple(row)) for row in conn.execute(query)]


@dataclass(frozen=True, slots=True)
class Lineage:
    """`share` of the successor's ground was the predecessor's."""

    version: int
    successor: str
    predecessor: str
    area_m2: float
    share: float


def add_lineage(conn: Connection, lines: Sequence[Lineage]) -> None:
    rows = [{name: getattr(line, name) for name in Lineage.__slots__} for line in lines]
    copy_rows(conn, "grid_lineage", Lineage.__slots__, rows)


def lineage(conn: Connection, code: str) -> list[Lineage]:
    """What a grid came from and what became of it."""
    columns = (grid_lineage.c[name] for name in Lineage.__slots__)
    either = or_(grid_lineage.c.successor == code, grid_lineage.c.predecessor == code)
    order = (grid_lineage.c.version, grid_lineage.c.share.desc())
    return [Lineage(*row) for row in conn.execute(select(*columns).where(either).order_by(*order))]


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault as it is kept; `geom` shapely in EPSG:4326, `geometry` the same as GeoJSON text when read."""

    kind: str
    tier: int
    codes: list[str]
    area_m2: float
    lon: float
    lat: float
    detail: str
    geom: Any = None
    id: int = 0
    geometry: str = ""


_FAULT = ("kind", "tier", "codes", "area_m2", "lon", "lat", "detail", "geom")


def replace_faults(conn: Connection, faults: Iterable[FaultRow]) -> None:
    conn.execute(delete(grid_fault))
    copy_rows(conn, "grid_fault", _FAULT, ({name: getattr(f, name) for name in _FAULT} for f in faults))


def count_faults(conn: Connection, area: str) -> dict[str, int]:
    """How many of each kind touch an area."""
    query = select(grid_fault.c.kind, func.count()).where(_touches(area)).group_by(grid_fault.c.kind)
    return {kind: int(count) for kind, count in conn.execute(query.order_by(grid_fault.c.kind))}


def read_faults(
    conn: Connection, area: str, limit: int | None, ids: Sequence[int] | None = None
) -> list[FaultRow]:
    """Faults that touch an area, the largest first."""
    shape = func.ST_AsGeoJSON(grid_fault.c.geom, 7).label("geometry")
    query = select(grid_fault.c.id, *(grid_fault.c[name] for name in _FAULT[:-1]), shape)
    query = query.where(_touches(area))
    if ids is not None:
        query = query.where(grid_fault.c.id.in_(ids))
    query = query.order_by(grid_fault.c.area_m2.desc(), grid_fault.c.id).limit(limit)
    return [FaultRow(**row._mapping) for row in conn.execute(query)]


def _touches(area: str) -> Any:
    """One of its grids lies in the area; the whole city sees holes as well, which are of no grid."""
    one = func.unnest(grid_fault.c.codes).column_valued("one")
    return select(one).where(lies_in(one, area)).exists() if area else true()
