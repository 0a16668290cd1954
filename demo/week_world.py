"""The world of a simulated week: the demo city's people, roads and units as arrays, without a database.

A call happens at the crossing nearest to its base grid's middle; units stand at crossings and drive from
one to another. Times come from the city's own table of speeds, by vehicle; the hour of the day scales them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from core.places import RoadRow
from core.runcards import Profile, RunCards
from core.speeds import SpeedTable, Turnout
from db.runcards import shipped_run_cards
from db.speeds import shipped_speeds
from demo.city import City
from demo.geometry import to_metres
from demo.rates import on_shift
from geo.roadnet import Network, arcs, build, paced
from geo.snapping import Snapper

Floats = NDArray[np.float64]
Seconds = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_NOON = 12
_HOURS = range(24)


@dataclass(frozen=True)
class World:
    """Z base grids, U units, N crossings, V vehicles, H different homes.

    `seconds[v, n, z]`: driving at noon from a crossing to a base grid, inf where there is no way. `home_s`
    and `towards`: the same to each unit's home (row of `home_row`), and the next crossing on the way there.
    """

    names: tuple[str, ...]
    population: Floats
    zone_node: Ints
    node_xy: Floats
    """Metres, shape (N, 2)."""
    kinds: tuple[str, ...]
    kind_of: NDArray[np.object_]
    profiles: tuple[Profile, ...]
    turnouts: tuple[Turnout, ...]
    turnout_s: Floats
    """(U, 2): usual seconds until a unit is on its way, from its home and from the street."""
    home_node: Ints
    drives: Ints
    """(U,): which of V."""
    hour_factor: Floats
    """(V, 24): times as at noon."""
    on_shift: Mask
    """(U, 24)."""
    seconds: Seconds
    home_row: Ints
    home_s: Seconds
    """(H, N)."""
    towards: Ints
    """(H, N); negative at home, and where there is no way."""
    cards: RunCards = field(repr=False)

    @property
    def units(self) -> int:
        return len(self.kinds)


def make_world(city: City) -> World:
    """The world of a generated city, with the tables a new city has."""
    speeds, cards = shipped_speeds(), shipped_run_cards()
    network = build(_road_rows(city))
    zones = [f for f in city.layers["grids"] if f.props["tier"] == 3]
    units = city.layers["units"]
    snapper = Snapper(network)
    zone_node = _nodes(network, snapper, [f.geom.representative_point() for f in zones])
    home_node = _nodes(network, snapper, [f.geom for f in units])
    turnouts = tuple(speeds.turnout(str(f.props["kind"])) for f in units)
    driven = sorted({one.vehicle for one in turnouts})
    drives = np.array([driven.index(one.vehicle) for one in turnouts], dtype=np.int64)
    noon = [_network_at(network, speeds, vehicle, _NOON) for vehicle in driven]
    kinds = tuple(str(f.props["kind"]) for f in units)
    homes, home_row = np.unique(np.column_stack([home_node, drives]), axis=0, return_inverse=True)
    home_s, towards = _ways_home(noon, homes)
    return World(
        names=tuple(str(f.props["code"]) for f in units),
        population=np.array([f.props["population"] for f in zones], dtype=float),
        zone_node=zone_node, node_xy=_node_xy(network), kinds=kinds,
        kind_of=np.array(kinds, dtype=object), profiles=tuple(_profile(f.props) for f in units),
        turnouts=turnouts, turnout_s=np.array([(t.home.usual_s, t.street.usual_s) for t in turnouts]),
        home_node=home_node,
        drives=drives, hour_factor=_hour_factors(network, speeds, driven),
        on_shift=np.array([[on_shift(kind, hour) for hour in _HOURS] for kind in kinds]),
        seconds=np.stack([_to_zones(one, zone_node) for one in noon]),
        home_row=home_row.reshape(-1).astype(np.int64), home_s=home_s, towards=towards, cards=cards,
    )  # fmt: skip


def _profile(unit: Mapping[str, Any]) -> Profile:
    return str(unit["kind"]), tuple(str(unit["skills"]).split(",")), str(unit["vehicle"])


def _road_rows(city: City) -> list[RoadRow]:
    return [
        RoadRow(n, str(f.props["class"]), bool(f.props["oneway"]), float(f.props["speed_kmh"]),
                shapely.to_wkb(f.geom))
        for n, f in enumerate(city.layers["roads"])
    ]  # fmt: skip


def _nodes(network: Network, snapper: Snapper, points: list[Any]) -> Ints:
    """The crossing nearest along the road that is nearest to each point."""
    at = snapper.snap(shapely.get_coordinates(points))
    end = (at.share > 0.5).astype(np.int64)
    found: Ints = network.ends[at.piece, end]
    return found


def _node_xy(network: Network) -> Floats:
    """Metres of each crossing."""
    lonlat = np.zeros((network.nodes, 2))
    lonlat[network.ends[:, 0]] = network.lonlat[network.starts]
    lonlat[network.ends[:, 1]] = network.lonlat[network.stops - 1]
    return to_metres(lonlat)


def _network_at(network: Network, speeds: SpeedTable, vehicle: str, hour: int) -> Network:
    return paced(network, speeds.paces(vehicle, hour))


def _hour_factors(network: Network, speeds: SpeedTable, vehicles: list[str]) -> Floats:
    """How much longer than at noon all roads together take, by vehicle and hour."""
    whole = np.array(
        [[_network_at(network, speeds, one, hour).seconds.sum() for hour in _HOURS] for one in vehicles]
    )
    return np.asarray(whole / whole[:, [_NOON]], dtype=np.float64)


def _graph(network: Network, *, reverse: bool) -> csr_matrix:
    tail, head, seconds, _ = arcs(network, np.ones(len(network.ends), dtype=bool))
    ends = (head, tail) if reverse else (tail, head)
    return csr_matrix((seconds, ends), shape=(network.nodes, network.nodes))


def _to_zones(network: Network, zone_node: Ints) -> Seconds:
    """(N, Z): seconds from every crossing to every base grid."""
    nodes, number = np.unique(zone_node, return_inverse=True)
    found = dijkstra(_graph(network, reverse=True), indices=nodes)
    return np.ascontiguousarray(found[number].T, dtype=np.float32)


def _ways_home(networks: list[Network], homes: Ints) -> tuple[Seconds, Ints]:
    """Seconds and next crossing to each (crossing, vehicle) of `homes` from everywhere."""
    seconds = np.zeros((len(homes), networks[0].nodes), dtype=np.float32)
    towards = np.zeros(seconds.shape, dtype=np.int64)
    for vehicle, network in enumerate(networks):
        rows = np.flatnonzero(homes[:, 1] == vehicle)
        if len(rows):
            found, before = dijkstra(
                _graph(network, reverse=True), indices=homes[rows, 0], return_predecessors=True
            )
            seconds[rows], towards[rows] = found, before
    return seconds, towards
