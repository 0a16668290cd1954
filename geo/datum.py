"""Where coordinates come in: every datum becomes WGS 84 (EPSG:4326) here, once, and never again inside.

GCJ-02 (高德, 腾讯) and BD-09 (百度) have no EPSG code. Their offsets are smooth, so the inverse is found
by iterating the forward function (error below 0.1 mm). Outside China both are the identity.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from core.errors import Refusal

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

#: Krasovsky 1940 as GCJ-02 uses it, and the origin of its series (domain.md §3).
AXIS = 6378245.0
ECC2 = 0.00669342162296594323
ORIGIN = (105.0, 35.0)
#: west, south, east, north of the rectangle inside which GCJ-02 is defined.
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
BD_TURN = np.pi * 3000.0 / 180.0
ROUNDS = 8


class UnknownDatum(Refusal):
    """params: datum (what was asked for)."""

    code = "unknown_datum"


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str = "wgs84") -> Pair:
    """Degrees (or the units of EPSG:N) in `datum` → longitude and latitude in EPSG:4326.

    `datum` is wgs84, gcj02, bd09 or EPSG:N, in any case. Raises UnknownDatum.
    """
    return converter(datum)(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))


def converter(datum: str) -> Callable[[Floats, Floats], Pair]:
    """The function (x, y) → (lon, lat) in EPSG:4326 for a datum's name. Raises UnknownDatum."""
    name = datum.strip().lower().replace("-", "")
    named: dict[str, Callable[[Floats, Floats], Pair]] = {
        "wgs84": lambda x, y: (x, y),
        "cgcs2000": lambda x, y: (x, y),
        "gcj02": gcj02_to_wgs84,
        "bd09": bd09_to_wgs84,
    }
    return named[name] if name in named else _from_epsg(datum)


def epsg(datum: str) -> int | None:
    """The N of `EPSG:N`, or None when the datum is not written so."""
    match = re.fullmatch(r"\s*epsg:(\d{1,6})\s*", datum, re.IGNORECASE)
    return int(match[1]) if match else None


def _from_epsg(datum: str) -> Callable[[Floats, Floats], Pair]:
    number = epsg(datum)
    if number is None:
        raise UnknownDatum(datum=datum)
    try:
        transformer = _transformer(number)
    except ProjError:
        raise UnknownDatum(datum=datum) from None

    def convert(x: Floats, y: Floats) -> Pair:
        lon, lat = transformer.transform(x, y)
        return np.asarray(lon), np.asarray(lat)

    return convert


@lru_cache(maxsize=16)
def _transformer(number: int) -> Any:
    source = CRS.from_epsg(number)
    if not (source.is_geographic or source.is_projected):
        raise CRSError(f"EPSG:{number} has no plane")
    return Transformer.from_crs(source, CRS.from_epsg(4326), always_xy=True)


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Forward series of GCJ-02; identity outside China."""
    dlon, dlat = _offset(lon, lat)
    inside = in_china(lon, lat)
    return np.where(inside, lon + dlon, lon), np.where(inside, lat + dlat, lat)


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    """Inverse by fixed-point iteration; identity outside China."""
    return _invert(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: Floats, lat: Floats) -> Pair:
    """Baidu's turn and shift on top of GCJ-02; identity outside China."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_TURN)
    inside = in_china(lon, lat)
    return (
        np.where(inside, radius * np.cos(angle) + 0.0065, lon),
        np.where(inside, radius * np.sin(angle) + 0.006, lat),
    )


def bd09_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    return gcj02_to_wgs84(*_invert(gcj02_to_bd09, lon, lat))


def in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = CHINA
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _invert(forward: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    """x such that forward(x) = given. Each round leaves about 1/1000 of the error before it."""
    x, y = lon, lat
    for _ in range(ROUNDS):
        fx, fy = forward(x, y)
        x, y = x - (fx - lon), y - (fy - lat)
    return x, y


def _offset(lon: Floats, lat: Floats) -> Pair:
    """GCJ-02 minus WGS 84, in degrees."""
    x, y = lon - ORIGIN[0], lat - ORIGIN[1]
    east, north = _series(x, y)
    phi = np.radians(lat)
    magic = 1.0 - ECC2 * np.sin(phi) ** 2
    root = np.sqrt(magic)
    return (
        np.degrees(east / (AXIS / root * np.cos(phi))),
        np.degrees(north / (AXIS * (1.0 - ECC2) / (magic * root))),
    )


def _series(x: Floats, y: Floats) -> Pair:
    """Metres east and north of the published series."""
    common = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root + common
        + (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
        + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    )  # fmt: skip
    east = (
        300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root + common
        + (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
        + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    )  # fmt: skip
    return east, north
