"""The registrar: off the event loop, with the request's person, and refusals as sentences."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from actions.commands import ReportCommand
from callbacks.desk import _chosen
from callbacks.errors import WordsMissing
from callbacks.registrar import Ask, Registrar, notice_of
from core.errors import Forbidden, MoveNotAllowed, Unauthorized, UnitBusy
from core.permissions import Principal
from db.batch import Unstorable
from pages import advice, messages, session
from tests.cast import OFFICER


@pytest.fixture(autouse=True)
def strict_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "strict", True)


@pytest.fixture
def registrar():
    with ThreadPoolExecutor(1, "callbacks") as executor:
        yield Registrar(None, None, executor)  # type: ignore[arg-type]


def run(registrar: Registrar, function: Any, *values: Any) -> Any:
    async def one() -> Any:
        session.current_principal.set(OFFICER)
        return await registrar._off_the_loop(function)(*values)

    return asyncio.run(one())


def test_a_callback_runs_off_the_event_loop_with_the_person_of_the_request(registrar: Registrar):
    def where(ask: Ask, value: str) -> tuple[Any, ...]:
        return ask.principal, ask.realm, ask.lang, value, threading.current_thread().name

    person, realm, lang, value, thread = run(registrar, where, "x", "en", None)
    assert (person, realm, lang, value) == (OFFICER, "live", "en", "x")
    assert thread.startswith("callbacks")


def test_nobody_logged_in_is_refused(registrar: Registrar):
    async def one() -> Any:
        return await registrar._off_the_loop(lambda ask: None)("zh-CN", "live")

    with pytest.raises(Unauthorized):
        asyncio.run(one())


def test_a_wall_calls_none_be_it_hidden_or_for_visitors(registrar: Registrar):
    async def one() -> Any:
        wall = Principal("wall:W1", "W1", "wall", kind="wall")
        session.current_principal.set(wall)
        return await registrar._off_the_loop(lambda ask: None)("zh-CN", "live")

    with pytest.raises(Forbidden):
        asyncio.run(one())


def test_a_conflict_names_the_holder():
    said = notice_of("zh-CN", UnitBusy(unit="E1", unit_name="消防一中队", number="20260302-000007"))
    assert said["kind"] == "refusal"
    assert said["text"] == "消防一中队 已被派往事件 20260302-000007。"
    assert said["remedy"]


def test_codes_in_a_refusal_become_words():
    said = notice_of("zh-CN", MoveNotAllowed(verb="close", status="on_scene", allowed=["handle", "note"]))
    assert said["text"] == "当前状态是“处置中”，不能办结。"
    assert said["remedy"] == "现在可以：处置完毕、备注。"


def test_a_refusal_may_lead_to_the_field_that_lacks_words():
    assert notice_of("zh-CN", WordsMissing(verb="reply", focus="word"))["focus"] == "word"


def test_a_wrong_value_is_a_refusal_and_a_fault_is_ours():
    with pytest.raises(ValueError) as wrong:
        ReportCommand.model_validate({"class": "21000"})
    assert notice_of("zh-CN", wrong.value)["kind"] == "refusal"
    assert notice_of("en", RuntimeError("x"))["kind"] == "fault"


def test_what_the_database_cannot_hold_is_a_refusal_too():
    said = notice_of("zh-CN", Unstorable[0]("invalid byte sequence\nCONTEXT: …"))
    assert said["kind"] == "refusal" and "invalid byte sequence" in said["text"]


OFFERS = {**advice.NOTHING, "units": [{"unit": "E1"}, {"unit": "E2"}]}
IN_SETS = {**OFFERS, "sets": [{"units": [{"unit": "E2"}, {"unit": "M1"}]}, {"units": [{"unit": "E1"}]}]}


class Found:
    """As much of a card as the choice looks at."""

    def __init__(self, *units: str) -> None:
        self.incident = type("Incident", (), {"units": units})()


def test_the_best_unit_is_picked_when_nobody_is_on_it():
    assert _chosen(Found(), OFFERS, None) == ["E1"]  # type: ignore[arg-type]
    assert _chosen(Found("E9"), OFFERS, None) == []  # type: ignore[arg-type]


def test_the_first_set_is_picked_whole_where_there_is_a_card():
    assert _chosen(Found(), IN_SETS, None) == ["E2", "M1"]  # type: ignore[arg-type]
    assert _chosen(Found(), IN_SETS, ["M1", "GONE"]) == ["M1"]  # type: ignore[arg-type]


def test_what_was_picked_stays_picked_while_it_is_offered():
    assert _chosen(Found(), OFFERS, ["E2", "GONE"]) == ["E2"]  # type: ignore[arg-type]
    assert _chosen(Found(), OFFERS, []) == []  # type: ignore[arg-type]
