"""advice: who is there first, of 5,000 units on a real city's roads, and whole sets with what stays covered.

Beside our ten fastest stand pgRouting's (pgr_dijkstraCost on the same table: the oracle, its answers must be
ours) and PostGIS' ten nearest by straight line, whose recall says how many of the ten fastest they find.
Between two questions some units have moved; where they are on the roads is part of the time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from actions.imports import ImportOptions, import_file
from actions.services import Services
from bench.figures import Row, mean, row, tails
from bench.instance import Target
from bench.oracle import Routing, Straight, recall
from core.advice import Fleet, ranked_sets
from core.permissions import SYSTEM
from core.runcards import Profile, Slot, Weights, card_for
from db.runcards import shipped_run_cards
from db.speeds import shipped_speeds
from demo.units import KINDS
from geo.eta import Timing
from geo.fleet_cover import FleetCover, Places
from geo.roadlines import Point
from geo.roadnet import Floats, Mask
from geo.roads import Candidate, RoadGraph
from instance.services import services
from settings import ROOT

P = ParamSpec("P")
T = TypeVar("T")
NAME = "advice"
SHENZHEN = ROOT.parent / "shared" / "sample" / "shenzhen_osm.gpkg"
SEED, K, HOUR = 1, 10, 8
MOVED_DEG = 0.0004
"""Degrees that a unit moves between two questions, at most."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each; `moved` is the share of the units that move between two questions."""

    units: int = 5000
    places: int = 5000
    questions: int = 200
    oracle: int = 3
    moved: float = 0.05


@dataclass(frozen=True, slots=True)
class _Units:
    """A fleet in the shares of the demo city, all of it free, half of it at home."""

    spots: Floats
    kinds: Sequence[str]
    sorts: Sequence[Profile]

    @classmethod
    def at(cls, spots: Floats) -> _Units:
        turns = {kind.key: cycle(kind.skills) for kind in KINDS}
        chosen = list(islice(cycle([kind for kind in KINDS for _ in range(kind.share)]), len(spots)))
        sorts = [(kind.key, tuple(next(turns[kind.key]).split(",")), kind.vehicle) for kind in chosen]
        return cls(spots, [kind.key for kind in chosen], sorts)

    @property
    def home(self) -> Mask:
        """Who turns out from its station."""
        found: Mask = np.arange(len(self.spots)) % 2 == 0
        return found

    @property
    def ids(self) -> list[str]:
        return [str(number) for number in range(len(self.spots))]


def _candidates(spots: Floats) -> list[Candidate]:
    return [(str(number), lon, lat) for number, (lon, lat) in enumerate(spots.tolist())]


def bench(target: Target, size: Size | None = None, network: Path = SHENZHEN) -> list[Row]:
    """Four rows, ms. Needs an instance of its own: the network takes the place of its roads."""
    if target.settings is None:
        raise ValueError("advice runs on an instance of its own")
    size = size or Size()
    with services(target.own_settings) as parts, parts.engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT")  # it waits longer than a transaction may
        graph = _roads(parts, network)
        routing, dice = Routing(conn), np.random.default_rng(SEED)
        corners = np.array(list(routing.nodes.values()))
        units = _Units.at(dice.choice(corners, size.units))
        questions = [(float(lon), float(lat)) for lon, lat in dice.choice(corners, size.questions)]
        moves = list(_moves(units.spots, dice, size))
        timing = _warm(Timing(graph, shipped_speeds(), HOUR), units)
        people = Places(dice.choice(corners, size.places), dice.lognormal(5.0, 1.0, size.places))
        rows = [
            _beside_routing(graph, routing, units, questions, dice.permutation(questions)[: size.oracle]),
            _beside_straight(graph, Straight(conn, units.spots), units, questions),
            _ranges(timing, units, questions, moves),
            _sets(timing, units, questions, moves, people),
        ]
        return [{**one, "detail": {**_about(graph, network, size), **one["detail"]}} for one in rows]


def _roads(parts: Services, network: Path) -> RoadGraph:
    """Through our own importer; the city's own where the file is not here."""
    if network.exists():
        report = import_file(parts, SYSTEM, "roads", network, ImportOptions(layer="edges", replace=True))
        if not report.ok:
            raise ValueError(f"{network.name}: {report.problems[:3]}")
        parts.reference.forget()
    return parts.reference.roads()


def _warm(timing: Timing, units: _Units) -> Timing:
    """As in a city at work: the streets at each vehicle's speeds are there once an hour."""
    for kind in set(units.kinds):
        timing.roads(kind)
    return timing


def _about(graph: RoadGraph, network: Path, size: Size) -> dict[str, Any]:
    nodes, edges = graph.size
    name = network.name if network.exists() else "demo city"
    return {"network": name, "nodes": nodes, "edges": edges, "units": size.units}


def _moves(spots: Floats, dice: np.random.Generator, size: Size) -> Iterator[Floats]:
    """Where the units are at each question."""
    for _ in range(size.questions):
        spots = spots.copy()
        moved = dice.random(len(spots)) < size.moved
        spots[moved] += dice.uniform(-MOVED_DEG, MOVED_DEG, (int(moved.sum()), 2))
        yield spots


