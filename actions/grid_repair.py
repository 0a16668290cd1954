"""Mending faults of the grids: what would change, and doing it as a new version told by one fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from actions import grid_versions
from actions.grid_versions import Coming
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.errors import Forbidden, Refusal
from core.permissions import Principal, Scope, may, visible
from db import grids as db
from db import places_write
from db.grids import FaultRow, GridRow
from geo.coverage import Area
from geo.repair import GAP_M, Change, Repair
from geo.repair import propose as work_out


class GridsChanged(Refusal):
    """The grids are others than those looked at; params: seen, current (versions)."""

    code = "grids_changed"


class NothingToRepair(Refusal):
    """None of the faults can be mended by itself."""

    code = "nothing_to_repair"


class AreaTooSmall(Refusal):
    """A repair would change a grid outside the asker's area; params: grid."""

    code = "repair_outside_area"


@dataclass(frozen=True, slots=True)
class NamedChange(Change):
    """What a repair would do to a grid, with its name and its outline as GeoJSON text."""

    name: str
    geometry: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """`version` is what it was worked out from; `refused`: fault → reason; `solved`: faults."""

    version: int
    changes: list[NamedChange]
    solved: list[int]
    refused: dict[int, str]


def propose(
    services: Services, principal: Principal, faults: Sequence[int], gap_m: float = GAP_M
) -> Proposal:
    """What would mend these faults (ids). Gaps wider than `gap_m` metres are left to people.

    Raises Forbidden when the principal may not change the city's data.
    """
    if not may(principal, "import"):
        raise Forbidden(verb="import", role=principal.role)
    with services.engine.connect() as conn:
        held, told, version = _looked_at(conn, principal, faults)
    repair = _worked_out(held, told, gap_m)
    changes = [
        NamedChange(
            **{name: getattr(change, name) for name in Change.__slots__},
            name=held[change.code].name, geometry=shapely.to_geojson(change.geom),
        )
        for change in repair.changes
    ]  # fmt: skip
    solved = [told[index].id for index in repair.solved]
    return Proposal(version, changes, solved, {told[i].id: reason for i, reason in repair.refused.items()})


def _looked_at(
    conn: Any, principal: Principal, faults: Sequence[int]
) -> tuple[dict[str, GridRow], list[FaultRow], int]:
    told = db.read_faults(conn, principal.area, len(faults), list(faults))
    return db.current(conn), told, db.latest_number(conn)


def _worked_out(held: dict[str, GridRow], told: Sequence[FaultRow], gap_m: float) -> Repair:
    tiers: dict[int, list[Area]] = {}
    for grid in held.values():
        tiers.setdefault(grid.tier, []).append(Area(grid.code, grid.parent, grid.geom))
    return work_out(tiers, [grid_versions.fault_of(row) for row in told], gap_m)


def apply(services: Services, call: Call, faults: Sequence[int], seen: int, gap_m: float = GAP_M) -> Answer:
    """Do what `propose` said of these faults, `seen` being its version: {seq, version, changed, left}.

    Raises Forbidden, GridsChanged, NothingToRepair, AreaTooSmall.
    """
    answer = perform(services, call, "import", lambda tx: _apply(tx, faults, seen, gap_m))
    services.reference.forget()
    return answer


def _apply(tx: Transaction, faults: Sequence[int], seen: int, gap_m: float) -> Answer:
    number = places_write.next_version(tx.conn, db.KIND)  # imports of grids wait until this is done
    held, told, version = _looked_at(tx.conn, tx.call.principal, faults)
    if version != seen:
        raise GridsChanged(seen=seen, current=version)
    repair = _worked_out(held, told, gap_m)
    if not repair.changes:
        raise NothingToRepair()
    for change in repair.changes:
        if not visible(Scope.of(tx.call.principal), change.code):
            raise AreaTooSmall(grid=change.code)
    grid_versions.keep_beginning(tx.conn, tx.now)
    changed = [_mended(held[c.code], c.geom, c.parent) for c in repair.changes]
    left = grid_versions.enter(tx, Coming(held, changed, [], []), number, tx.now, "repair")
    known = db.version(tx.conn, number)
    assert known is not None  # noqa: S101  it was just written
    tx.append([grid_versions.record(tx, known, number)])
    return {"seq": tx.board.seq, "version": number, "changed": len(changed), "left": len(left)}


def _mended(grid: GridRow, geom: Any, parent: str | None) -> GridRow:
    return GridRow(grid.code, grid.tier, grid.name, parent, geom, grid.props)
