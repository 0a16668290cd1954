"""A simulated week: calls by hour, class and place, units that drive the graph, and nobody in two places."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from core.runcards import Weights
from demo.city import make_city
from demo.rates import Rates, on_shift, skills
from demo.week import Week, turned_out
from demo.week_calls import MONDAY, WeekCall, draw_week
from demo.week_policies import ROAD, STRAIGHT, CoverLoss, Policy, Scene, covering, move_up, straight_s
from demo.week_world import World, make_world

DAY = timedelta(days=1)
COVER = covering(Weights())
MOVING = covering(Weights(), moves_up=True)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(make_city(scale=0.02))


@pytest.fixture(scope="module")
def calls(world: World) -> list[WeekCall]:
    return draw_week(world, 1, load=6.0, span=DAY)


class Watched(Week):
    """Notes who is sent, and that it was free, on shift and could get there."""

    def _send(self, now, answer, place, scene, one) -> None:
        world = self._world
        assert self._free[one.unit] and scene.free[one.unit] and np.isfinite(scene.eta_s[one.unit])
        assert place.slot.fits(*world.profiles[one.unit])
        assert world.on_shift[one.unit, scene.hour]
        super()._send(now, answer, place, scene, one)


@pytest.mark.parametrize("policy", [STRAIGHT, ROAD, COVER, MOVING], ids=lambda p: p.name)
def test_units_are_sent_only_while_free_and_every_place_is_filled_or_counted(
    world: World, calls: list[WeekCall], policy: Policy
) -> None:
    week = Watched(world, calls, policy)
    responses = week.run()
    assert [one.call for one in responses] == calls
    assert week._free.all()
    for one in responses:
        assert one.sent + one.unmet == len(one.call.chances)
        assert (one.response_s is None) == (one.sent == 0)
        if one.response_s is not None and one.complete_s is not None:
            assert one.complete_s >= one.response_s > one.call.decided - one.call.at
    assert bool(week.moves) == policy.moves_up


def test_the_same_week_is_the_same_to_the_second(world: World, calls: list[WeekCall]) -> None:
    again = draw_week(world, 1, load=6.0, span=DAY)
    assert again == calls
    assert Week(world, again, COVER).run() == Week(world, calls, COVER).run()
    assert draw_week(world, 2, load=6.0, span=DAY) != calls


def test_calls_follow_hours_and_people(world: World) -> None:
    many = draw_week(world, 3, load=200.0, span=timedelta(days=2))
    hours = Counter(int(call.at // 3600) % 24 for call in many)
    assert sum(hours[h] for h in (10, 11, 15, 16)) > 3 * sum(hours[h] for h in (2, 3, 4, 5))
    zones = np.bincount([call.zone for call in many], minlength=len(world.population))
    assert np.corrcoef(zones, world.population)[0, 1] > 0.9
    assert 0.6 < sum(call.emergency for call in many) / len(many) < 0.8


def test_rates_have_a_mean_of_one_over_the_week_whatever_the_classes() -> None:
    for classes in ([("21000", "accident"), ("51010", "city")], [("99", "new group")]):
        rates = Rates(classes)
        levels = [rates.level(MONDAY + timedelta(hours=h)) for h in range(7 * 24)]
        assert sum(levels) / len(levels) == pytest.approx(1.0)


def scene_of(world: World, hour: int = 12) -> Scene:
    seconds = world.seconds[world.drives, world.home_node, 0]
    return Scene(world, 0, hour, world.on_shift[:, hour], world.home_node, seconds.astype(float))


def test_nobody_chosen_by_air_is_there_sooner_than_those_chosen_by_road(
    world: World, calls: list[WeekCall]
) -> None:
    scene, later = scene_of(world), 0
    for card in {call.card for call in calls}:
        road, air = ROAD.sets(scene, card)[0], STRAIGHT.sets(scene, card)[0]
        by_road, by_air = (max(scene.eta_s[list(one.units)]) for one in (road, air))
        assert by_road <= by_air or len(road.units) > len(air.units)
        later += by_air > by_road
    assert later


def test_a_unit_home_alone_in_its_kind_loses_all_its_cover_and_no_unit_loses_none(world: World) -> None:
    scene = scene_of(world)
    kinds = Counter(world.kinds)
    loss = CoverLoss(scene, Weights())
    for unit, kind in enumerate(world.kinds):
        before = loss.cover(kind, ())
        lost = loss.of((unit,))
        assert 0.0 <= lost <= 1.0
        if kinds[kind] == 1:
            weights = Weights()
            by = (weights.cover_5, weights.cover_10, weights.cover_15)
            assert lost == pytest.approx(np.dot(by, before))
    assert loss.of(()) == 0.0


def test_who_moves_up_gives_back_more_than_the_least_worth_it(world: World) -> None:
    scene, weights = scene_of(world), Weights(move_up_least=1e-6)
    police = [unit for unit, kind in enumerate(world.kinds) if kind == "police"]
    moves = [move_up(scene, [unit], weights) for unit in police]
    for unit, move in zip(police, moves, strict=True):
        if move is not None:
            assert move.leaves == unit != move.unit
            assert world.kinds[move.unit] == "police"
    assert move_up(scene, [], weights) is None
    assert move_up(scene, police[:1], Weights(move_up_least=1.0)) is None


def test_nobody_is_sent_by_air_where_no_road_leads(world: World) -> None:
    scene = scene_of(world)
    scene.eta_s[3] = np.inf
    assert np.isinf(straight_s(scene)[3]) and np.isfinite(np.delete(straight_s(scene), 3)).all()


def test_shifts_and_skills_are_data() -> None:
    assert on_shift("fire", 3) and not on_shift("urban", 3) and on_shift("urban", 12)
    assert sum(skill.share for skill in skills()) == pytest.approx(1.0)
    assert all(0.5 < skill.first_choice <= 1.0 for skill in skills())


def test_a_turnout_lies_at_its_tables_tenths(world: World) -> None:
    spread = world.turnouts[0].home
    assert turned_out(spread, 0.0) == pytest.approx(spread.usual_s)
    assert turned_out(spread, -1.0) < spread.usual_s < turned_out(spread, 1.0)
