"""The workflow on paper is the workflow that is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.flow_chart import STATES, edges
from core.model import ENDED, OPEN
from db.flow import shipped_workflow
from pages import messages
from pages.cases.flow import document
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


def test_every_act_of_the_table_has_a_form_or_is_the_desks() -> None:
    elsewhere = {"amend", "relocate", "hold", "dispatch", "attach", "backup"}  # the desk's map, phones
    assert shipped_workflow().moves.keys() - FORMS.keys() == elsewhere
    assert {verb for verbs in GROUPS.values() for verb in verbs} == FORMS.keys() - {"reveal"}
