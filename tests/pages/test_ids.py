"""Ids: those of the contract are there, and no callback names one that no layout has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from dash.development.base_component import Component

from callbacks import register
from pages import desk, ids, messages, wall
from pages.admin import ids as admin
from pages.alerts import ids as alerts
from pages.briefing import ids as briefing
from pages.cases import ids as cases
from pages.drill import ids as drill
from pages.drill_report import ids as drill_report
from pages.drills import ids as drills
from pages.drills import script_ids as drill_script
from pages.handover import ids as handover
from pages.places import ids as places
from pages.places import shell
from pages.plans import ids as plans
from pages.reports import ids as reports

CONTRACT_DESK = {
    "map", "incident-list", "incident-card", "advice-list", "commit-dispatch", "toast", "clock", "freshness",
}  # fmt: skip
CONTRACT_WALL = {"map", "incident-list", "clock", "freshness", "kpi-strip", "ticker"}
MADE_WHILE_RUNNING = {
    "advice",
    "advice-set",
    "move-up",
    "send-supplies",
    "verb",
    "step",
    "reports-figure",
    "reports-crumb",
    "handover-tile",
    *briefing.PATTERNS,
    *cases.PATTERNS,
    *plans.PATTERNS,
    *alerts.PATTERNS,
    *drill.PATTERNS,
    *drill_report.PATTERNS,
    *drill_script.PATTERNS,
}
"""Types of pattern ids; their elements come with the card."""

ROOMS = (
    alerts,
    briefing,
    places,
    reports,
    handover,
    cases,
    admin,
    plans,
    drill,
    drill_report,
    drills,
    drill_script,
)


@pytest.fixture(autouse=True)
def strict_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "strict", True)


def ids_in(component: Component) -> Iterator[Any]:
    for _path, found in component._traverse_with_paths():
        if getattr(found, "id", None) is not None:
            yield found.id


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_pages_have_the_ids_of_the_contract(lang: str):
    assert set(ids_in(desk.layout(lang))) >= CONTRACT_DESK
    assert set(ids_in(wall.layout("main", lang))) >= CONTRACT_WALL


def test_no_id_stands_twice_on_a_page():
    for layout in (desk.layout(), wall.layout("main")):
        found = list(ids_in(layout))
        assert len(found) == len(set(found))


def test_no_page_takes_an_id_of_another():
    """A callback would run wherever the other stands. The script is a tab of the drill's page."""
    taken = Counter(name for room in (ids, *ROOMS) for name in set(room.PLAIN))
    assert {name for name, times in taken.items() if times > 1} == {drill.DRILL, drill.TICK}


def test_callbacks_name_only_what_the_desk_has():
    app = Dash("test", suppress_callback_exceptions=True)
    register(app, None, ThreadPoolExecutor(1))  # type: ignore[arg-type]
    known = set(ids_in(desk.layout()))
    frame = {*ids_in(shell.layout()), *(name for room in ROOMS for name in room.PLAIN)}
    named, patterns = set(), set()
    for spec in app._callback_list:
        for part in [*spec["inputs"], *spec["state"]]:
            if part["id"].startswith("{"):
                patterns.add(json.loads(part["id"])["type"])
            else:
                named.add(part["id"])
        for output in spec["output"].strip(".").split("..."):
            if not output.startswith("{") and "." in output:  # without: a callback that fills nothing
                named.add(output.rsplit(".", 1)[0])
    # Ids of a tab of /places begin with its name: tests/pages/test_places.py.
    assert {name for name in named - known - frame if places.tab_of(name) not in shell.TABS} == set()
    assert {name for name in patterns if places.tab_of(name) not in shell.TABS} == MADE_WHILE_RUNNING


def test_layouts_take_ids_only_from_the_one_module():
    used = {found for layout in (desk.layout(), wall.layout("x")) for found in ids_in(layout)}
    assert used <= set(ids.PLAIN)


def test_rows_of_the_list_carry_the_id_dash_would_give_them():
    given = json.dumps(ids.incident_row("X"), sort_keys=True, separators=(",", ":"))
    assert given == '{"id":"X","type":"incident-row"}'
    script = Path(__file__).resolve().parents[2] / "static" / "js" / "53-list.js"
    assert 'JSON.stringify({ id, type: "incident-row" })' in script.read_text(encoding="utf-8")
