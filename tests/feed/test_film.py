"""A film: wherever one looks, in whatever order, the board is the fold of the log up to there, and what is
played from there is what live screens were sent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import orjson
from hypothesis import given
from hypothesis import strategies as st

from core.board import Board
from core.envelope import Event
from core.fold import apply
from core.serial import dump_board, load_board
from feed import film, patches
from tests.cast import reported, story
from tests.core.strategies import examples, logs
from tests.core.test_fold import as_seen, fold
from tests.feed.test_patches import SCOPES
from tests.screen import Screen

FEW = examples(40)


class Told:
    """A log in memory, with the boards that were kept of it as the database has them."""

    realm = "live"

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        self.snapshots: dict[int, bytes] = {}
        self.read = 0

    def facts(self, after: int, until: int) -> Iterator[Event]:
        for one in self.events[after:until]:
            self.read += 1
            yield one

    def kept(self, known: Board, seq: int) -> Board | None:
        found = max((at for at in self.snapshots if known.seq < at <= seq), default=None)
        return None if found is None else load_board(self.snapshots[found], known)

    def keep(self, board: Board) -> None:
        self.snapshots[board.seq] = dump_board(board)


def small() -> film.Stills:
    return film.Stills(most=3, every=2, snapshot_every=5)


@FEW
@given(logs(), st.data())
def test_the_state_at_any_position_is_the_fold_up_to_it(log: list[Event], data: st.DataObject) -> None:
    source, stills = Told(log), small()
    for seq in data.draw(st.lists(st.integers(0, len(log)), max_size=8)):
        board = film.board_at(stills, source, seq)
        assert as_seen(board) == as_seen(fold(log[:seq]))
        for one in log[seq:]:  # the caller's own: whatever becomes of it, later seeks find what was
            apply(board, one)
        assert len(stills) <= 3


@FEW
@given(logs(), st.data())
def test_what_is_played_brings_a_screen_from_any_position_to_any_later_one(
    log: list[Event], data: st.DataObject
) -> None:
    source, stills = Told(log), small()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(log)), min_size=2, max_size=4)))
    for scope in SCOPES:
        screen = Screen()
        screen.apply(orjson.loads(patches.whole(film.board_at(stills, source, cuts[0]), scope)))
        for after, until in pairwise(cuts):
            board = film.board_at(stills, source, after)
            for change in film.go_on(stills, source, board, until):
                if payload := patches.Frame(change).payload(board, scope):
                    screen.apply(orjson.loads(payload))
            fresh = Screen()
            fresh.apply(orjson.loads(patches.whole(fold(log[:until]), scope)))
            assert (screen.features, screen.hash()) == (fresh.features, fresh.hash())


def a_day(length: int) -> list[Event]:
    return story(*[(f"I{n}", reported(f"I{n}")) for n in range(1, length + 1)])


def test_a_second_look_near_the_first_folds_little() -> None:
    source, stills = Told(a_day(90)), film.Stills(every=10, snapshot_every=30)
    film.board_at(stills, source, 85)
    assert source.read == 85
    source.read = 0
    for seq in (84, 41, 19, 85):
        film.board_at(stills, source, seq)
    assert source.read <= 4 + 1 + 9 + 5


def test_what_is_folded_long_is_kept_for_other_processes() -> None:
    source = Told(a_day(90))
    film.board_at(film.Stills(every=10, snapshot_every=30), source, 89)
    assert sorted(source.snapshots) == [30, 60]
    source.read = 0
    film.board_at(film.Stills(every=10, snapshot_every=30), source, 65)
    assert (source.read, sorted(source.snapshots)) == (5, [30, 60])


def test_playing_on_folds_again_only_since_the_last_board_that_was_left() -> None:
    source, stills = Told(a_day(60)), film.Stills(every=10)
    for after in range(0, 60, 7):
        source.read = 0
        board = film.board_at(stills, source, after)
        list(film.go_on(stills, source, board, min(60, after + 7)))
        assert source.read <= 10 + 7


def test_boards_of_one_log_share_what_did_not_change_between_them() -> None:
    source = Told(a_day(90))
    film.board_at(film.Stills(every=10, snapshot_every=30), source, 89)
    known = fold(source.events[:30])
    later = source.kept(known, 60)
    assert later is not None
    assert later.incidents["I7"] is known.incidents["I7"]
