"""Rows of a kind → a map file or a table that our own import reads back as the same rows.

Columns are the fields of the kind (geo.kinds) by their names, geometry is EPSG:4326 to its last digit. Tables
carry points as lon and lat and other shapes as WKT.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import pyogrio
import shapely

from geo.crs import WGS84
from geo.guard import guarded
from geo.kinds import Field, Kind
from geo.shapefile import write_shapefile, write_zipped

Row = dict[str, Any]
"""`geom` (shapely, EPSG:4326) and a value for each field of the kind, None where there is none."""
#: In GeoPackage, how a column is called by people.
_TITLES = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
    mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
"""
#: Words that commas alone would not tell apart (geo.values.words).
_AMBIGUOUS = re.compile(r"^\[|[,;，；、]")
_SCHEMA_EXTENSION = ("gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema", "read-write")


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its media type, and what writes it."""

    media: str
    write: Callable[[Path, Kind, Sequence[Row]], None]


def write(path: Path, kind: Kind, rows: Sequence[Row]) -> None:
    """Write rows in the format of the ending, over a file that is there. KeyError for another ending."""
    form = FORMATS[path.suffix.lower().lstrip(".")]
    path.unlink(missing_ok=True)
    form.write(path, kind, rows)


def alias(field: Field) -> str | None:
    """What people call the field: the first of its other names that is Chinese."""
    return next((name for name in field.also if not name.isascii()), None)


def _geojson(path: Path, kind: Kind, rows: Sequence[Row]) -> None:
    """RFC 7946, a feature a line; lists stay lists."""
    shapes = shapely.to_geojson([row["geom"] for row in rows])
    lines = [
        b'{"type":"Feature","properties":%b,"geometry":%b}'
        % (orjson.dumps(_given(kind, row)), shape.encode())
        for row, shape in zip(rows, shapes, strict=True)
    ]
    path.write_bytes(b'{"type":"FeatureCollection","features":[\n' + b",\n".join(lines) + b"\n]}\n")


def _given(kind: Kind, row: Row) -> Row:
    return {field.name: row[field.name] for field in kind.fields if row[field.name] is not None}


def _geopackage(path: Path, kind: Kind, rows: Sequence[Row]) -> None:
    _vectors(path, kind, rows, driver="GPKG")
    titles = [(kind.name, f.name, title, title) for f in kind.fields if (title := alias(f))]
    extension = [(table, None, *_SCHEMA_EXTENSION) for table in ("gpkg_data_columns",)]
    with closing(sqlite3.connect(path)) as book, book:
        book.executescript(_TITLES)
        book.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, name, title) VALUES (?, ?, ?, ?)", titles
        )
        book.executemany("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", extension)


def _flatgeobuf(path: Path, kind: Kind, rows: Sequence[Row]) -> None:
    _vectors(path, kind, rows, driver="FlatGeobuf", SPATIAL_INDEX="NO")


def _vectors(path: Path, kind: Kind, rows: Sequence[Row], driver: str, **options: str) -> None:
    shapes = [row["geom"] for row in rows]
    types = {shape.geom_type for shape in shapes}
    frame = gpd.GeoDataFrame(_columns(kind, rows), geometry=shapes, crs=WGS84)
    pyogrio.write_dataframe(
        frame, path, layer=kind.name, driver=driver, promote_to_multi=False,
        geometry_type=types.pop() if len(types) == 1 else "Unknown", layer_options=options,
    )  # fmt: skip


def _shapefile(path: Path, kind: Kind, rows: Sequence[Row]) -> None:
    write_shapefile(path, kind, [row["geom"] for row in rows], _columns(kind, rows))


def _zipped_shapefile(path: Path, kind: Kind, rows: Sequence[Row]) -> None:
    write_zipped(path, kind, [row["geom"] for row in rows], _columns(kind, rows))


def _text_table(path: Path, kind: Kind, rows: Sequence[Row]) -> None:
    """UTF-8 with the mark by which Excel knows it."""
    _table(kind, rows).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _workbook(path: Path, kind: Kind, rows: Sequence[Row]) -> None:
    pyogrio.write_dataframe(_table(kind, rows), path, layer=kind.name, driver="XLSX")


def _table(kind: Kind, rows: Sequence[Row]) -> pd.DataFrame:
    columns = {name: column.map(guarded) for name, column in _columns(kind, rows).items()}
    shapes = [row["geom"] for row in rows]
    if all(shape.geom_type == "Point" for shape in shapes):
        where = {"lon": pd.Series(shapely.get_x(shapes)), "lat": pd.Series(shapely.get_y(shapes))}
    else:
        where = {"wkt": pd.Series(shapely.to_wkt(shapes, rounding_precision=-1), dtype=object)}
    return pd.DataFrame({**columns, **where})


def _columns(kind: Kind, rows: Sequence[Row]) -> dict[str, pd.Series[Any]]:
    return {field.name: _column([_cell(row[field.name]) for row in rows]) for field in kind.fields}


def _cell(value: Any) -> Any:
    """Words with commas between them; other lists as JSON; times as text, so that no zone is lost."""
    if isinstance(value, list | tuple):
        words = all(isinstance(word, str) and not _AMBIGUOUS.search(word) for word in value)
        return ",".join(value) if words else orjson.dumps(value).decode()
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return value.isoformat() if isinstance(value, datetime | date) else value


def _column(cells: list[Any]) -> pd.Series[Any]:
    """Numbers and flags keep their type also where some are missing."""
    types = {type(cell) for cell in cells if cell is not None}
    known = {frozenset({bool}): "boolean", frozenset({int}): "Int64", frozenset({float}): "Float64"}
    dtype = known.get(frozenset(types), "Float64" if types == {int, float} else "object")
    return pd.Series(cells, dtype=dtype)


FORMATS = {
    "gpkg": Format("application/geopackage+sqlite3", _geopackage),
    "geojson": Format("application/geo+json", _geojson),
    "csv": Format("text/csv; charset=utf-8", _text_table),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _workbook),
    "fgb": Format("application/flatgeobuf", _flatgeobuf),
    "shp": Format("application/vnd.shp", _shapefile),
    "zip": Format("application/zip", _zipped_shapefile),
}
IN_ONE_FILE = tuple(form for form in FORMATS if form != "shp")
"""What can be sent as it is: of a Shapefile's several files, the archive."""
