"""Where on the roads a point lies: the nearest piece, the share of its length, the metres beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.roadnet import DEGREE_M, Floats, Ints, Network, keys_of

#: Points whose place on the roads is kept in memory (2 MB when full).
REMEMBERED = 50_000
#: A road drawn anew is still the same road within so many metres.
ALONG_M = 3.0
MOST = 0.9


@dataclass(frozen=True, slots=True)
class Snapped:
    """Parallel arrays, one entry a point. `share` runs 0..1 along the piece; `off_m` is the way to it."""

    piece: Ints
    share: Floats
    off_m: Floats

    def __getitem__(self, index: Any) -> Snapped:
        return Snapped(self.piece[index], self.share[index], self.off_m[index])


@dataclass(frozen=True, slots=True)
class _Known:
    """Points that were looked up, by sorted key; the first stands for all that are not there."""

    keys: Ints
    places: Snapped

    def find(self, keys: Ints) -> Ints:
        """Where each key stands, or would."""
        found: Ints = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return found

    def joined(self, keys: Ints, places: Snapped) -> _Known:
        order = np.argsort(both := np.concatenate((self.keys, keys)), kind="stable")
        old = self.places
        return _Known(
            both[order],
            Snapped(
                np.concatenate((old.piece, places.piece))[order],
                np.concatenate((old.share, places.share))[order],
                np.concatenate((old.off_m, places.off_m))[order],
            ),
        )


_NOTHING = _Known(
    np.array([np.iinfo(np.int64).min]), Snapped(np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1))
)


class Snapper:
    """An index of pieces in plane metres about the middle of the city, so that *nearest* means metres."""

    def __init__(self, network: Network) -> None:
        self._middle = float(network.lonlat[:, 1].mean()) if len(network.lonlat) else 0.0
        self._lines = self._make_lines(network)
        self._tree = shapely.STRtree(self._lines)
        self._known = _NOTHING

    def plane(self, lonlat: Floats) -> Floats:
        """Degrees → metres east and north, right to about 0.5 % within half a degree of the middle."""
        factor = np.array([np.cos(np.radians(self._middle)), 1.0]) * DEGREE_M
        metres: Floats = lonlat * factor
        return metres

    def snap(self, lonlat: Floats) -> Snapped:
        """The nearest piece of each point. Most units stand still: only those that moved are looked up."""
        keys = keys_of(lonlat)
        known = self._known
        place = known.find(keys)
        fresh = np.flatnonzero(known.keys[place] != keys)
        if len(fresh):
            _, first = np.unique(keys[fresh], return_index=True)
            new = fresh[first]
            known = known.joined(keys[new], self._nearest(lonlat[new]))
            place = known.find(keys)
            self._known = known if len(known.keys) <= REMEMBERED else _NOTHING
        return known.places[place]

    def along(self, lines: Sequence[Sequence[Sequence[float]]]) -> Ints:
        """The pieces that run along one of these lines (lon, lat): nearly all of a piece within ALONG_M of
        it, or half of the line. Streets that only cross it are not among them."""
        shapes = np.array([shapely.LineString(self.plane(np.asarray(line))) for line in lines])
        strips = shapely.buffer(shapes, ALONG_M)
        strip, piece = self._tree.query(strips, predicate="intersects")
        common = shapely.length(shapely.intersection(self._lines[piece], strips[strip]))
        most = common >= MOST * shapely.length(self._lines[piece])
        half = (common >= shapely.length(shapes[strip]) / 2) & (common > 4 * ALONG_M)
        found: Ints = np.unique(piece[most | half])
        return found

    def _nearest(self, lonlat: Floats) -> Snapped:
        """Of equally near pieces, the first the index finds."""
        points = shapely.points(self.plane(lonlat))
        owner, piece = self._tree.query_nearest(points, all_matches=False)
        nearest: NDArray[np.int64] = np.zeros(len(points), dtype=np.int64)
        nearest[owner] = piece
        lines = self._lines[nearest]
        share = shapely.line_locate_point(lines, points, normalized=True)
        return Snapped(nearest, share, shapely.distance(lines, points))

    def _make_lines(self, network: Network) -> Any:
        sizes = network.stops - network.starts
        owner = np.repeat(np.arange(len(sizes)), sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        position = np.repeat(network.starts, sizes) + within
        return shapely.linestrings(self.plane(network.lonlat[position]), indices=owner)
