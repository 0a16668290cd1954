"""Map files of any common kind → rows in EPSG:4326, or a refusal that says what to do.

GeoJSON is read by our own strict reader; GeoPackage, Shapefile, KML, FlatGeobuf, MapInfo, CSV and
XLSX by GDAL (pyogrio). A table without geometry gets points from its lon and lat columns.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from geo import datum as datums
from geo import geojson
from geo.problems import Problem, note, refuse

WGS84 = 4326
#: Names under which tables without geometry carry their coordinates.
LON_NAMES = ("lon", "lng", "longitude", "x", "经度")
LAT_NAMES = ("lat", "latitude", "y", "纬度")


@dataclass(frozen=True, slots=True)
class Source:
    """What to read and how: `datum` None = what the file says; `fields` maps target to source names."""

    path: Path
    datum: str | None = None
    encoding: str | None = None
    layer: str | None = None
    fields: Mapping[str, str] | None = None


@dataclass(slots=True)
class Reading:
    """Rows 1..n of a file (index = row number), geometry in EPSG:4326, and what was met on the way."""

    frame: gpd.GeoDataFrame
    problems: list[Problem]


def read(source: Source) -> Reading:
    """Read a whole layer. Raises FileRefused when there is nothing to read, UnknownDatum."""
    if not source.path.is_file():
        raise refuse("file_missing", path=str(source.path))
    reader = _read_geojson if source.path.suffix.lower() in geojson.SUFFIXES else _read_gdal
    reading = reader(source)
    if reading.frame.empty:
        raise refuse("layer_empty", file=source.path.name)
    reading.frame.index = pd.RangeIndex(1, len(reading.frame) + 1)
    _rename(reading, source.fields or {})
    _ensure_geometry(reading, source.path.name)
    _to_wgs84(reading, source.datum)
    return reading


def _read_geojson(source: Source) -> Reading:
    found = geojson.read_geojson(source.path, source.encoding)
    properties = pd.DataFrame(found.properties, index=range(len(found.properties)))
    properties = properties.drop(columns="geometry", errors="ignore")
    frame = gpd.GeoDataFrame(properties, geometry=found.geometries, crs=_crs(found.crs))
    return Reading(frame, found.problems)


def _crs(name: str | None) -> Any:
    """CRS of an old GeoJSON; without one the format means EPSG:4326."""
    try:
        return pyproj.CRS.from_user_input(name) if name else WGS84
    except pyproj.exceptions.ProjError:
        raise refuse("unknown_crs", crs=name) from None


def _read_gdal(source: Source) -> Reading:
    layer = source.layer or _only_layer(source.path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = pyogrio.read_dataframe(source.path, layer=layer, encoding=source.encoding)
    except pyogrio.errors.DataLayerError:
        raise refuse("layer_unknown", layer=layer, layers=", ".join(_layers(source.path))) from None
    except (pyogrio.errors.DataSourceError, pyogrio.errors.GeometryError) as fault:
        raise refuse("file_unreadable", path=source.path.name, reason=str(fault)[:200]) from None
    except (UnicodeDecodeError, LookupError):
        raise refuse("wrong_encoding", encoding=source.encoding or "utf-8", at=0) from None
    return Reading(gpd.GeoDataFrame(frame), [])


def _layers(path: Path) -> list[str]:
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as fault:
        raise refuse("file_unreadable", path=path.name, reason=str(fault)[:200]) from None


def _only_layer(path: Path) -> str:
    names = _layers(path)
    if len(names) > 1:
        raise refuse("layer_needed", layers=", ".join(names))
    if not names:
        raise refuse("layer_empty", file=path.name)
    return names[0]


def _rename(reading: Reading, fields: Mapping[str, str]) -> None:
    """Give columns their canonical names. A source named by the user must be there."""
    columns = list(reading.frame.columns)
    missing = [source for source in fields.values() if source not in columns]
    if missing:
        raise refuse("field_unknown", fields=", ".join(missing), columns=", ".join(map(str, columns)))
    for target, source in fields.items():
        reading.frame[target] = reading.frame[source]
    reading.frame = reading.frame.drop(columns=set(fields.values()) - set(fields))


def _ensure_geometry(reading: Reading, name: str) -> None:
    """A frame with a geometry column, made from coordinate columns where the file has none."""
    frame = reading.frame
    if "geometry" in frame.columns and isinstance(frame, gpd.GeoDataFrame) and _has_geometry(frame):
        frame.set_geometry("geometry", inplace=True)
        return
    lon, lat = _column(frame, LON_NAMES), _column(frame, LAT_NAMES)
    if lon is None or lat is None:
        raise refuse("geometry_missing_all", file=name)
    points = [_point(x, y) for x, y in zip(_numbers(frame[lon]), _numbers(frame[lat]), strict=True)]
    reading.frame = gpd.GeoDataFrame(frame.drop(columns="geometry", errors="ignore"), geometry=points)


def _has_geometry(frame: gpd.GeoDataFrame) -> bool:
    return not pd.api.types.is_object_dtype(frame["geometry"].dtype) or bool(frame["geometry"].notna().any())


def _column(frame: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    return next((column for column in frame.columns if str(column).strip().lower() in names), None)


def _numbers(column: pd.Series[Any]) -> Any:
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)


def _point(x: float, y: float) -> Any:
    return None if np.isnan(x) or np.isnan(y) else shapely.Point(x, y)


def _to_wgs84(reading: Reading, datum: str | None) -> None:
    """Convert once. EPSG:N overrides what the file says; GCJ-02 and BD-09 come after the file's CRS."""
    frame = reading.frame
    number = datums.epsg(datum or "")
    if number is not None:
        frame = frame.set_crs(None, allow_override=True)
    elif frame.crs is not None and frame.crs.to_epsg() != WGS84:
        _check_units(frame)
        reading.problems.append(note("crs_converted", crs=frame.crs.to_string()[:60]))
        frame = _to_degrees(frame)
    elif frame.crs is None:
        reading.problems.append(note("crs_assumed"))
    geometry = frame.geometry.to_numpy()
    if datum:
        convert = datums.converter(datum)
        geometry = shapely.transform(geometry, lambda xy: np.column_stack(convert(xy[:, 0], xy[:, 1])))
    reading.frame = frame.set_geometry(gpd.GeoSeries(geometry, index=frame.index), crs=WGS84)


def _to_degrees(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    try:
        return frame.to_crs(WGS84)
    except pyproj.exceptions.ProjError:  # another planet, or a system without a plane
        raise refuse("unknown_crs", crs=frame.crs.to_string()[:60]) from None


def _check_units(frame: gpd.GeoDataFrame) -> None:
    """Degrees in a file that claims metres: a common fault of old files, and silent nonsense if read on."""
    xy = shapely.get_coordinates(frame.geometry.to_numpy())
    if frame.crs.is_projected and len(xy) and np.abs(xy).max() <= 180:
        raise refuse("degrees_in_projected", crs=frame.crs.to_string()[:60])
