"""Map files of any common kind → rows in EPSG:4326, or a refusal that says what to do.

By the ending: GeoJSON by our own strict reader (geo.geojson), tables by geo.sheets, OpenStreetMap by geo.osm,
everything else by GDAL (geo.vectors); archives are unpacked first. Then, for all alike: columns get their
canonical names, tables get geometry from their columns, and coordinates are converted once (geo.crs).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import archives, crs, geojson, osm, sheets, vectors
from geo.points import with_geometry
from geo.problems import Problem, refuse

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Source:
    """What to read and how: `datum` None = what the file says; `fields` maps target to source names.

    `kind` is what the file is read for (OpenStreetMap has roads and base map in one file); `city`
    (w, s, e, n) helps to guess the system of metres without a name.
    """

    path: Path
    datum: str | None = None
    encoding: str | None = None
    layer: str | None = None
    fields: Mapping[str, str] | None = None
    kind: str = ""
    city: Bounds | None = None


@dataclass(slots=True)
class Reading:
    """Rows 1..n of a file (index = row number), geometry in EPSG:4326, and what was met on the way.

    `columns` are the file's own names with values of its first rows; `stated` is one point a row as the file
    has it, when its figures are degrees (else None): what a shifted datum is suspected from.
    """

    frame: gpd.GeoDataFrame
    problems: list[Problem]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    encoding: str | None = None
    crs: str | None = None
    layers: tuple[str, ...] = ()
    stated: NDArray[np.float64] | None = None


@dataclass(slots=True)
class _Raw:
    """What a reader gives: a frame with or without geometry."""

    frame: pd.DataFrame
    problems: list[Problem]
    encoding: str | None = None
    layers: tuple[str, ...] = ()


#: Rows whose values are shown of each column.
SAMPLED = 50


def read(source: Source) -> Reading:
    """Read a whole layer. Raises FileRefused when there is nothing to read, UnknownDatum."""
    return _placed(source, _raw(source))


def read_table(source: Source) -> Reading:
    """Read a whole list that has no places, as `read` does; no row has a shape. Raises FileRefused."""
    raw = _raw(source)
    columns = _number(source, raw)
    frame = gpd.GeoDataFrame(_renamed(raw.frame, source.fields or {}), geometry=[None] * len(raw.frame))
    return Reading(frame, raw.problems, columns, raw.encoding, None, raw.layers)


def _raw(source: Source) -> _Raw:
    """Raises FileRefused when there is nothing to read."""
    if not source.path.exists():
        raise refuse("file_missing", path=str(source.path))
    if source.encoding:
        _check_encoding(source.encoding)
    with ExitStack() as stack:
        return _reader(_unpacked(source, stack))


def _check_encoding(name: str) -> None:
    """Raises FileRefused for what is no encoding of text."""
    try:
        b"00".decode(name)
    except UnicodeDecodeError:
        return  # one that takes more bytes
    except (LookupError, ValueError):
        raise refuse("unknown_encoding", encoding=name[:40]) from None


def _placed(source: Source, raw: _Raw) -> Reading:
    """Named columns, geometry, degrees."""
    columns = _number(source, raw)
    frame, problems = _with_geometry(_renamed(raw.frame, source.fields or {}), source.path.name)
    said = None if frame.crs is None else crs.title(frame.crs)
    stated = _first_points(frame)
    frame, more, as_degrees = crs.to_degrees(frame, source.datum, source.city)
    return Reading(
        frame, [*raw.problems, *problems, *more], columns, raw.encoding, said, raw.layers,
        stated if as_degrees else None,
    )  # fmt: skip


def _number(source: Source, raw: _Raw) -> dict[str, list[Any]]:
    """Count the rows from 1; the file's own columns with their first values. Raises FileRefused."""
    if raw.frame.empty:
        raise refuse("layer_empty", file=source.path.name)
    raw.frame.index = pd.RangeIndex(1, len(raw.frame) + 1)
    return {
        str(name): raw.frame[name].head(SAMPLED).tolist() for name in raw.frame.columns if name != "geometry"
    }


