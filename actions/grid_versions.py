"""New boundaries: what a file changes in the grids, from when it holds, what comes from what.

A version is written once and for all (db.grids); what holds now is the table `grid`, into which a version
goes when its day has come: at once, or by a timer of the live realm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from sqlalchemy import Connection

import core.events_grids as g
from actions import derived, timer_rows
from actions.unit_of_work import Transaction
from core.envelope import Draft
from db import grids as db
from db import places_write, special
from db.grids import FaultRow, GridRow, Lineage, Version
from db.history import Counts, Revision
from geo.coverage import Area, Fault
from geo.hierarchy import check_city
from geo.plane import Plane
from geo.problems import FileRefused, Problem, note
from geo.table import Row

Grids = Mapping[str, GridRow]
GIVEN_UP = 0.95
"""A grid that the file does not have is retired when its new neighbours take this share of its ground."""
KINSHIP = 0.01
"""Less than this share of a grid's ground is a border moved, not an ancestry."""
LISTED = 20


@dataclass(frozen=True, slots=True)
class Coming:
    """What a version changes; `held` is what it finds."""

    held: dict[str, GridRow]
    changed: list[GridRow]
    retired: list[GridRow]
    lineage: list[Lineage]
    added: int = 0

    def after(self) -> dict[str, GridRow]:
        """What holds once it has taken effect."""
        gone = {grid.code for grid in self.retired}
        kept = {code: grid for code, grid in self.held.items() if code not in gone}
        return dict(sorted((kept | {grid.code: grid for grid in self.changed}).items()))


def bring(tx: Transaction, rows: Sequence[Row], grids: Sequence[GridRow], problems: list[Problem],
          revision: Revision) -> Counts:  # fmt: skip
    """Grids of a file as a new version. `rows` are the same as they were read: date, what is retired.

    They are compared with what will hold on their day, so that a later file mends one that still waits.
    Raises FileRefused when its dates differ, or lie before what holds now.
    """
    holds_from = _date_of(tx, rows)
    keep_beginning(tx.conn, tx.now)
    out = {row["code"] for row in rows if row["retired"]}
    held = db.as_of(tx.conn, holds_from) if holds_from > tx.now else db.current(tx.conn)
    known = [_completed(grid, held.get(grid.code)) for grid in grids]
    coming = compare(held, known, out, revision.number, whole=revision.replace)
    if coming.changed or coming.retired:
        faults = enter(tx, coming, revision.number, holds_from, "import")
        problems += _told(tx, coming, holds_from)
    else:
        faults = check(held) if holds_from > tx.now else known_faults(tx.conn)
    problems += [fault_note(fault) for fault in faults]
    changed = len(coming.changed) - coming.added
    return Counts(coming.added, changed, len(grids) - len(out) - len(coming.changed), len(coming.retired))


def _completed(grid: GridRow, held: GridRow | None) -> GridRow:
    """A file of boundaries alone says nothing of names (then codes stand for them), homes and staff."""
    if held is None:
        return grid
    name = held.name if grid.name == grid.code else grid.name
    return replace(grid, name=name, props={**held.props, **grid.props})


def _date_of(tx: Transaction, rows: Sequence[Row]) -> datetime:
    given = {moment_of(row["holds_from"], tx.services.zone): row for row in rows if row["holds_from"]}
    if len(given) > 1:
        first, other, *_ = (str(at) for at in sorted(given))
        raise FileRefused(Problem("holds_from_differ", field="holds_from",
                                  params={"first": first, "other": other}))  # fmt: skip
    at = next(iter(given), tx.now)
    latest = db.latest_date(tx.conn)
    if latest and at < latest:
        params = {"value": at.isoformat(), "latest": latest.astimezone(tx.services.zone).isoformat()}
        raise FileRefused(Problem("holds_from_too_early", field="holds_from", params=params))
    return at


def moment_of(given: date | datetime, zone: ZoneInfo) -> datetime:
    """A day begins at midnight of the city."""
    return given if isinstance(given, datetime) else datetime.combine(given, time.min, zone)


def compare(
    held: dict[str, GridRow], grids: Sequence[GridRow], out: set[str], version: int, *, whole: bool = False
) -> Coming:
    """What differs from what is held. `out` are codes to be retired, `whole`: so is all the file lacks."""
    kept = [grid for grid in grids if grid.code not in out]
    changed = [grid for grid in kept if not _alike(held.get(grid.code), grid)]
    named = {grid.code for grid in kept}
    gone = {code for code in held if code not in named and (whole or code in out)}
    moved = [grid for grid in changed if not _same_ground(held.get(grid.code), grid)]
    kin = _kinship(moved, [grid for grid in held.values() if grid.code not in gone or grid.code not in named])
    taken: dict[str, float] = {}
    for line in kin:
        taken[line.predecessor] = taken.get(line.predecessor, 0.0) + line.of_old
    gone |= {code for code, share in taken.items() if code not in named and share >= GIVEN_UP}
    lineage = [
        Lineage(version, line.successor, line.predecessor, line.area_m2, line.share)
        for line in kin
        if line.share >= KINSHIP and line.successor != line.predecessor
    ]
    added = sum(grid.code not in held for grid in changed)
    return Coming(held, changed, [held[code] for code in sorted(gone)], lineage, added)


def _alike(held: GridRow | None, grid: GridRow) -> bool:
    if held is None or not _same_ground(held, grid):
        return False
    return (held.tier, held.name, held.parent, held.props) == (grid.tier, grid.name, grid.parent, grid.props)


