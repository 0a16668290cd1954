"""How the rows of each kind become rows of tables or facts, inside the import's transaction.

Each writer takes clean rows (geo.table.Row) and returns what became of them: what is as it was is not written
again. Notes go to `problems`; an error is raised as FileRefused, so that nothing stays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import shapely

import core.events as e
from actions import derived, grid_versions, hazards, road_import, units
from actions.incident_import import bring_incidents
from actions.stock_import import bring_lots
from actions.unit_of_work import Transaction
from db import places, places_write
from db.grids import GridRow
from db.history import Counts, Revision
from db.special import LAYER as SPECIAL
from db.special import read_special_kinds, relink
from db.stock import lock_stores, stocked
from geo.kinds import KINDS
from geo.locating import locate
from geo.problems import FileRefused, Problem, note
from geo.table import Row

Problems = list[Problem]
Writer = Callable[[Transaction, list[Row], Problems, Revision], Counts]
_GRID = ("code", "tier", "name", "parent", "geom")
_COLUMNS = {"row", "area", "lots", "special", "holds_from", "retired", *_GRID}


def write_grids(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Grids of any tiers become a new version; special grids (专属网格) are places that lie over them."""
    plain = [row for row in rows if row["special"] is None]
    special = [row for row in rows if row["special"] is not None]
    counts = Counts()
    if plain:
        made = [GridRow(**{name: row[name] for name in _GRID}, props=_props(row)) for row in plain]
        counts = grid_versions.bring(tx, plain, made, problems, revision)
    return counts.plus(_write_special(tx, special, problems, revision)) if special else counts


