"""Walls are directed by people and by the realm's clock; of two at once both are kept, the last is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from actions import directing, incidents, sensitivity
from actions.accounts import add_token, revoke_token
from actions.rebuild import rebuild
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Answer, Call
from actions.walls import list_walls, note_display, set_wall, settings_of
from core.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from core.errors_walls import NoResponse, SceneOutside, SceneSensitive, WallElsewhere, WallIsLocked
from core.permissions import SYSTEM, Principal
from db.tables_walls import wall_scene
from tests.cast import IN_B, LEADER, OFFICER, OFFICER_A, SECOND_OFFICER, TOWN_A, VIEWER
from tests.parts import Clock, Follower, fold, head, kinds, report, send

DESK = Call(OFFICER)
ROUND = {"scenes": [{"kind": "overview"}, {"kind": "kpis"}], "every_s": 15}


@pytest.fixture
def hung(city: Services) -> Services:
    """A wall of the whole city, one of town A, and one of a drill."""
    add_token(city, SYSTEM, "wall", "main")
    add_token(city, SYSTEM, "wall", "town", area=TOWN_A)
    add_token(city, SYSTEM, "wall", "away", realm="drill:1")
    return city


def direct(city: Services, verb: str = "scene", name: str = "main", by: Call = DESK, **given: Any) -> Answer:
    kind, act = directing.VERBS[verb]
    return act(city, by, name, kind.model_validate(given))


def shown(city: Services, name: str = "main") -> dict[str, Any]:
    scene: dict[str, Any] = directing.directed(city, "live")[name]["scene"]
    return scene


def pass_(city: Services, clock: Clock, **time: float) -> None:
    clock.pass_(**time)
    while run_due(city, "live"):
        pass


def test_a_scene_stands_on_the_wall_and_outlives_a_rebuild(hung: Services) -> None:
    ident = report(hung)
    given = direct(hung, scene="incident", incident=ident)
    assert (given["seq"], given["scene"]) == (head(hung), {"kind": "incident", "incident": ident})
    direct(hung, "blank")
    Follower(hung).compare()
    rebuild(hung, "live")
    assert directing.directed(hung, "live")["main"]["blank"]
    assert (shown(hung)["incident"], fold(hung).walls["main"].scene.incident) == (ident, ident)


@pytest.mark.parametrize(
    "wanted",
    [
        {"scene": "incident"},
        {"scene": "linkage"},
        {"scene": "kpis", "incident": "x"},
        {"scene": "split"},
        {"scene": "split", "panes": [{"kind": "kpis"}] * 3},
        {"scene": "split", "panes": [{"kind": "split", "panes": [{"kind": "kpis"}]}]},
        {"scene": "kpis", "panes": [{"kind": "kpis"}]},
        {"scene": "overview", "bounds": [118.2, 24.4, 118.1, 24.5]},
    ],
)
def test_what_is_no_picture_is_refused(hung: Services, wanted: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        direct(hung, **wanted)
    assert "SceneSent" not in kinds(hung)


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("scene", {"scene": "cinema"}),
        ("scene", {"scene": "kpis", "seconds": 1}),
        ("scene", {"scene": "overview", "bounds": [118.1, 24.4, 218.2, 24.5]}),
        ("rotate", {**ROUND, "every_s": 9}),
        ("rotate", {**ROUND, "scenes": [{"kind": "kpis"}]}),
        ("strip", {"text": "长" * 61}),
        ("strip", {"text": "两\n行"}),
        ("lock", {"hours": 25}),
        ("lock", {"hours": float("nan")}),
    ],
)
def test_what_is_out_of_bounds_is_refused_before_anything_is_asked(
    hung: Services, verb: str, given: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        direct(hung, verb, **given)


def test_a_wall_obeys_whoever_sees_it_may_direct_and_is_in_its_realm(hung: Services) -> None:
    direct(hung, name="town", by=Call(OFFICER_A), scene="kpis")
    for name, by, refusal in (
        ("main", Call(OFFICER_A), NotFound),
        ("none", DESK, NotFound),
        ("main", Call(VIEWER), Forbidden),
        ("away", DESK, WallElsewhere),
    ):
        with pytest.raises(refusal):
            direct(hung, name=name, by=by, scene="kpis")
    revoke_token(hung, SYSTEM, "town")
    with pytest.raises(NotFound):
        direct(hung, name="town", scene="kpis")


def test_what_the_asker_or_the_wall_may_not_see_is_not_put_up(hung: Services) -> None:
    there = report(hung, location={"lon": IN_B[0], "lat": IN_B[1]})
    with pytest.raises(SceneOutside):
        direct(hung, name="town", scene="incident", incident=there)
    with pytest.raises(NotFound):
        direct(hung, name="town", by=Call(OFFICER_A), scene="incident", incident=there)
    with pytest.raises(NoResponse):
        direct(hung, scene="linkage", incident=there)
    with pytest.raises(SceneOutside):
        direct(
            hung,
            "rotate",
            "town",
            **{**ROUND, "scenes": [{"kind": "kpis"}, {"kind": "incident", "incident": there}]},
        )


def test_of_two_who_direct_a_new_wall_at_once_both_are_kept_and_the_last_is_named(hung: Services) -> None:
    calls = [
        (OFFICER, "scene", {"scene": "kpis"}),
        (SECOND_OFFICER, "blank", {}),
        (LEADER, "strip", {"text": "注意"}),
    ]
    with ThreadPoolExecutor(3) as hands:
        list(hands.map(lambda one: direct(hung, one[1], by=Call(one[0]), **one[2]), calls))
    wall = directing.directed(hung, "live")["main"]
    assert (wall["scene"]["kind"], wall["blank"], wall["strip"]) == ("kpis", True, "注意")
    Follower(hung).compare()
    direct(hung, by=Call(SECOND_OFFICER), scene="coverage")
    assert directing.directed(hung, "live")["main"]["by"] == SECOND_OFFICER.name
    with pytest.raises(StaleVersion):
        direct(hung, by=replace(DESK, if_match=wall["seq"]), scene="overview")


def test_a_lock_names_its_holder_ends_by_itself_and_does_not_keep_anybody_from_blanking(
    hung: Services, clock: Clock
) -> None:
    direct(hung, "lock", by=Call(LEADER), hours=1)
    with pytest.raises(WallIsLocked) as refused:
        direct(hung, scene="kpis")
    assert refused.value.params == {"wall": "main", "name": LEADER.name, "minutes": 60}
    assert direct(hung, "blank")["blank"]
    pass_(hung, clock, hours=1)
    assert directing.directed(hung, "live")["main"]["locked_by"] is None
    assert not direct(hung, "unblank")["blank"]
    Follower(hung).compare()


def test_a_rotation_turns_by_the_realms_clock_once_for_all_workers(hung: Services, clock: Clock) -> None:
    direct(hung, "rotate", **ROUND)
    seq = head(hung)
    clock.pass_(seconds=15)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: run_due(hung, "live"), range(4)))
    assert (kinds(hung, after=seq), shown(hung)["kind"]) == (["RotationTurned"], "kpis")
    pass_(hung, clock, seconds=15)
    assert shown(hung)["kind"] == "overview"
    direct(hung, "stop")
    pass_(hung, clock, seconds=60)
    assert kinds(hung, after=seq) == ["RotationTurned", "RotationTurned", "RotationEnded"]
    Follower(hung).compare()


def test_a_grave_incident_of_the_walls_area_stops_its_rotation_and_it_goes_on_by_itself(
    hung: Services, clock: Clock
) -> None:
    for name in ("main", "town"):
        direct(hung, "rotate", name, **ROUND, hold_s=60)
    report(hung, severity=3)
    there = report(hung, severity=2, location={"lon": IN_B[0], "lat": IN_B[1]})
    pass_(hung, clock)
    assert (shown(hung), shown(hung, "town")["kind"]) == ({"kind": "incident", "incident": there}, "overview")
    assert directing.directed(hung, "live")["main"]["rotation"]["stopped_for"] == there
    pass_(hung, clock, seconds=60)
    assert (shown(hung)["kind"], directing.directed(hung, "live")["main"]["turning"]) == ("overview", True)
    Follower(hung).compare()


def test_a_scene_for_a_time_and_a_strip_go_by_the_clock(hung: Services, clock: Clock) -> None:
    direct(hung, scene="kpis", seconds=60)
    direct(hung, "strip", text="今晚八点演练", seconds=30)
    pass_(hung, clock, seconds=30)
    assert (shown(hung)["kind"], directing.directed(hung, "live")["main"]["strip"]) == ("kpis", "")
    pass_(hung, clock, seconds=30)
    assert shown(hung)["kind"] == "overview"


def test_a_sensitive_incident_is_not_sent_to_visitors_and_leaves_their_walls(
    hung: Services, clock: Clock
) -> None:
    set_wall(hung, SYSTEM, "town", {"visitors": True})
    ident = report(hung, severity=2)
    send(hung, ident, "F1")
    direct(hung, name="town", scene="incident", incident=ident)
    direct(hung, scene="incident", incident=ident)
    with pytest.raises(Forbidden):
        sensitivity.mark(hung, DESK, ident, "涉密")
    sensitivity.mark(hung, Call(LEADER), ident, "涉密")
    assert (shown(hung, "town"), shown(hung)["incident"]) == ({"kind": "overview"}, ident)
    with pytest.raises(SceneSensitive):
        direct(hung, name="town", scene="incident", incident=ident)
    board = fold(hung)
    assert all(link.sensitive for link in board.links.values())
    assert board.units["F1"].incident_sensitive
    Follower(hung).compare()
    direct(hung, "rotate", "town", **ROUND)
    other = report(hung, severity=1)
    sensitivity.mark(hung, Call(LEADER), other, "涉密")
    pass_(hung, clock)
    assert shown(hung, "town")["kind"] == "overview"
    sensitivity.unmark(hung, Call(LEADER), ident, "已公开")
    assert not fold(hung).units["F1"].incident_sensitive
    Follower(hung).compare()


def test_a_wall_that_becomes_one_for_visitors_loses_what_is_sensitive(hung: Services) -> None:
    ident = report(hung)
    sensitivity.mark(hung, Call(LEADER), ident, "涉密")
    direct(hung, scene="split", panes=[{"kind": "incident", "incident": ident}, {"kind": "kpis"}])
    set_wall(hung, SYSTEM, "main", {"visitors": True})
    assert shown(hung) == {"kind": "split", "panes": [{"kind": "overview"}, {"kind": "kpis"}]}


def test_a_wall_confirms_what_it_was_told_and_falls_silent(hung: Services, clock: Clock) -> None:
    def state() -> str:
        return {one["name"]: one["state"] for one in list_walls(hung, LEADER, "live")}["main"]

    assert state() == "never"
    given = direct(hung, "blank")
    note_display(hung, "main", {"scene_seq": given["seq"] - 1, "blank": False})
    assert state() == "waiting"
    note_display(hung, "main", {"scene_seq": given["seq"], "blank": True})
    assert state() == "confirmed"
    clock.pass_(seconds=16)
    assert state() == "offline"


def test_an_area_lists_its_own_walls_alone(hung: Services) -> None:
    assert [one["name"] for one in list_walls(hung, OFFICER_A, "live")] == ["town"]
    assert [one["name"] for one in list_walls(hung, LEADER, "live")] == ["away", "main", "town"]
    town = Principal("t", "town", "wall", TOWN_A, kind="wall", visitors=True)
    assert [one["name"] for one in list_walls(hung, town, "live")] == ["town"]


def test_a_wall_without_a_token_loses_what_became_sensitive_as_well(hung: Services) -> None:
    set_wall(hung, SYSTEM, "town", {"visitors": True})
    ident = report(hung)
    direct(hung, name="town", scene="incident", incident=ident)
    revoke_token(hung, SYSTEM, "town")
    sensitivity.mark(hung, Call(LEADER), ident, "涉密")
    assert shown(hung, "town") == {"kind": "overview"}


def test_a_wall_is_not_set_for_visitors_where_what_it_shows_cannot_be_taken_off(hung: Services) -> None:
    direct(hung, scene="kpis")
    with hung.engine.begin() as conn:
        conn.execute(update(wall_scene).values(doc={"id": "main"}))  # a row that cannot be read
    with pytest.raises(ValidationError):
        set_wall(hung, SYSTEM, "main", {"visitors": True})
    assert not settings_of(hung, "main")["visitors"]


def test_a_rotation_passes_over_what_has_ended(hung: Services, clock: Clock) -> None:
    ident = report(hung)
    scenes = [*ROUND["scenes"], {"kind": "incident", "incident": ident}]  # type: ignore[misc]
    direct(hung, "rotate", scenes=scenes, every_s=15)
    incidents.reject(hung, DESK, ident, "误报")
    seen = []
    for _ in range(3):
        pass_(hung, clock, seconds=15)
        seen.append(shown(hung)["kind"])
    assert seen == ["kpis", "overview", "kpis"]
    Follower(hung).compare()