def _same_ground(held: GridRow | None, grid: GridRow) -> bool:
    return held is not None and bool(shapely.equals_exact(held.geom, grid.geom, 0.0))


@dataclass(frozen=True, slots=True)
class _Kin:
    """Ground shared by a new shape and an old one of the same tier; `of_old` is its share of the old one."""

    successor: str
    predecessor: str
    area_m2: float
    share: float
    of_old: float


def _kinship(moved: Sequence[GridRow], held: Sequence[GridRow]) -> list[_Kin]:
    if not moved or not held:
        return []
    plane = Plane(np.array([grid.geom for grid in [*moved, *held]], dtype=object))
    new, old = plane.metres([grid.geom for grid in moved]), plane.metres([grid.geom for grid in held])
    left, right = shapely.STRtree(old).query(new, predicate="intersects")
    tiers = np.array([grid.tier for grid in moved])[left] == np.array([grid.tier for grid in held])[right]
    left, right = left[tiers], right[tiers]
    area = shapely.area(shapely.intersection(new[left], old[right]))
    share, of_old = area / shapely.area(new)[left], area / shapely.area(old)[right]
    return [
        _Kin(moved[i].code, held[j].code, round(float(a), 1), round(float(s), 4), float(o))
        for i, j, a, s, o in zip(left, right, area, share, of_old, strict=True)
        if a > 0
    ]


def enter(
    tx: Transaction, coming: Coming, version: int, holds_from: datetime, origin: Literal["import", "repair"]
) -> list[Fault]:
    """Write a version; it takes effect now if its time has come. The faults there are, or will be."""
    db.add_version(tx.conn, version, holds_from, tx.now, origin, len(coming.changed), len(coming.retired))
    db.add_changes(tx.conn, version, coming.changed, coming.retired)
    db.add_lineage(tx.conn, coming.lineage)
    timer_rows.set_grids(tx.conn, tx.call.realm, max(holds_from, tx.now), version)
    after = coming.after()
    faults = check(after)
    if holds_from <= tx.now:
        take_effect(tx, version, faults)
    return faults


def take_effect(tx: Transaction, version: int, faults: Sequence[Fault]) -> None:
    """What the version changed holds from now on, and everything made of the grids follows."""
    before, after = db.apply_version(tx.conn, version, tx.now)
    db.replace_faults(tx.conn, [_kept(fault) for fault in faults])
    special.relink(tx.conn)
    derived.follow_grids(tx.conn, before, after)


def keep_beginning(conn: Connection, at: datetime) -> None:
    """A city from before versions were kept has its first one and its faults, as an import leaves them."""
    if db.keep_beginning(conn, at):
        db.replace_faults(conn, [_kept(fault) for fault in check(db.current(conn))])


def check(grids: Grids) -> list[Fault]:
    """Every fault of these grids."""
    tiers: dict[int, list[Area]] = {}
    for grid in grids.values():
        tiers.setdefault(grid.tier, []).append(Area(grid.code, grid.parent, grid.geom))
    return check_city(tiers)


def known_faults(conn: Connection) -> list[Fault]:
    """The faults of the grids of now, as they were found when these took effect."""
    return [fault_of(row) for row in db.read_faults(conn, "", limit=None)]


def fault_of(row: FaultRow) -> Fault:
    at, shape = (row.lon, row.lat), shapely.from_geojson(row.geometry)
    kind: Any = row.kind
    return Fault(kind, tuple(row.codes), row.area_m2, at, shape, row.tier, row.detail)


def record(tx: Transaction, version: Version, counted: int) -> Draft:
    """Count a change of the grids that no import tells, so that open maps hear of it; and its fact."""
    file, counts = version.file or version.origin, {"changed": version.changed, "removed": version.retired}
    places_write.record_version(
        tx.conn, db.KIND, counted, file, "", version.changed, version.changed, tx.now,
        tx.call.principal.name, counts,
    )  # fmt: skip
    body = g.GridsTookEffect(
        version=version.version, origin="import" if version.origin == "import" else "repair",
        holds_from=version.holds_from, changed=version.changed, retired=version.retired,
    )  # fmt: skip
    return Draft(body, f"places:{db.KIND}", "", tx.now)


def _kept(fault: Fault) -> FaultRow:
    lon, lat = fault.at
    codes = list(fault.codes)
    return FaultRow(fault.kind, fault.tier, codes, fault.area_m2, lon, lat, fault.detail, fault.geom)


def fault_note(fault: Fault) -> Problem:
    (lon, lat), codes = fault.at, ", ".join(fault.codes)
    values: dict[str, Any] = {"area_m2": fault.area_m2, "lon": lon, "lat": lat, "detail": fault.detail}
    return note(f"coverage_{fault.kind}", codes=codes, **values)


def _told(tx: Transaction, coming: Coming, holds_from: datetime) -> list[Problem]:
    said = []
    if coming.retired:
        codes = ", ".join(grid.code for grid in coming.retired[:LISTED])
        more = " …" if len(coming.retired) > LISTED else ""
        said.append(note("grids_retired", count=len(coming.retired), codes=codes + more))
    if holds_from > tx.now:
        day = f"{holds_from.astimezone(tx.services.zone):%Y-%m-%d %H:%M}"
        said.append(note("grids_later", date=day))
    return said
