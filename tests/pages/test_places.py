"""/places: its tabs, ids and tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from dash import Dash, no_update
from dash.development.base_component import Component

from actions.imports import ALL_KINDS
from callbacks import register
from callbacks.places.drawing import laid
from core.permissions import Principal
from pages import ids as common
from pages import messages
from pages.places import hazard_views, ids, patrol_views, shell, table
from pages.places.imports import kind_words
from tests.pages.test_ids import ids_in

LEADER = Principal("u1", "lin", "leader")
ENGINEER = Principal("u2", "wu", "engineer")


@pytest.fixture(autouse=True)
def strict_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "strict", True)


def frame(lang: str = "zh-CN") -> list[Any]:
    return list(ids_in(shell.layout(lang)))


def tab_ids(name: str, principal: Principal = ENGINEER) -> list[Any]:
    return list(ids_in(shell.TABS[name]("zh-CN", principal)))


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize("who", [LEADER, ENGINEER], ids=["leader", "engineer"])
@pytest.mark.parametrize("name", shell.TABS)
def test_every_tab_stands_in_both_languages_for_those_who_read_and_those_who_import(
    name: str, who: Principal, lang: str
):
    assert isinstance(shell.TABS[name](lang, who), Component)


def test_the_frame_has_the_map_the_overlay_and_a_place_for_each_tab():
    wanted = {
        common.MAP,
        ids.OVERLAY,
        *map(ids.pane, shell.TABS),
        *map(ids.opened, shell.TABS),
    }
    assert set(map(str, frame())) >= wanted


def test_an_unknown_tab_of_the_address_opens_the_first():
    opened = [shell.layout(tab=tab).children[0] for tab in ("nowhere", None)]
    tabs = [part for page in opened for part in page.children if getattr(part, "id", None) == ids.TAB]
    assert [part.value for part in tabs] == ["import", "import"]


@pytest.mark.parametrize("name", shell.TABS)
def test_ids_of_a_tab_begin_with_its_name_and_stand_once(name: str):
    found = tab_ids(name)
    assert {ids.tab_of(ident) for ident in found} <= {name}
    keys = [json.dumps(ident, sort_keys=True) for ident in found]
    assert len(keys) == len(set(keys))


def test_every_kind_of_import_has_a_name_in_both_languages():
    for lang in messages.LANGUAGES:
        assert all(messages.has(lang, f"import.kind.{kind}") for kind in ALL_KINDS)


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_table_speaks_the_pages_language(lang: str):
    words = table.words(lang)
    assert words["noRowsToShow"] == messages.text(lang, "table.text.noRowsToShow")
    assert {"contains", "page", "to", "of", "filterOoo"} <= set(words)


def callbacks_of_the_app() -> Iterator[tuple[set[str], set[str]]]:
    """(ids of the inputs, every id) of each callback; pattern ids are left out."""
    app = Dash("test", suppress_callback_exceptions=True)
    register(app, None, ThreadPoolExecutor(1))  # type: ignore[arg-type]
    for spec in app._callback_list:
        outputs = [one.rsplit(".", 1)[0] for one in spec["output"].strip(".").split("...") if "." in one]
        inputs = {part["id"] for part in spec["inputs"]}
        named = inputs | {part["id"] for part in spec["state"]} | set(outputs)
        yield inputs, {ident for ident in named if not ident.startswith("{")}


@pytest.mark.parametrize("role", ["viewer", "officer", "leader", "engineer"])
def test_whoever_opens_a_tab_has_everything_that_its_callbacks_name(role: str):
    """A callback with an input on the page and an output that is not there would stop the page."""
    who = Principal("u9", "x", role)
    there = {str(ident) for ident in frame()}
    there |= {str(ident) for name in shell.TABS for ident in tab_ids(name, who) if isinstance(ident, str)}
    missing = {
        name
        for inputs, named in callbacks_of_the_app()
        if any(ids.tab_of(ident) in shell.TABS and ident in there for ident in inputs)
        for name in named - there
    }
    assert missing == set()


def callbacks_of_places() -> Iterator[Any]:
    app = Dash("test", suppress_callback_exceptions=True)
    register(app, None, ThreadPoolExecutor(1))  # type: ignore[arg-type]
    for spec in app._callback_list:
        yield from (part["id"] for part in [*spec["inputs"], *spec["state"]])


def test_callbacks_of_the_tabs_name_only_what_the_tabs_and_the_frame_have():
    seats = (LEADER, ENGINEER)
    known = {json.dumps(ident) for name in shell.TABS for who in seats for ident in tab_ids(name, who)}
    known |= {json.dumps(ident) for ident in frame()}
    # The views of 图层 are built when they are chosen.
    later = [value for views in (hazard_views, patrol_views) for value in vars(views).values()]
    known |= {json.dumps(ident) for ident in later if isinstance(ident, str) and ident.startswith("layers-")}
    named = {ident for ident in callbacks_of_places() if ids.tab_of(ident) in shell.TABS}
    assert {ident for ident in named if not ident.startswith("{") and json.dumps(ident) not in known} == set()


def test_columns_share_a_wide_screen_as_their_words_need_it():
    given = table.Column("police", "社区民警", number=True, least=104).definition()
    assert given["flex"] == given["minWidth"] == 104


def test_what_is_laid_over_the_map_is_added_to_what_lies_there():
    parts = laid({"posts.ward": None, "fit": [1, 2, 3, 4]}).to_plotly_json()["operations"]
    assert [(one["location"], one["params"]["value"]) for one in parts] == [
        (["posts.ward"], None),
        (["fit"], [1, 2, 3, 4]),
    ]
    assert laid(no_update) is no_update


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_tab_that_would_say_nothing_says_what_to_import_first(lang: str):
    assert set(shell.NEEDS) < set(shell.TABS)
    words = str(shell.first(lang, "reach", ["grids", "roads"]))
    assert kind_words(lang, "grids") in words and kind_words(lang, "roads") in words