def _unpacked(source: Source, stack: ExitStack) -> Source:
    """The one data set of an archive, or the one that `layer` names (its path in the archive)."""
    if source.path.suffix.lower() not in archives.ENDINGS:
        return source
    folder = stack.enter_context(archives.unpacked(source.path))
    found = {str(path.relative_to(folder)): path for path in _data_sets(folder)}
    if not found:
        raise refuse("archive_empty", file=source.path.name)
    wanted, _, inner = (source.layer or "").partition("::")
    chosen = found.get(wanted) if len(found) > 1 else next(iter(found.values()))
    if chosen is None:
        code = "layer_unknown" if source.layer else "layer_needed"
        raise refuse(code, layer=source.layer, layers=", ".join(found), first=next(iter(found)))
    return replace(source, path=chosen, layer=inner or (source.layer if len(found) == 1 else None))


def _data_sets(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _READERS and _leads(path))


def _leads(path: Path) -> bool:
    """A text file beside a Shapefile or a MapInfo table is its companion, not a table of its own."""
    beside = {other.suffix.lower() for other in path.parent.glob(f"{path.stem}.*")}
    return path.suffix.lower() in (".shp", ".tab", ".mif") or not beside & {".shp", ".tab", ".mif"}


def _read_geojson(source: Source) -> _Raw:
    found = geojson.read_geojson(source.path, source.encoding)
    properties = pd.DataFrame(found.properties, index=range(len(found.properties)))
    properties = properties.drop(columns="geometry", errors="ignore")
    system = crs.named(found.crs) if found.crs else crs.WGS84
    frame = gpd.GeoDataFrame(properties, geometry=found.geometries, crs=system)
    return _Raw(frame, found.problems, found.encoding)


def _read_text(source: Source) -> _Raw:
    sheet = sheets.read_text(source.path, source.encoding)
    return _Raw(sheet.frame, sheet.problems, sheet.encoding)


def _read_book(source: Source) -> _Raw:
    sheet = sheets.read_book(source.path, source.layer)
    return _Raw(sheet.frame, sheet.problems, layers=sheet.layers)


def _read_vectors(source: Source) -> _Raw:
    layer = vectors.read_layer(source.path, source.layer, source.encoding)
    return _Raw(layer.frame, layer.problems, layer.encoding, layer.layers)


def _read_osm(source: Source) -> _Raw:
    frame, problems = osm.read_osm(source.path, source.kind, source.layer)
    return _Raw(frame, problems, "utf-8")


_READERS: dict[str, Callable[[Source], _Raw]] = {
    **dict.fromkeys(geojson.SUFFIXES, _read_geojson),
    **dict.fromkeys(sheets.TEXTS, _read_text),
    **dict.fromkeys(sheets.BOOKS, _read_book),
    **dict.fromkeys(osm.ENDINGS, _read_osm),
    **dict.fromkeys(vectors.ENDINGS, _read_vectors),
}
ENDINGS = (*_READERS, *archives.ENDINGS)
"""The endings of files that can be read."""


def _reader(source: Source) -> _Raw:
    """By the ending; GDAL has a look at what we do not know."""
    return _READERS.get(source.path.suffix.lower(), _read_vectors)(source)


def _renamed(frame: pd.DataFrame, fields: Mapping[str, str]) -> pd.DataFrame:
    """Columns with the names of fields. A source named by the user must be there."""
    columns = list(frame.columns)
    missing = [source for source in fields.values() if source not in columns]
    if missing:
        raise refuse("field_unknown", fields=", ".join(missing), columns=", ".join(map(str, columns)))
    for target, source in fields.items():
        frame[target] = frame[source]
    return frame.drop(columns=set(fields.values()) - set(fields))


def _with_geometry(frame: pd.DataFrame, name: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    if "geometry" in frame.columns and isinstance(frame, gpd.GeoDataFrame) and _has_geometry(frame):
        return frame.set_geometry("geometry"), []
    return with_geometry(frame, name)


def _has_geometry(frame: gpd.GeoDataFrame) -> bool:
    return not pd.api.types.is_object_dtype(frame["geometry"].dtype) or bool(frame["geometry"].notna().any())


def _first_points(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """The first vertex of each row, NaN where there is none."""
    found = np.full((len(frame), 2), np.nan)
    xy, owner = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    rows, first = np.unique(owner, return_index=True)
    found[rows] = xy[first]
    return found
