"""What the city holds, as files: for whoever may export, within their area, and each time in the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import Connection, select

from actions.imports import UnknownKind
from actions.queries import check_read
from actions.services import Services
from actions.system_log import ledger, require
from actions.units import registration
from core.errors import Refusal
from core.events_system import Exported
from core.permissions import Principal, Scope, visible
from core.serial import incident_of, unit_of
from db import features, stock
from db.features import Wanted
from db.special import LAYER as SPECIAL
from db.stock import LotFilter
from db.tables import incident as incident_table
from db.tables import unit as unit_table
from geo import export as files
from geo.export import Row
from geo.kinds import KINDS, Kind
from geo.shapefile import cut_names

REALM = "live"
_OF_LOT = ("item", "name", "quantity", "unit", "expiry", "minimum")


class FormatUnknown(Refusal):
    """params: format, formats."""

    code = "format_unknown"


class NothingToExport(Refusal):
    """params: kind."""

    code = "nothing_to_export"


class FolderMissing(Refusal):
    """params: folder."""

    code = "folder_missing"


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows went into the file, and which fields have a shorter name there."""

    kind: str
    rows: int
    cut: Mapping[str, str] = field(default_factory=dict)


def export_file(services: Services, principal: Principal, kind: str, path: Path) -> Written:
    """Write all rows of a kind in the asker's area; the ending says the format. The audit knows it first.

    Raises Forbidden, UnknownKind, FormatUnknown, FolderMissing, NothingToExport, TextTooLong.
    """
    require(principal, "export")
    check_read(principal, REALM)
    if kind not in KINDS:
        raise UnknownKind(kind=kind, kinds=", ".join(KINDS))
    form = path.suffix.lower().lstrip(".")
    if form not in files.FORMATS:
        raise FormatUnknown(format=form, formats=", ".join(files.FORMATS))
    if not path.parent.is_dir():
        raise FolderMissing(folder=str(path.parent))
    with services.engine.connect() as conn:
        rows = list(_rows(conn, principal, KINDS[kind]))
    if not rows:
        raise NothingToExport(kind=kind)
    told = Exported(what=kind, format=form, rows=len(rows), of_area=principal.area)
    with ledger(services, principal) as book:
        book.record(told, f"export:{kind}")
    files.write(path, KINDS[kind], rows)
    return Written(kind, len(rows), cut_names(KINDS[kind]) if form in ("shp", "zip") else {})


def _rows(conn: Connection, principal: Principal, kind: Kind) -> Iterator[Row]:
    return _SOURCES.get(kind.name, _places)(conn, principal, kind)


def _places(conn: Connection, principal: Principal, kind: Kind) -> Iterator[Row]:
    wanted = Wanted(area=principal.area)
    lots = _lots(conn, principal) if kind.name == "stores" else {}
    for code, properties, wkb in features.read_rows(conn, kind.name, wanted):
        yield _row(kind, {**properties, "lots": lots.get(code)}, shapely.from_wkb(bytes(wkb)))
    if kind.name == "grids":
        for _, properties, wkb in features.read_rows(conn, SPECIAL, wanted):
            special = {**properties, "special": properties["category"]}
            yield _row(kind, special, shapely.from_wkb(bytes(wkb)))


def _row(kind: Kind, properties: dict[str, Any], shape: Any) -> Row:
    return {"geom": shape, **{one.name: properties.get(one.name) for one in kind.fields}}


def _lots(conn: Connection, principal: Principal) -> dict[str, list[dict[str, Any]]]:
    """Store → its lots, as a file of stores carries them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for lot in stock.list_lots(conn, REALM, principal.area, LotFilter(), limit=None):
        found.setdefault(lot.store, []).append({name: getattr(lot, name) for name in _OF_LOT})
    return found


def _units(conn: Connection, principal: Principal, kind: Kind) -> Iterator[Row]:
    docs = conn.scalars(select(unit_table.c.doc).where(unit_table.c.realm == REALM).order_by(unit_table.c.id))
    for unit in map(unit_of, docs):
        if visible(Scope.of(principal), unit.area):
            known = registration(unit).model_dump() | {"code": unit.id, "kind": unit.kind}
            yield _row(kind, known | {"area": unit.area or None}, shapely.Point(unit.lon, unit.lat))


def _incidents(conn: Connection, principal: Principal, kind: Kind) -> Iterator[Row]:
    """What was reported, without whoever reported it; a source's own number, ours where it has none."""
    table = incident_table.c
    docs = conn.scalars(select(table.doc).where(table.realm == REALM).order_by(table.reported_at, table.id))
    for one in map(incident_of, docs):
        if visible(Scope.of(principal), one.area, one.offices):
            told = asdict(one) | {"class": one.class_code, "occurred_at": one.reported_at}
            yield _row(kind, told, shapely.Point(one.lon, one.lat))


_SOURCES: dict[str, Callable[[Connection, Principal, Kind], Iterator[Row]]] = {
    "units": _units,
    "incidents": _incidents,
}
