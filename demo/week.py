"""A week of dispatching in seconds: calls, officers, units that drive the graph, one way of choosing.

Discrete events, no database, no clock: the same calls and the same policy give the same week. An officer
answers a call, has sets of units ranked for its run card, and sends one; what cannot be sent waits, gravest
first, for whoever comes free. Units drive home along the roads and may be sent again on the way.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from core.advice import Chosen
from core.runcards import Slot
from core.speeds import Spread
from demo.week_calls import Chance, WeekCall
from demo.week_policies import Policy, Scene, move_up
from demo.week_world import Floats, Ints, World

PATIENCE_S = 2 * 3600.0
"""What nobody came free for in this time is given up and counted."""
_TENTH = 1.2815515655446004
"""Sigmas below which nine in ten lie."""
_SOON_S = 0.5
"""The least a quantile of a turnout time is: a logarithm wants more than nothing."""


@dataclass(frozen=True, slots=True)
class Response:
    """Seconds from the call to the first unit on scene, and to the last of those sent; None where nobody
    came. `sent`, `unmet`: units."""

    call: WeekCall
    response_s: float | None
    complete_s: float | None
    sent: int
    unmet: int


@dataclass(slots=True)
class _Answer:
    """A call that is being answered."""

    call: WeekCall
    arrived: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of a call's card, with what befalls whoever fills it."""

    slot: Slot
    chance: Chance


@dataclass(order=True, slots=True)
class _Waiting:
    """A place that nobody could be sent for yet."""

    level: int
    since: float
    number: int
    answer: _Answer = field(compare=False)
    place: _Place = field(compare=False)


@dataclass(slots=True)
class _Way:
    """A way to where a unit is to stand, from `since`: the crossings, and seconds after `since` at which each
    is passed."""

    since: float
    nodes: Ints
    passed: Floats


