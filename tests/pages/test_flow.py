"""The workflow on paper is the workflow that is shipped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.flow import Workflow
from core.flow_chart import STATES, edges
from core.model import ENDED, OPEN
from db.flow import shipped_workflow
from pages import messages
from pages.cases.flow import document
from pages.cases.flow_picture import svg
from pages.cases.forms import FORMS, GROUPS


@pytest.fixture(autouse=True)
def strict_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "strict", True)


def test_the_document_is_made_from_the_shipped_table() -> None:
    made = document(messages.DEFAULT, shipped_workflow())
    assert Path("docs/workflow.md").read_text(encoding="utf-8") == made


def test_the_diagram_has_every_state_and_reaches_each() -> None:
    assert set(STATES) == OPEN | ENDED
    reached = {to for _, _, to in edges(shipped_workflow())}
    assert set(STATES) - reached == {"reported"}


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_picture_has_every_state_and_every_move_of_the_table(lang: str) -> None:
    flow = shipped_workflow()
    drawn = re.findall(r">([^<]+)</text>", svg(lang, flow).decode())
    assert {messages.text(lang, f"status.{state}") for state in STATES} <= set(drawn)
    verbs = [part for words in drawn for part in words.split(" / ")]
    assert {messages.text(lang, f"verb.{verb}") for _, verb, _ in edges(flow)} <= set(verbs)


def test_a_move_that_a_city_does_without_is_not_drawn() -> None:
    flow = shipped_workflow()
    without = Workflow(move for move in flow.moves.values() if move.verb != "archive")
    word = messages.text(messages.DEFAULT, "verb.archive")
    assert word in svg(messages.DEFAULT, flow).decode()
    assert f">{word}<" not in svg(messages.DEFAULT, without).decode()


def test_every_act_of_the_table_has_a_form_or_is_the_desks() -> None:
    elsewhere = {"amend", "relocate", "hold", "dispatch", "attach", "backup"}  # the desk's map, phones
    assert shipped_workflow().moves.keys() - FORMS.keys() == elsewhere
    assert {verb for verbs in GROUPS.values() for verb in verbs} == FORMS.keys() - {"reveal"}
