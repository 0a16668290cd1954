"""The store of the browser folds patches as the server's board folds events."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from core.digest import Digest
from tests.static.conftest import Bench

pytestmark = pytest.mark.browser


@pytest.fixture
def page(bench: Bench) -> Page:
    return bench("11-digest", "12-store")


def feature(ident: str, seq: int) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": ident,
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "properties": {"seq": seq},
    }


def patch(seq: int, upsert: Any = None, remove: Any = None, **panels: Any) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": "2026-03-02T01:00:00Z",
        "upsert": upsert or {},
        "remove": remove or {},
        "panels": panels,
    }


def fold(page: Page, *patches: dict[str, Any]) -> list[bool]:
    folded: list[bool] = page.evaluate("all => all.map(p => zhihui.store.fold(p))", list(patches))
    return folded


def test_a_patch_that_is_held_already_is_dropped(page: Page):
    one = patch(5, {"units": [feature("a", 5)]})
    assert fold(page, one, one, patch(4, {"units": [feature("a", 4)]})) == [True, False, False]
    assert page.evaluate("[zhihui.seq, zhihui.features('units').length]") == [5, 1]


def test_the_digest_follows_what_is_drawn(page: Page):
    fold(
        page, patch(1, {"units": [feature("a", 1), feature("b", 1)]}), patch(2, {"units": [feature("a", 2)]})
    )
    fold(page, patch(3, remove={"units": ["b", "never-there"]}))
    expected = Digest()
    expected.add("units", "a", 2)
    assert page.evaluate("zhihui.hash()") == expected.hex()


def test_a_whole_board_replaces_what_was_there(page: Page):
    fold(page, patch(9, {"incidents": [feature("old", 9)]}))
    page.evaluate("s => zhihui.store.load(s)", patch(3, {"incidents": [feature("new", 3)]}))
    assert page.evaluate("[zhihui.seq, zhihui.features('incidents').map(f => f.id)]") == [3, ["new"]]


def test_figures_are_replaced_and_lines_are_added_once(page: Page):
    line = {"seq": 1, "at": "2026-03-02T01:00:00Z", "kind": "IncidentAccepted", "args": {}}
    fold(
        page,
        patch(1, kpi={"open": 1}, ticker=[line]),
        patch(2, kpi={"open": 2}, ticker=[line, {**line, "seq": 2}]),
    )
    assert page.evaluate("[zhihui.store.panels.kpi.open, zhihui.store.panels.ticker.map(l => l.seq)]") == [
        2,
        [2, 1],
    ]


def test_lines_are_bounded(page: Page):
    lines = [{"seq": n, "at": "2026-03-02T01:00:00Z", "kind": "X", "args": {}} for n in range(100)]
    fold(page, patch(100, ticker=lines))
    assert page.evaluate("zhihui.store.panels.ticker.map(l => l.seq)") == list(range(99, 69, -1))


def test_an_older_fix_does_not_move_a_unit_back(page: Page):
    fold(page, patch(1, {"units": [feature("a", 1)]}))
    page.evaluate("zhihui.store.move([['a', 10, 20, 2000, null, null]])")
    page.evaluate("zhihui.store.move([['a', 99, 99, 1000, null, null]])")
    assert page.evaluate("zhihui.features('units')[0].geometry.coordinates") == [10, 20]


def test_one_listener_that_throws_does_not_silence_the_others(page: Page):
    page.evaluate(
        """zhihui.on('patch', () => { throw new Error('mine') });
        zhihui.on('patch', p => { window.heard = p.seq })"""
    )
    fold(page, patch(7))
    assert page.evaluate("window.heard") == 7


def test_a_whole_board_leaves_no_position_of_a_unit_that_is_not_on_it(page: Page):
    fold(page, patch(1, {"units": [feature("a", 1), feature("b", 1)]}))
    page.evaluate("zhihui.store.move([['a', 1, 2, 5, 0, 0], ['b', 1, 2, 5, 0, 0]])")
    page.evaluate("board => zhihui.store.load(board)", patch(2, {"units": [feature("a", 2)]}))
    held = page.evaluate("['a', 'b'].map(unit => zhihui.store.position(unit) !== undefined)")
    assert held == [True, False]