def _write_special(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Raises FileRefused for a kind of special grid that is not known."""
    known = read_special_kinds(tx.conn)
    unknown = [row for row in rows if row["special"] not in known]
    if unknown:
        wrong = [{"value": row["special"], "known": ", ".join(known)} for row in unknown]
        raise FileRefused(*(
            Problem("special_unknown", row["row"], "special", params=params)
            for row, params in zip(unknown, wrong, strict=True)
        ))  # fmt: skip
    placed = [{**row, "area": None, "category": row["special"]} for row in rows]
    counts = write_places(SPECIAL, tx, placed, problems, revision)
    relink(tx.conn)
    return counts


def write_places(
    kind: str, tx: Transaction, rows: list[Row], problems: Problems, revision: Revision
) -> Counts:
    """Posts, cameras and so on; an area that is not given is found by the base grid."""
    _fill_areas(tx, rows, problems)
    written = [{**row, "kind": kind, "props": _props(row)} for row in rows]
    return places_write.upsert_places(tx.conn, written, revision)


def write_hazards(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Hazard sites: how far a known one has come is the log's affair, new ones are registered there."""
    if differing := hazards.keep_status(tx, rows):
        problems.append(note("hazard_status_kept", count=differing))
    counts = write_places("hazards", tx, rows, problems, revision)
    hazards.take_in(tx, rows)
    return counts


def write_stores(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Stores, and their lots as facts of stock; stores are locked in order, before their lots.

    Raises FileRefused, as `bring_lots`, and when a store that is to go with the old ones holds goods.
    """
    codes = [row["code"] for row in rows]
    lock_stores(tx.conn, codes)
    if revision.replace and (full := stocked(tx.conn, tx.call.realm, codes)):
        raise FileRefused(Problem("store_not_empty", params={"stores": ", ".join(full[:10]), "n": len(full)}))
    counts = write_places("stores", tx, rows, problems, revision)
    touched = bring_lots(tx, rows, problems)
    return counts.with_changed(len(touched - places_write.written_by(tx.conn, "stores", revision)))


def write_units(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Units are facts of the board, not places: one UnitRegistered for each that is new or differs."""
    _refuse_replacing(revision)
    _fill_areas(tx, rows, problems)
    return units.register_within(tx, [(row["code"], row["area"] or "", _registered(row)) for row in rows])


def _refuse_replacing(revision: Revision) -> None:
    """Units and incidents live in the log: a file that does not name them says nothing of them."""
    if revision.replace:
        raise FileRefused(Problem("replace_not_possible"))


def _registered(row: Row) -> e.UnitRegistered:
    return e.UnitRegistered(
        name=row["name"], unit_kind=row["kind"], area=row["area"] or "",
        lon=round(row["geom"].x, 7), lat=round(row["geom"].y, 7), skills=row["skills"] or (),
        crew=row["crew"], vehicle=row["vehicle"], on_duty=row["on_duty"] is not False,
    )  # fmt: skip


def write_roads(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """The whole network anew. Multi-lines become several roads; lines without length are left out, loose ends
    joined, and how much of the network hangs together is told."""
    roads = [_road(row, line) for row in rows for line in shapely.get_parts(row["geom"])]
    long_enough = [road for road in roads if road["geom"].length > 0]
    if not long_enough:
        raise FileRefused(Problem("roads_without_length", params={"count": len(roads)}))
    if len(long_enough) < len(roads):
        problems.append(note("roads_without_length", count=len(roads) - len(long_enough)))
    long_enough = road_import.joined(long_enough, problems)
    road_import.describe(tx.conn, long_enough, problems)
    new, gone = places_write.replace_roads(tx.conn, long_enough, revision)
    added = {long_enough[place]["row"] for place in new}
    counts = Counts(len(added), 0, len({road["row"] for road in long_enough} - added), gone)
    if counts.any_change:
        derived.follow(tx.conn, "roads")
    return counts


def _road(row: Row, line: Any) -> Row:
    """`oneway` in the table runs along the line, so a line driven against is turned round."""
    direction = row["oneway"] or 0
    return {
        "row": row["row"], "name": row["name"], "class": row["class"] or "residential",
        "oneway": direction != 0, "speed_kmh": row["speed_kmh"],
        "geom": line.reverse() if direction < 0 else line, "props": _sample(row),
    }  # fmt: skip


def write_basemap(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Replaces the kinds of shapes that the file has."""
    counts = places_write.replace_basemap(tx.conn, rows, revision)
    if counts.any_change:
        derived.follow(tx.conn, "basemap")
    return counts


def write_incidents(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Reported as by the ordinary verb, each at its own time; what the source reported before stays."""
    _refuse_replacing(revision)
    return bring_incidents(tx, rows, problems)


def _fill_areas(tx: Transaction, rows: list[Row], problems: Problems) -> None:
    missing = [row for row in rows if row["area"] is None]
    base = places.read_base_grids(tx.conn)
    if not missing or not base.codes:
        return
    inside = shapely.point_on_surface(np.array([row["geom"] for row in missing], dtype=object))
    found = locate(shapely.get_coordinates(inside), base.geometries)
    for row, index in zip(missing, found, strict=True):
        row["area"] = base.areas[index] if index >= 0 else None
    lost = [row["row"] for row in missing if row["area"] is None]
    if lost:
        listed = ", ".join(str(number) for number in lost[:10])
        problems.append(note("outside_grids", count=len(lost), rows=listed))


def _props(row: Row) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in _COLUMNS and value is not None}


def _sample(row: Row) -> dict[str, Any]:
    return {"sample": True} if row["sample"] else {}


_WRITTEN_AS_PLACES = ("posts", "cameras", "broadcasts", "shelters", "keyplaces", "sensors")
WRITERS: dict[str, Writer] = {
    "grids": write_grids,
    **{kind: partial(write_places, kind) for kind in _WRITTEN_AS_PLACES},
    "stores": write_stores,
    "hazards": write_hazards,
    "units": write_units,
    "roads": write_roads,
    "basemap": write_basemap,
    "incidents": write_incidents,
}
assert WRITERS.keys() == KINDS.keys()  # noqa: S101  a kind without a writer cannot be offered
