"""How a wall is hung: set by whoever may, logged, and told to whoever reads it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from actions.accounts import add_token
from actions.services import Services
from actions.walls import WallSettings, list_walls, note_display, read_wall, set_wall, settings_of
from core.errors import Forbidden, InvalidInput, NotFound
from core.permissions import SYSTEM, Principal
from tests.parts import facts

LEADER = Principal("u1", "lin", "leader")


@pytest.fixture
def wall(services: Services) -> str:
    add_token(services, SYSTEM, "wall", "main")
    return "main"


def test_a_wall_that_nobody_has_set_has_the_defaults(services: Services):
    assert settings_of(services, "main") == {
        "title": None, "height_mm": None, "panel_columns": 1, "panel_rows": 1, "shift": True,
        "visitors": False,
    }  # fmt: skip


def test_what_is_not_named_stays_as_it_is(services: Services, wall: str):
    set_wall(services, SYSTEM, wall, {"title": "云屿一号屏", "panel_columns": 4, "panel_rows": 2})
    assert set_wall(services, SYSTEM, wall, {"height_mm": 2700}) == WallSettings("云屿一号屏", 2700, 4, 2)
    assert set_wall(services, SYSTEM, wall, {"title": None}).title is None


def test_a_wall_may_be_set_before_it_is_seen_and_its_word_changes_no_setting(city: Services):
    add_token(city, SYSTEM, "wall", "main")
    set_wall(city, SYSTEM, "main", {"height_mm": 2700})
    assert [(w["name"], w["age_s"], w["display"]) for w in list_walls(city, SYSTEM, "live")] == [
        ("main", None, None)
    ]
    note_display(city, "main", {"seq": 7})
    assert [(w["height_mm"], w["age_s"], w["display"]) for w in list_walls(city, SYSTEM, "live")] == [
        (2700, 0.0, {"seq": 7})
    ]
    assert read_wall(city, LEADER, "live", "main")["height_mm"] == 2700


def test_a_change_is_a_fact_of_the_system(services: Services, wall: str):
    set_wall(services, SYSTEM, wall, {"shift": False})
    said = facts(services, "system")[-1]
    assert (said["kind"], said["subject"]) == ("WallSet", "main")


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"title": "大" * 41}, {"height_mm": 3}, {"panel_columns": 0}, {"panel_rows": 99}],
)
def test_what_no_wall_can_be_is_refused(services: Services, wall: str, changes: dict[str, Any]):
    with pytest.raises(InvalidInput):
        set_wall(services, SYSTEM, wall, changes)
    assert settings_of(services, wall)["title"] is None


def test_a_wall_without_a_token_is_not_found(services: Services):
    add_token(services, SYSTEM, "api", "main", verbs=["read"])
    with pytest.raises(NotFound):
        set_wall(services, SYSTEM, "main", {"shift": False})


def test_walls_are_managed_by_the_system_administrator_alone(services: Services, wall: str):
    set_wall(services, Principal("u2", "xi", "sysadmin"), wall, {"shift": False})
    with pytest.raises(Forbidden):
        set_wall(services, LEADER, wall, {"shift": False})


def test_two_settings_changed_at_once_are_both_kept(services: Services, wall: str):
    changes: list[dict[str, Any]] = [{f: n} for n in range(1, 9) for f in ("panel_columns", "panel_rows")]
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda change: set_wall(services, SYSTEM, wall, change), changes))
    said = [json.loads(fact["body"]) for fact in facts(services, "system") if fact["kind"] == "WallSet"]
    for before, after in pairwise(said):
        assert sum(before[field] != after[field] for field in before) <= 1
    assert settings_of(services, wall) == {k: v for k, v in said[-1].items() if k != "name"}