class Week:
    """One run. `busy_s`: seconds that all units together were sent for; `moves`: how often one moved up."""

    def __init__(self, world: World, calls: Sequence[WeekCall], policy: Policy) -> None:
        self._world, self._policy = world, policy
        self._answers = [_Answer(call) for call in calls]
        self._free = np.ones(world.units, dtype=bool)
        self._at = world.home_node.copy()
        self._ways: dict[int, _Way] = {}
        self._stands_in: dict[int, int] = {}
        """Who has moved up → for whom."""
        self._waiting: list[_Waiting] = []
        self._number = count()
        self._events: list[tuple[float, int, int]] = []
        self.busy_s, self.moves = 0.0, 0

    def run(self) -> list[Response]:
        """Everything, until the last unit is free again."""
        for index, answer in enumerate(self._answers):
            self._later(answer.call.decided, index)
        while self._events:
            now, _, what = heapq.heappop(self._events)
            if what >= 0:
                self._decide(now, self._answers[what])
            else:
                self._released(now, -what - 1)
        return [self._response(answer) for answer in self._answers]

    def _later(self, at: float, what: int) -> None:
        """What: the number of a call to decide, or -1 - the number of a unit that comes free."""
        heapq.heappush(self._events, (at, next(self._number), what))

    def _response(self, answer: _Answer) -> Response:
        call, sent = answer.call, len(answer.arrived)
        first, last = (min(answer.arrived) - call.at, max(answer.arrived) - call.at) if sent else (None, None)
        return Response(call, first, last, sent, len(call.chances) - sent)

    # -- deciding -------------------------------------------------------------------------------------

    def _decide(self, now: float, answer: _Answer) -> None:
        slots = [slot for slot in answer.call.card for _ in range(slot.number)]
        places = [_Place(*pair) for pair in zip(slots, answer.call.chances, strict=True)]
        for place in self._sent_for(now, answer, places):
            waiting = _Waiting(answer.call.level, now, next(self._number), answer, place)
            heapq.heappush(self._waiting, waiting)

    def _sent_for(self, now: float, answer: _Answer, places: list[_Place]) -> list[_Place]:
        """Send for these places of a call's card; those that could not be filled."""
        scene = self._scene(now, answer.call.zone)
        card = [replace(slot, number=n) for slot, n in _numbers(places)]
        sets = self._policy.sets(scene, card)
        chosen = sets[0 if answer.call.first_choice or len(sets) < 2 else 1].chosen if sets else ()
        left = list(places)
        for one in chosen:
            left.remove(place := next(place for place in left if _is_for(place, card[one.slot])))
            self._send(now, answer, place, scene, one)
        if chosen and self._policy.moves_up:
            self._move_up(now, scene, [one.unit for one in chosen])
        return left

    def _scene(self, now: float, zone: int) -> Scene:
        world, hour = self._world, _hour(now)
        for unit in list(self._ways):
            self._look(unit, now)
        drives = world.drives
        seconds = world.seconds[drives, self._at, zone] * world.hour_factor[drives, hour]
        at_home = self._at == world.home_node
        turnout = np.where(at_home, world.turnout_s[:, 0], world.turnout_s[:, 1])
        free = self._free & world.on_shift[:, hour]
        return Scene(world, zone, hour, free, self._at.copy(), seconds + turnout)

    # -- units ----------------------------------------------------------------------------------------

    def _look(self, unit: int, now: float) -> None:
        """Where a unit on its way is: at the crossing it has passed last."""
        way = self._ways[unit]
        passed = int(np.searchsorted(way.passed, now - way.since, side="right")) - 1
        self._at[unit] = way.nodes[passed]
        if passed == len(way.nodes) - 1:
            del self._ways[unit]

    def _send(self, now: float, answer: _Answer, place: _Place, scene: Scene, one: Chosen) -> None:
        unit, chance, world = one.unit, place.chance, self._world
        turnout = world.turnouts[unit]
        spread = turnout.home if scene.nodes[unit] == world.home_node[unit] else turnout.street
        drive = (scene.eta_s[unit] - spread.usual_s) * chance.drive
        arrived = now + turned_out(spread, chance.turnout) + float(drive)
        answer.arrived.append(arrived)
        self._free[unit] = False
        self._ways.pop(unit, None)
        self._stands_in.pop(unit, None)
        self._at[unit] = world.zone_node[answer.call.zone]
        self.busy_s += arrived + chance.scene_s - now
        self._later(arrived + chance.scene_s, -1 - unit)

    def _released(self, now: float, unit: int) -> None:
        """Free again: home, and whoever stood in for it as well; unless somebody waits."""
        self._free[unit] = True
        self._drive(unit, unit, now)
        for other in [one for one, leaves in self._stands_in.items() if leaves == unit]:
            del self._stands_in[other]
            self._drive(other, other, now)
        self._serve(now)

    def _serve(self, now: float) -> None:
        kept = []
        while self._waiting:
            waiting = heapq.heappop(self._waiting)
            in_time = now - waiting.since <= PATIENCE_S
            if in_time and self._sent_for(now, waiting.answer, [waiting.place]):
                kept.append(waiting)
        self._waiting = kept
        heapq.heapify(self._waiting)

    def _move_up(self, now: float, scene: Scene, sent: Sequence[int]) -> None:
        best = move_up(scene, sent, self._policy.weights)
        if best is not None and self._world.drives[best.unit] == self._world.drives[best.leaves]:
            self.moves += 1
            self._stands_in[best.unit] = best.leaves
            self._drive(best.unit, best.leaves, now)

    def _drive(self, unit: int, home_of: int, now: float) -> None:
        """Set off to where a unit (itself, or one it stands in for) is at home."""
        world, row = self._world, int(self._world.home_row[home_of])
        nodes = [int(self._at[unit])]
        while (following := int(world.towards[row, nodes[-1]])) >= 0:
            nodes.append(following)
        way = np.array(nodes, dtype=np.int64)
        left = world.home_s[row, way].astype(float)
        factor = world.hour_factor[world.drives[unit], _hour(now)]
        self._ways[unit] = _Way(now, way, (left[0] - left) * factor)


def _numbers(places: Sequence[_Place]) -> list[tuple[Slot, int]]:
    """The slots of these places, and how many of each."""
    slots = list(dict.fromkeys(place.slot for place in places))
    return [(slot, sum(place.slot == slot for place in places)) for slot in slots]


def _is_for(place: _Place, slot: Slot) -> bool:
    return replace(place.slot, number=slot.number) == slot


def turned_out(spread: Spread, z: float) -> float:
    """Seconds of a turnout at so many sigmas: lognormal between the table's one in ten and nine in ten."""
    low, usual, high = (max(one, _SOON_S) for one in (spread.low_s, spread.usual_s, spread.high_s))
    sigma = np.log(high / low) / (2 * _TENTH)
    return float(usual * np.exp(z * sigma))


def _hour(second: float) -> int:
    """Of the day, local."""
    return int(second // 3600) % 24
