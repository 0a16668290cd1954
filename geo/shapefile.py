"""Rows of a kind → Shapefiles that any office reads: UTF-8 told by a .cpg, names of ten letters.

A Shapefile holds shapes of one type: a layer with points and areas becomes one file of each, named so. Its
table holds 254 bytes of a text; what is longer is refused, for it would come back as something else.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from core.errors import Refusal
from geo.crs import WGS84
from geo.kinds import Kind

NAME_MOST, TEXT_MOST = 10, 254
"""Letters of a column's name, bytes of a cell (dBASE Ⅳ)."""
_PARTS = {
    "Point": "point", "MultiPoint": "points", "LineString": "line", "MultiLineString": "line",
    "Polygon": "area", "MultiPolygon": "area",
}  # fmt: skip
_TYPES = {"point": "Point", "points": "MultiPoint", "line": "LineString", "area": "Polygon"}
_SIDES = (".shp", ".shx", ".dbf", ".prj", ".cpg")


class TextTooLong(Refusal):
    """A Shapefile cannot hold this text; params: field, row (its code or number), most (bytes)."""

    code = "text_too_long_for_shapefile"


def cut_names(kind: Kind) -> dict[str, str]:
    """Field → its name in a Shapefile, where that is shorter."""
    return {f.name: f.name[:NAME_MOST] for f in kind.fields if len(f.name) > NAME_MOST}


def write_shapefile(
    path: Path, kind: Kind, shapes: Sequence[Any], columns: Mapping[str, pd.Series[Any]]
) -> None:
    """path with its .shx, .dbf, .prj and .cpg beside it, over what is there. Raises TextTooLong."""
    frame = _frame(kind, shapes, columns)
    _refuse_long(frame)
    parts = pd.Series([_PARTS[shape.geom_type] for shape in shapes])
    several = parts.nunique() > 1
    for part in parts.unique():
        target = path.with_name(f"{path.stem}_{part}.shp") if several else path
        _forget(target)
        pyogrio.write_dataframe(
            frame[(parts == part).to_numpy()], target, driver="ESRI Shapefile", encoding="UTF-8",
            geometry_type=_TYPES[part], promote_to_multi=False,
        )  # fmt: skip


def write_zipped(
    path: Path, kind: Kind, shapes: Sequence[Any], columns: Mapping[str, pd.Series[Any]]
) -> None:
    """The same in one archive. Raises TextTooLong."""
    with TemporaryDirectory(prefix="shapefile-") as folder:
        write_shapefile(Path(folder, f"{kind.name}.shp"), kind, shapes, columns)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)


def _frame(kind: Kind, shapes: Sequence[Any], columns: Mapping[str, pd.Series[Any]]) -> gpd.GeoDataFrame:
    short = cut_names(kind)
    told = {short.get(name, name): _flags(column) for name, column in columns.items()}
    return gpd.GeoDataFrame(told, geometry=list(shapes), crs=WGS84)


def _flags(column: pd.Series[Any]) -> pd.Series[Any]:
    """dBASE's own flags are not read alike everywhere: words are."""
    if column.dtype != "boolean":
        return column
    return pd.Series([None if pd.isna(cell) else "是" if cell else "否" for cell in column], dtype="object")


def _refuse_long(frame: gpd.GeoDataFrame) -> None:
    for name, row, cell in _texts(frame):
        if len(cell.encode()) > TEXT_MOST:
            raise TextTooLong(field=name, row=row, most=TEXT_MOST)


def _texts(frame: gpd.GeoDataFrame) -> Iterator[tuple[str, str, str]]:
    """Column, code (or number) of the row, text of every cell with one."""
    codes = frame["code"] if "code" in frame else pd.Series(range(1, len(frame) + 1))
    for name in frame.columns.drop("geometry"):
        for code, cell in zip(codes, frame[name], strict=True):
            if isinstance(cell, str):
                yield str(name), str(code), cell


def _forget(path: Path) -> None:
    for side in _SIDES:
        path.with_suffix(side).unlink(missing_ok=True)