class _Watch:
    """Milliseconds on the clock, and of this thread's processor alone: a busy machine adds to the first."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def time(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        since, spent = time.perf_counter_ns(), time.thread_time_ns()
        found = work(*args, **kwargs)
        self.cpu.append((time.thread_time_ns() - spent) / 1e6)
        self.wall.append((time.perf_counter_ns() - since) / 1e6)
        return found

    def row(self, name: str, beside: dict[str, float | None], detail: dict[str, Any]) -> Row:
        return row(name, "ms", mean(self.wall), beside, self.wall, {"cpu": tails(self.cpu), **detail})


def _beside_routing(
    graph: RoadGraph, routing: Routing, units: _Units, questions: Sequence[Point], judged: Floats
) -> Row:
    """The ten fastest on the free road; of the judged questions also by pgRouting: its times must be ours."""
    candidates = _candidates(units.spots)
    watch, peer = _Watch(), _Watch()
    for point in questions:
        watch.time(graph.nearest, point, candidates, K)
    number = {spot: node for node, spot in routing.nodes.items()}
    standing = [number[lon, lat] for lon, lat in units.spots.tolist()]
    apart, found = [], []
    for point in map(tuple, judged.tolist()):
        ours, end = graph.nearest(point, candidates, K), number[point]
        seconds = peer.time(routing.seconds, sorted(set(standing) - {end}), [end])
        theirs = np.array([seconds.get((node, end), 0.0) for node in standing])
        first = np.argsort(theirs, kind="stable")[:K]
        apart += [abs(one.eta_s - float(theirs[int(one.id)])) for one in ours]
        found.append(recall([standing[int(one.id)] for one in ours], [standing[at] for at in first]))
    detail = {"oracle_questions": len(found), "oracle_apart_s": round(max(apart), 2), "recall": mean(found)}
    return watch.row(NAME, {"peer": mean(peer.wall)}, detail)


def _beside_straight(graph: RoadGraph, straight: Straight, units: _Units, questions: Sequence[Point]) -> Row:
    """The ten fastest, and how many of them are among the ten nearest by straight line."""
    candidates, watch, peer = _candidates(units.spots), _Watch(), _Watch()
    found, first = [], []
    for point in questions:
        right = [int(one.id) for one in watch.time(graph.nearest, point, candidates, K)]
        theirs = peer.time(straight.nearest, point, K)
        found.append(recall(theirs, right))
        first.append(float(right[0] == theirs[0]))
    detail = {"recall_at_10": round(mean(found), 3), "same_first": round(mean(first), 3)}
    return watch.row(f"{NAME}:straight", {"peer": mean(peer.wall)}, detail)


def _ranges(timing: Timing, units: _Units, questions: Sequence[Point], moves: Sequence[Floats]) -> Row:
    """Arrival times as ranges of every unit, by its vehicle at the hour, beside the ten fastest alone."""
    watch, floor = _Watch(), _Watch()
    for point, spots in zip(questions, moves, strict=True):
        watch.time(timing.etas, point, spots, units.kinds, units.home)
        floor.time(timing.graph.nearest, point, _candidates(spots), K)
    return watch.row(f"{NAME}:ranges", {"floor": mean(floor.wall)}, {})


def _sets(
    timing: Timing, units: _Units, questions: Sequence[Point], moves: Sequence[Floats], places: Places
) -> Row:
    """Whole sets for a run card, with the cover lost by each and the move-up, beside the times alone."""
    cards = shipped_run_cards()
    asked = list(
        islice(cycle(sorted({(slot.class_code, slot.level) for slot in cards.slots})), len(questions))
    )
    watch, floor, slots = _Watch(), _Watch(), []
    for point, spots, (code, level) in zip(questions, moves, asked, strict=True):
        card = card_for(cards.slots, code, level)
        floor.time(timing.etas, point, spots, units.kinds, units.home)
        watch.time(_answer, timing, units, point, spots, card, cards.weights, places)
        slots.append(sum(slot.number for slot in card))
    detail = {"places": len(places.people), "units_a_set": {"mean": mean(slots), "most": max(slots)}}
    return watch.row(f"{NAME}:sets", {"floor": mean(floor.wall)}, detail)


def _answer(
    timing: Timing, units: _Units, point: Point, spots: Floats, card: Sequence[Slot], weights: Weights,
    places: Places,
) -> None:  # fmt: skip
    """The times, three sets, what the first keeps covered, and who moves up."""
    etas = timing.etas(point, spots, units.kinds, units.home)
    size, free = len(spots), np.ones(len(spots), dtype=bool)
    fleet = Fleet.of(units.ids, units.sorts, ["free"] * size, [0] * size, etas.seconds, np.zeros(size))
    cover = FleetCover(timing.roads, units.kinds, spots, free, places, weights)
    sets = ranked_sets(card, fleet, weights, cover.loss)
    if sets:
        cover.kept(sets[0].units)
        cover.move_up(sets[0].units)
