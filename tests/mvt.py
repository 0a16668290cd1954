"""A reader of Mapbox vector tiles (version 2.1), from the specification, not from our browser's."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from core.tiling import EXTENT, WORLD_M, Tile

POINT, LINE, POLYGON = 1, 2, 3


@dataclass(frozen=True)
class Feature:
    """`geom` is in steps of the tile, y downwards; `parts` as they were written."""

    props: dict[str, Any]
    geom: Any


def read(data: bytes) -> dict[str, list[Feature]]:
    """Features by layer, in their order."""
    return dict(_layer(layer) for number, layer in _fields(data) if number == 3)


def in_metres(geom: Any, tile: Tile) -> Any:
    """From steps of the tile to EPSG:3857."""
    step = WORLD_M / 2**tile.z / EXTENT
    corner = np.array([tile.x * EXTENT * step - WORLD_M / 2, WORLD_M / 2 - tile.y * EXTENT * step])
    return shapely.transform(geom, lambda xy: corner + xy * [step, -step])


def _layer(data: bytes) -> tuple[str, list[Feature]]:
    parts: dict[int, list[Any]] = {number: [] for number in range(16)}
    for number, value in _fields(data):
        parts[number].append(value)
    assert (parts[5], parts[15]) == ([EXTENT], [2])
    keys, values = [key.decode() for key in parts[3]], [_value(value) for value in parts[4]]
    return parts[1][0].decode(), [_feature(feature, keys, values) for feature in parts[2]]


def _feature(data: bytes, keys: list[str], values: list[Any]) -> Feature:
    parts = dict(_fields(data))
    tags = list(_numbers(parts.get(2, b"")))
    props = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(props, _geometry(parts[3], list(_numbers(parts[4]))))


def _geometry(kind: int, words: list[int]) -> Any:
    paths = list(_paths(words))
    if kind == POINT:
        return shapely.multipoints([path[0] for path in paths])
    if kind == LINE:
        return shapely.multilinestrings([shapely.linestrings(path) for path in paths])
    return shapely.multipolygons(list(_polygons(paths)))


def _paths(words: list[int]) -> Iterator[list[tuple[int, int]]]:
    """Command words: 1 move, 2 line, 7 close; numbers are zigzag and relative."""
    at, x, y = 0, 0, 0
    path: list[tuple[int, int]] = []
    while at < len(words):
        command, count = words[at] & 7, words[at] >> 3
        at += 1
        for _ in range(0 if command == 7 else count):
            x, y = x + _signed(words[at]), y + _signed(words[at + 1])
            at += 2
            if command == 1 and path:
                yield path
                path = []
            path.append((x, y))
        if command == 7:
            path.append(path[0])
    yield path


def _polygons(rings: list[list[tuple[int, int]]]) -> Iterator[Any]:
    """A ring of positive area (y downwards) begins a polygon, those after it are its holes."""
    outer, holes = rings[0], []
    for ring in rings[1:]:
        if shapely.LinearRing(ring).is_ccw:  # as if y pointed upwards
            yield shapely.Polygon(outer, holes)
            outer, holes = ring, []
        else:
            holes.append(ring)
    yield shapely.Polygon(outer, holes)


def _signed(word: int) -> int:
    return (word >> 1) ^ -(word & 1)


_VALUES: dict[int, Any] = {
    1: bytes.decode,
    2: lambda raw: struct.unpack("<f", raw)[0],
    3: lambda raw: struct.unpack("<d", raw)[0],
    4: int,
    5: int,
    6: _signed,
    7: bool,
}


def _value(data: bytes) -> Any:
    ((number, raw),) = _fields(data)
    return _VALUES[number](raw)


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Field number and value: a number, or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        length, at = _varint(data, at) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], at)
        yield key >> 3, data[at : at + length]
        at += length


def _numbers(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _varint(data, at)
        yield number


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
