"""Geometry out of the columns of a table: longitude and latitude, both in one cell, or WKT."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.problems import Problem, note, refuse
from geo.values import column_name, degrees, is_missing, text

#: Names under which tables carry coordinates, as `column_name` leaves them; the datum's name is taken off.
LON_NAMES = ("lon", "lng", "long", "longitude", "经度", "經度", "东经", "東經", "x坐标", "x", "pointx")
LAT_NAMES = ("lat", "latitude", "纬度", "緯度", "北纬", "北緯", "y坐标", "y", "pointy")
PAIR_NAMES = (
    "坐标",
    "座標",
    "经纬度",
    "經緯度",
    "坐标点",
    "位置坐标",
    "lonlat",
    "lnglat",
    "coordinates",
    "location",
)
SHAPE_NAMES = ("wkt", "geom", "geometry", "thegeom", "shape", "point", "wktgeom", "图形", "几何", "空间")
#: What in a column's name tells the datum of its figures.
DATUMS = {
    "gcj02": r"gcj-?02|gcj|高德|腾讯|火星",
    "bd09": r"bd-?09(?:ll)?|bd(?=$)|百度|baidu",
    "wgs84": r"wgs-?84",
}
_PAIR = re.compile(
    r"[\[(]?\s*(?:POINT\s*\()?\s*(-?\d+(?:\.\d+)?)\s*[,;，；\s]\s*(-?\d+(?:\.\d+)?)\s*[\])]*", re.IGNORECASE
)
Cells = Sequence[Any]


def with_geometry(frame: pd.DataFrame, file: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """The frame (index = row number) with a geometry column, and what could not be read of it.

    Raises FileRefused: geometry_missing_all."""
    lon, lat = _column(frame, LON_NAMES), _column(frame, LAT_NAMES)
    if lon is not None and lat is not None and lon != lat:
        geometry, problems = _from_two(frame, lon, lat)
        used = {lon, lat}
    else:
        column, read = _single(frame, file)
        geometry, problems = _from_one(frame, column, read)
        used = {column}
    rest = frame.drop(columns=[*used, *({"geometry"} & set(frame.columns))])
    made = gpd.GeoDataFrame(rest, geometry=gpd.GeoSeries(geometry, index=frame.index))
    return made, [*problems, *_hints(used)]


def _single(frame: pd.DataFrame, file: str) -> tuple[str, Callable[[Any], Any]]:
    for names, read in ((SHAPE_NAMES, _shape), (PAIR_NAMES, _pair)):
        column = _column(frame, names)
        if column is not None:
            return column, read
    listed = ", ".join(str(column) for column in frame.columns[:20])
    raise refuse("geometry_missing_all", file=file, columns=listed)


def _column(frame: pd.DataFrame, names: Sequence[str]) -> str | None:
    """The column of the first of these names that there is."""
    found = {_bare(column): str(column) for column in reversed(frame.columns)}
    return next((found[name] for name in names if name in found), None)


def _bare(column: Any) -> str:
    """`经度(GCJ02)`, `高德经度`, `lng_bd09` without what names the datum."""
    name = column_name(column)
    for pattern in DATUMS.values():
        name = re.sub(pattern, "", name)
    return name.strip("-/.")


def _hints(columns: set[str]) -> list[Problem]:
    """A name that tells a shifted datum is told on: nothing is shifted by it."""
    for column in sorted(columns):
        plain = unicodedata.normalize("NFKC", column).lower()
        for datum in ("gcj02", "bd09"):
            if re.search(DATUMS[datum], plain):
                return [note("datum_in_name", column=column, datum=datum)]
    return []


def _from_two(frame: pd.DataFrame, lon: str, lat: str) -> tuple[Any, list[Problem]]:
    problems: list[Problem] = []
    x, y = _numbers(frame[lon], problems), _numbers(frame[lat], problems)
    points = np.full(len(frame), None, dtype=object)
    given = ~(np.isnan(x) | np.isnan(y))
    points[given] = shapely.points(x[given], y[given])
    return points, problems


def _numbers(column: pd.Series[Any], problems: list[Problem]) -> Any:
    """Figures as they are; the cells that are none, one by one."""
    found = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float).copy()
    for place in np.flatnonzero(np.isnan(found)):
        cell = column.iloc[place]
        if is_missing(cell):
            continue
        try:
            found[place] = degrees(cell)
        except ValueError:
            problems.append(_unreadable(int(column.index[place]), str(column.name), cell))
    return found


def _from_one(frame: pd.DataFrame, column: str, read: Callable[[Any], Any]) -> tuple[Any, list[Problem]]:
    problems: list[Problem] = []
    found = np.full(len(frame), None, dtype=object)
    for place, (row, cell) in enumerate(frame[column].items()):
        if is_missing(cell):
            continue
        try:
            found[place] = read(cell)
        except (ValueError, shapely.errors.ShapelyError):
            problems.append(_unreadable(int(row), column, cell))
    return found, problems


def _shape(cell: Any) -> Any:
    """WKT, EWKT, or WKB in hexadecimal as databases print it."""
    given = text(cell)
    if re.fullmatch(r"0[01][0-9A-Fa-f]{16,}", given):
        return shapely.from_wkb(given)
    return shapely.from_wkt(re.sub(r"^SRID=\d+;", "", given, flags=re.IGNORECASE))


def _pair(cell: Any) -> Any:
    found = _PAIR.fullmatch(unicodedata.normalize("NFKC", text(cell)))
    if not found:
        raise ValueError(cell)
    return shapely.Point(float(found[1]), float(found[2]))


def _unreadable(row: int, column: str, cell: Any) -> Problem:
    return Problem("coordinate_unreadable", row, column, params={"value": text(cell)[:60]})
