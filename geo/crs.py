"""The coordinate system of a file → EPSG:4326, once; or a refusal that says which systems would fit.

What a file says is not always what it holds: degrees under the name of a metre grid, metres under none,
the ellipsoid of Beijing 1954 without its datum. None of these is guessed silently.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from geo import datum as datums
from geo.problems import Problem, note, refuse

WGS84 = 4326
Bounds = tuple[float, float, float, float]
Floats = NDArray[np.float64]
#: Ellipsoids of Beijing 1954 and Xi'an 1980: their national parameters to CGCS2000 are not public, so a
#: conversion without local ones is off by up to about a hundred metres (EPSG registry: ballpark).
OLD_ELLIPSOIDS = ("Krassowsky 1940", "IAG 1975")
#: Datum names with which PROJ says that a file names none.
UNNAMED = ("not specified", "unknown")
#: Where to look for grids while the city has none: China.
ANYWHERE: Bounds = (73.0, 18.0, 135.1, 53.6)
#: How the guesses are put: what a Chinese city most likely has comes first.
_LIKELY = ("CGCS2000", "WGS 84", "Xian 1980", "Beijing 1954")
GUESSES = 6
#: Words in the names of systems that people measure in; the registry has others for whole continents.
_LOCAL = ("zone", "CM ", "Grid System", "Pseudo-Mercator")


def named(text: str) -> Any:
    """A CRS by the name an old GeoJSON has. Raises FileRefused: unknown_crs."""
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.ProjError:
        raise refuse("unknown_crs", crs=text) from None


def to_degrees(
    frame: gpd.GeoDataFrame, datum: str | None, city: Bounds | None
) -> tuple[gpd.GeoDataFrame, list[Problem], bool]:
    """The frame in EPSG:4326; notes; whether its figures came as degrees, so that a Chinese web map may
    have shifted them. `datum` EPSG:N overrides what the file says, GCJ-02 and BD-09 come after it.

    Raises FileRefused (degrees_in_projected, metres_without_crs, crs_unnamed, unknown_crs), UnknownDatum.
    """
    source, problems = _source(frame, datum)
    xy = _coordinates(frame)
    _check_units(xy, source, city)
    if source is not None:
        problems += _check_datum(xy, source, city)
    plane = source is not None and source.is_projected
    geometry = frame.geometry.to_numpy()
    if source is not None and not source.equals(pyproj.CRS.from_epsg(WGS84), ignore_axis_order=True):
        geometry = _converted(geometry, source)
        if not (datum and datums.epsg(datum)):
            problems.append(note("crs_converted", crs=title(source)))
    if datum and not datums.epsg(datum):
        convert = datums.converter(datum)
        geometry = shapely.transform(geometry, lambda pair: np.column_stack(convert(pair[:, 0], pair[:, 1])))
    fresh = frame.set_crs(None, allow_override=True).set_geometry(gpd.GeoSeries(geometry, index=frame.index))
    return fresh.set_crs(WGS84), problems, not plane


def _source(frame: gpd.GeoDataFrame, datum: str | None) -> tuple[Any, list[Problem]]:
    """The system the figures are in (None: degrees, by default), and a note when nobody said."""
    number = datums.epsg(datum or "")
    if number is not None:
        datums.converter(datum or "")  # raises UnknownDatum for numbers that mean no plane
        return pyproj.CRS.from_epsg(number), []
    if frame.crs is not None:
        return frame.crs, []
    return None, [] if datum else [note("crs_assumed")]


def _coordinates(frame: gpd.GeoDataFrame) -> Floats:
    xy: Floats = shapely.get_coordinates(frame.geometry.to_numpy())
    return xy[np.isfinite(xy).all(axis=1)]


def _check_units(xy: Floats, source: Any, city: Bounds | None) -> None:
    """Degrees in a file that claims metres and the other way round: silent nonsense if read on."""
    if not len(xy):
        return
    small = bool(np.abs(xy).max() <= 180)
    if source is not None and source.is_projected:
        if small:
            raise refuse("degrees_in_projected", crs=title(source))
    elif np.median(np.abs(xy).max(axis=1)) > 1000:
        raise refuse("metres_without_crs", **_guessed(xy, city), sample=_sample(xy))


def _check_datum(xy: Floats, source: Any, city: Bounds | None) -> list[Problem]:
    """The old ellipsoids: refused without a datum, told with one."""
    ellipsoid = getattr(source.ellipsoid, "name", "") or ""
    name = (getattr(source.datum, "name", "") or "").lower()
    if ellipsoid not in OLD_ELLIPSOIDS:
        return []
    if name.startswith(UNNAMED):
        guesses = (
            _guessed(xy, city) if source.is_projected else {"guesses": "EPSG:4214", "example": "EPSG:4214"}
        )
        raise refuse("crs_unnamed", crs=title(source), ellipsoid=ellipsoid, **guesses)
    return [note("datum_approximate", crs=title(source))]


def _converted(geometry: Any, source: Any) -> Any:
    try:
        transformer = pyproj.Transformer.from_crs(source, WGS84, always_xy=True)
    except pyproj.exceptions.ProjError:  # another planet, or a system without a plane
        raise refuse("unknown_crs", crs=title(source)) from None
    return shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))


def title(source: Any) -> str:
    """EPSG:N and its name, or the name alone, short enough for a sentence."""
    number = source.to_epsg()
    return f"EPSG:{number} {source.name}"[:60] if number else str(source.name)[:60]


def _sample(xy: Floats) -> str:
    return f"{xy[0][0]:.0f}, {xy[0][1]:.0f}"


def _guessed(xy: Floats, city: Bounds | None) -> dict[str, str]:
    """The systems that put the middle of the file into the city, written for a sentence."""
    x, y = np.median(xy, axis=0)
    found = _fitting(float(x), float(y), city or ANYWHERE)
    turned = [] if found else _fitting(float(y), float(x), city or ANYWHERE)
    listed = "；".join(f"EPSG:{number} {name}" for number, name in (found or turned)[:GUESSES])
    first = (found or turned or [(4547, "")])[0]
    return {"guesses": (listed or "—") + (" (X/Y)" if turned else ""), "example": f"EPSG:{first[0]}"}


def _fitting(x: float, y: float, city: Bounds) -> list[tuple[int, str]]:
    return [(number, name) for number, name in _grids(city) if _within(city, *_transformed(number, x, y))]


@lru_cache(maxsize=4)
def _grids(city: Bounds) -> list[tuple[int, str]]:
    """Every plane system of the EPSG registry used where the city lies, likely ones first."""
    found = query_crs_info("EPSG", [PJType.PROJECTED_CRS], area_of_interest=AreaOfInterest(*city))
    systems = [
        (int(info.code), str(info.name)) for info in found if any(word in info.name for word in _LOCAL)
    ]
    return sorted(systems, key=lambda system: (_rank(system[1]), system[0]))


def _rank(name: str) -> tuple[int, bool]:
    """Likely datums first; of one datum the zones of 3 degrees, which cities measure in."""
    datum = next((place for place, start in enumerate(_LIKELY) if name.startswith(start)), len(_LIKELY))
    return datum, "3-degree" not in name


def _transformed(number: int, x: float, y: float) -> tuple[float, float]:
    try:
        lon, lat = datums.converter(f"EPSG:{number}")(np.array([x]), np.array([y]))
    except datums.UnknownDatum:
        return np.inf, np.inf
    return float(lon[0]), float(lat[0])


def _within(bounds: Bounds, lon: float, lat: float) -> bool:
    return bounds[0] <= lon <= bounds[2] and bounds[1] <= lat <= bounds[3]
