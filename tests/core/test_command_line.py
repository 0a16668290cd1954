"""What a dispatcher types, read as an order or refused with what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.command_line import FORMS, STATES, Known, KnownIncident, KnownUnit, Order, parse
from core.errors import Refusal
from core.errors_orders import (
    CallSignAmbiguous,
    CallSignNotFound,
    NumberAmbiguous,
    NumberNotFound,
    OrderIncomplete,
    OrderTooLong,
    OrderUnknown,
    StateNotFound,
)
from tests.core.strategies import examples

KNOWN = Known(
    incidents=(
        KnownIncident("I1", "20260302-000123", "火灾", True),
        KnownIncident("I2", "20260302-001123", "积水", True),
        KnownIncident("I3", "20260301-000045", "占道", False),
        KnownIncident("I4", "20260301-000077", "走失", False),
        KnownIncident("I5", "20260302-000177", "燃气泄漏", True),
    ),
    units=(
        KnownUnit("E03", "消防三中队 E03"),
        KnownUnit("E32", "消防八中队 E32"),
        KnownUnit("M07", "120 急救 M07"),
        KnownUnit("P01", "巡警 01"),
        KnownUnit("P11", "特警 11"),
    ),
    selected="I2",
)


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("d 000123 E32 M07", Order("dispatch", "I1", ("E32", "M07"))),
        ("D 000123，ｅ32、M7 E32", Order("dispatch", "I1", ("E32", "M07"))),
        ("d0123 e3", Order("dispatch", "I1", ("E03",))),
        ("派遣 #1123 急救", Order("dispatch", "I2", ("M07",))),
        ("d E32", Order("dispatch", "I2", ("E32",))),
        ("d 177 特警11", Order("dispatch", "I5", ("P11",))),
        ("o 77", Order("open", "I4")),
        ("h 0123 E32", Order("hold", "I1", ("E32",))),
        ("r E32 E3 爆胎", Order("replace", None, ("E32", "E03"), text="爆胎")),
        ("a", Order("accept", "I2")),
        ("s E32 到场", Order("status", units=("E32",), state="arrive")),
        ("s e32 3", Order("status", units=("E32",), state="arrive")),
        ("s M07 退派 车辆故障，无法出动", Order("status", None, ("M07",), "decline", "车辆故障，无法出动")),
        ("k E32", Order("check", units=("E32",))),
        ("ｎ　0123　楼道有烟，已疏散", Order("note", "I1", text="楼道有烟，已疏散")),
        ("o 45", Order("open", "I3")),
        ("f 粤海 街道", Order("find", text="粤海 街道")),
        ("？", Order("help")),
    ],
)
def test_a_line_is_read_as_its_order(line: str, order: Order) -> None:
    assert parse(line, KNOWN) == order


@pytest.mark.parametrize(
    ("line", "refusal", "said"),
    [
        ("", OrderUnknown, ""),
        ("dispach 0123", OrderUnknown, "d"),
        ("d", OrderIncomplete, "unit"),
        ("n 0123", OrderIncomplete, "words"),
        ("d 99999 E32", NumberNotFound, "99999"),
        ("d 23 E32", NumberAmbiguous, "20260302-000123 火灾；20260302-001123 积水"),
        ("d 0123 E33", CallSignNotFound, "E"),
        ("d 0123 E", CallSignAmbiguous, "E03 消防三中队 E03；E32 消防八中队 E32"),
        ("s E32 睡觉", StateNotFound, "3=到场"),
        ("a 0123 E32", OrderTooLong, "E32"),
    ],
)
def test_what_is_missing_or_means_several_is_named(line: str, refusal: type[Refusal], said: str) -> None:
    with pytest.raises(refusal) as found:
        parse(line, KNOWN)
    assert said in " ".join(str(value) for value in found.value.params.values())


def test_without_a_number_and_without_an_open_incident_the_number_is_asked_for() -> None:
    with pytest.raises(OrderIncomplete) as found:
        parse("d E32", Known(KNOWN.incidents, KNOWN.units))
    assert found.value.params["part"] == "incident"


def test_call_signs_of_digits_are_units_where_no_incident_ends_so() -> None:
    city = Known(KNOWN.incidents, (KnownUnit("811", "一队"),), "I1")
    assert parse("d 811", city) == Order("dispatch", "I1", ("811",))


WORDS = ("d", "s", "k", "n", "0123", "E32", "到场", "3", "，", "、", "?", "x")


@examples(200)
@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_line_is_an_order_or_a_refusal(line: str) -> None:
    try:
        parse(line, KNOWN)
    except Refusal as refusal:
        assert refusal.code.startswith(("order", "number", "call_sign", "state"))


def test_the_table_of_the_guide_is_that_of_the_grammar() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "desk.md").read_text(encoding="utf-8").split("\n## ")[1]
    told = re.findall(r"^\| `([^ `]+)[^`]*` \| ([^|]+?) \|", guide, re.MULTILINE)
    assert told == [(form.letter, form.words[0]) for form in FORMS]
    for digit, word in STATES.values():
        assert f"{digit} {word}" in guide
