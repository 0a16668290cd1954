"""Patches: a screen that applies them all draws exactly what the board holds for its area, and no more."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from core.board import TICKER_KEPT, Board
from core.digest import Digest
from core.envelope import Event
from core.fold import apply
from core.permissions import Scope, visible
from feed import patches
from tests.cast import AREA_A, AREA_B, dispatched, reported, story, unit_body
from tests.cast import SCOPES as AREA_SCOPES
from tests.core.strategies import examples, logs
from tests.screen import Screen

FEW = examples(60)
SCOPES = (
    *map(Scope, AREA_SCOPES),
    Scope(dept="chengguan"),
    Scope("990101", "chengguan"),
    Scope("990102", "gongan"),
    Scope(visitors="W1"),
    Scope("990101", visitors="W2"),
)


def whole(board: Board, scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(patches.whole(board, scope))
    return found


def play(log: list[Event], screens: dict[Scope, Screen]) -> Board:
    board = Board("live")
    for one in log:
        frame = patches.Frame(apply(board, one))
        for scope, screen in screens.items():
            if payload := frame.payload(board, scope):
                screen.apply(orjson.loads(payload))
    return board


@FEW
@given(logs())
def test_every_patch_applied_to_nothing_gives_the_whole_in_every_area(log: list[Event]) -> None:
    screens = {scope: Screen() for scope in SCOPES}
    board = play(log, screens)
    for scope, screen in screens.items():
        fresh = Screen()
        fresh.apply(whole(board, scope))
        assert screen.features == fresh.features
        assert screen.hash() == fresh.hash() == whole(board, scope)["hash"]
        assert screen.ticker[-TICKER_KEPT:] == fresh.ticker or scope != Scope()
        if log:
            assert screen.panels_or_empty() == fresh.panels


@FEW
@given(logs(), st.data())
def test_one_patch_since_any_position_brings_a_screen_to_the_whole(log: list[Event], data: Any) -> None:
    cut = data.draw(st.integers(0, len(log)))
    screens = {scope: Screen() for scope in SCOPES}
    play(log[:cut], screens)
    board = play(log, {})
    for scope, screen in screens.items():
        missed = patches.since(board, scope, cut, 10_000)
        if scope.visitors and cut < board.hidden_seq:
            assert missed is None  # it begins anew, for what it was told before is to be forgotten
            continue
        assert missed is not None
        screen.apply(orjson.loads(missed))
        fresh = Screen()
        fresh.apply(whole(board, scope))
        assert screen.features == fresh.features
        assert screen.ticker[-TICKER_KEPT:] == fresh.ticker or scope != Scope()
        assert screen.panels == fresh.panels


@FEW
@given(logs(), st.data())
def test_no_feature_that_was_never_seen_in_a_scope_is_named_there(log: list[Event], data: Any) -> None:
    cut = data.draw(st.integers(0, len(log)))
    ever: dict[Scope, set[tuple[str, str]]] = {scope: set() for scope in SCOPES}
    board = Board("live")
    for one in log:
        change = apply(board, one)
        frame = patches.Frame(change)
        for (layer, ident), pair in change.touched.items():
            for entity in pair:
                for scope in SCOPES:
                    if entity is not None and visible(scope, entity.area, entity.offices):
                        ever[scope].add((layer, ident))
        for scope in SCOPES:
            if payload := frame.payload(board, scope):
                assert named(orjson.loads(payload)) <= ever[scope]
    for scope in SCOPES:
        missed = patches.since(board, scope, cut, 10_000)
        if scope.visitors and cut < board.hidden_seq:
            continue  # it begins anew
        assert missed is not None
        assert named(orjson.loads(missed)) <= ever[scope]


def named(patch: dict[str, Any]) -> set[tuple[str, str]]:
    upserts = {(layer, f["id"]) for layer, found in patch["upsert"].items() for f in found}
    return upserts | {(layer, ident) for layer, ids in patch["remove"].items() for ident in ids}


@FEW
@given(logs())
def test_versions_never_go_back_on_a_screen(log: list[Event]) -> None:
    board, last = Board("live"), 0
    for one in log:
        payload = patches.Frame(apply(board, one)).payload(board, Scope())
        if payload:
            patch = orjson.loads(payload)
            assert last < patch["seq"] == one.seq
            last = patch["seq"]
            for found in patch["upsert"].values():
                assert all(f["properties"]["seq"] == one.seq for f in found)


def test_too_much_since_a_position_asks_for_the_whole() -> None:
    board = play(story(*[(f"I{n}", reported(f"I{n}")) for n in range(5)]), {})
    assert patches.since(board, Scope(), 0, 4) is None
    assert patches.since(board, Scope(), 1, 4) is not None
    assert patches.since(board, Scope(AREA_B), 0, 0) is not None


def test_what_left_before_memory_begins_asks_for_the_whole() -> None:
    board = play(story(("I1", reported())), {})
    board.departures_floor = 1
    assert patches.since(board, Scope(), 0, 10) is None
    assert patches.since(board, Scope(), 1, 10) is not None


def test_an_area_that_nothing_concerns_is_sent_nothing() -> None:
    board = Board("live")
    frame = patches.Frame(apply(board, story(("I1", reported("I1", AREA_A)))[0]))
    assert frame.payload(board, Scope(AREA_B)) is None
    assert frame.payload(board, Scope(AREA_A)) is not None


def test_a_screens_digest_is_the_boards() -> None:
    screen, board = Screen(), Board("live")
    for one in story(("I1", reported("I1")), ("I2", reported("I2", AREA_B))):
        payload = patches.Frame(apply(board, one)).payload(board, Scope())
        assert payload
        screen.apply(orjson.loads(payload))
    assert screen.hash() == patches.digest_of(board, Scope()).hex() != Digest().hex()


def test_a_unit_lent_to_another_area_does_not_tell_on_what() -> None:
    home, away, city = Scope(AREA_A), Scope(AREA_B), Scope()
    screens = {home: Screen(), away: Screen(), city: Screen()}
    told = story(
        ("F1", unit_body("F1")),
        ("I1", reported(area=AREA_B)),
        ("I1", dispatched("F1", "S1")),
    )
    board = play(told, screens)
    at_home = screens[home].features["units", "F1"]["properties"]
    assert (at_home["status"], at_home["incident"], at_home["assignment"]) == ("dispatched", None, None)
    in_city = screens[city].features["units", "F1"]["properties"]
    assert (in_city["incident"], in_city["assignment"]) == ("I1", "S1")
    assert whole(board, home)["upsert"]["units"][0]["properties"]["incident"] is None


@FEW
@given(logs())
def test_visitors_are_told_nothing_that_names_a_sensitive_incident(log: list[Event]) -> None:
    board = Board("live")
    for one in log:
        frame = patches.Frame(apply(board, one))
        hidden = [i for i in board.incidents.values() if i.sensitive]
        for scope in (Scope(visitors="none"), Scope("990101", visitors="none")):
            patch = orjson.loads(frame.payload(board, scope) or b"{}") | {"remove": None}
            told = patches.whole(board, scope) + orjson.dumps(patch)
            for incident in hidden:
                assert incident.number.encode() not in told
                assert f'"{incident.id}"'.encode() not in told
