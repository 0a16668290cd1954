"""The card: what stands on it follows from what is known, and from what may be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component

from actions.queries import Card
from core.classes import IncidentClass
from core.due import Deadline
from core.model import Assignment, Incident
from pages import advice, card, keys, messages

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FIRE = IncidentClass("21000", "火灾", "Fire", "accident", "火", True, "test")
INCIDENT = Incident(
    id="I1", version=7, number="20260302-000007", class_code="21000", title="火灾", text="<b>冒烟</b>",
    severity=1, lon=118.1, lat=24.5, address="望海路 18 号", area="990101001001", grid="990101001001001",
    place="云港区 莲园街道", channel="110", source_id=None, reporter="陈** 138****2207",
    status="dispatched", status_since=AT, reported_at=AT, units=("E1",), assignments=("A1",),
)  # fmt: skip
BOND = Assignment("A1", 7, "I1", "E1", "消防一中队", "990101", "dispatched", AT, 250.0, 2100.0, ())


def line(kind: str, minutes: int, **body: Any) -> dict[str, Any]:
    at = AT + timedelta(minutes=minutes)
    return {"kind": kind, "occurred_at": at, "actor": "wang", "unit_name": None, "body": body}


LOG = (
    line("IncidentReported", 0, severity=1, text="冒烟"),
    line("IncidentAccepted", 1),
    line("UnitDispatched", 2, unit_name="消防一中队", eta_s=250.0),
    line("NoteAdded", 3, text="<i>门锁着</i>"),
)
CARD = Card(INCIDENT, (BOND,), LOG, ("dispatch", "note", "handle", "reply"), {"A1": ("ack", "release")}, {})


@pytest.fixture(autouse=True)
def strict_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "strict", True)


def words(found: Any) -> str:
    if isinstance(found, (list, tuple)):
        return " ".join(map(words, found))
    if isinstance(found, Component):
        return words(getattr(found, "children", None) or "")
    return str(found)


def buttons(found: Any) -> list[Component]:
    parts = found if isinstance(found, list) else [found]
    nested = [part for whole in parts for part in (whole, *whole._traverse())]
    return [part for part in nested if getattr(part, "_type", "") == "Button"]


def test_the_card_says_what_where_since_when_and_who():
    said = words(card.top("zh-CN", ZONE, CARD, FIRE))
    for part in (
        "火灾",
        "已派遣",
        "云港区 莲园街道 · 望海路 18 号",
        "20260302-000007",
        "09:00:00",
        "陈** 138****2207",
    ):
        assert part in said


def test_a_title_that_is_the_classs_name_is_said_in_english():
    assert "Fire" in words(card.top("en", ZONE, CARD, FIRE))
    named = replace(CARD, incident=replace(INCIDENT, title="望海路大火"))
    assert "望海路大火" in words(card.top("en", ZONE, named, FIRE))


def test_the_loop_shows_the_time_of_each_step_reached():
    steps = card.top("zh-CN", ZONE, CARD, FIRE)[-1].children
    assert [step.className for step in steps] == ["done"] * 3 + ["next"] + [""] * 4
    assert [words(step.children[1]).strip() for step in steps[:4]] == ["09:00", "09:01", "09:02", ""]


def test_only_lawful_verbs_are_offered_and_the_next_one_is_filled():
    offered = buttons(card.acts("zh-CN", CARD, "handle"))
    assert [button.id["verb"] for button in offered] == ["handle", "reply", "note"]
    assert [button.className for button in offered] == ["act primary", "act", "act"]


def test_while_units_must_be_sent_no_other_verb_is_the_primary_one():
    waiting = replace(CARD, verbs=("accept", "reject", "note", "dispatch"))
    assert all(button.className == "act" for button in buttons(card.acts("zh-CN", waiting, "accept")))


def test_a_bound_unit_shows_the_steps_it_may_report():
    found = card.units("zh-CN", ZONE, CARD)
    assert "消防一中队" in words(found) and "2.1 公里" in words(found)
    assert [button.id["verb"] for button in buttons(found)] == ["ack", "release"]


def test_one_button_is_the_primary_one_and_a_key_stands_on_one_button_only():
    second = replace(BOND, id="A2", unit="E2", status="acknowledged")
    both = replace(
        CARD,
        assignments=(BOND, second),
        assignment_verbs={"A1": ("ack", "release"), "A2": ("arrive", "release")},
    )
    offered = buttons([*card.units("zh-CN", ZONE, both), *card.acts("zh-CN", both, "ack")])
    assert [b.id["verb"] for b in offered if "primary" in b.className] == ["ack"]
    letters = [getattr(b, "data-key", None) for b in offered]
    assert [one for one in letters if one] == ["S", "B", "D", "H", "R", "M"]


def test_letters_of_verbs_and_steps_are_all_different():
    letters = [*keys.VERBS.values(), *keys.STEPS.values()]
    assert len(letters) == len(set(letters)) and not {"F", "N", "U"} & set(letters)


def test_the_card_says_since_when_in_whose_hands_and_what_is_next():
    running = replace(INCIDENT, hands=("wang",), deadline=Deadline("arrive", AT, 300.0))
    said = words(card.top("zh-CN", ZONE, replace(CARD, incident=running), FIRE))
    for part in ("经手 wang", "联系人 陈** 138****2207", "110 09:00:00 接报", "下一步：队伍签收"):
        assert part in said
    bare = replace(INCIDENT, reporter=None, place="", address="", status="closed")
    said = words(card.top("zh-CN", ZONE, replace(CARD, incident=bare), FIRE))
    for part in ("联系人 未留", "经手 还没有人", "没有地名", "已办结，09:00:00"):
        assert part in said


def test_a_card_that_cannot_be_shown_says_why():
    assert "不在您的辖区内" in words(card.lost("zh-CN", "I9"))


def test_ended_assignments_are_history():
    over = replace(CARD, assignments=(replace(BOND, ended_at=AT, status="released"),), assignment_verbs={})
    assert card.units("zh-CN", ZONE, over) == []


def test_the_log_is_newest_first_and_quotes_words_as_text():
    rows = card.timeline("zh-CN", ZONE, CARD)[1].children
    assert "备注" in words(rows[0]) and "<i>门锁着</i>" in words(rows[0])
    assert "派遣 消防一中队，预计 4 分 10 秒" in words(rows[1])
    assert "定为 Ⅰ 级" in words(rows[-1])


OFFERS = [
    {"unit": "E1", "name": "消防一中队", "kind": "fire", "eta_s": 250.0, "distance_m": 2100.0,
     "position_age_s": 6.0, "reasons": ["nearest"], "warnings": []},
    {"unit": "E2", "name": "消防二中队", "kind": "fire", "eta_s": 400.0, "distance_m": 900.0,
     "position_age_s": None, "reasons": [], "warnings": ["not_by_road", "position_at_home"]},
]  # fmt: skip


def test_advice_says_eta_distance_and_age_of_position():
    first, second = advice.rows("zh-CN", {**advice.NOTHING, "units": OFFERS}, {"E1"})
    assert (first.className, second.className) == ("advice picked", "advice")
    for part in ("4 分 10 秒", "2.1 公里", "最快到达", "位置 6 秒前"):
        assert part in words(first)
    assert "驻地出发" in words(second) and "按直线估算" in words(second)


def test_nobody_free_is_a_sentence():
    assert "没有待命力量" in words(advice.rows("zh-CN", advice.NOTHING, ()))
