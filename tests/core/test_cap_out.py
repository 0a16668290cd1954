"""What we send is CAP 1.2: valid against the OASIS schema, read back as it was meant, and never Actual in a
drill."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from core.cap import read_cap
from core.cap_out import DRILL_MARK_EN, MsgType, write_cap
from core.cap_rules import colour_of
from core.outbound import DRILL_MARK
from core.warning_model import Bulletin, status_of
from tests.core.bulletins import TABLE, bulletin, bulletins
from tests.core.strategies import examples

XSD = Path(__file__).resolve().parents[2].parent / "shared" / "sample" / "cap" / "CAP-v1.2.xsd"
needs_xsd = pytest.mark.skipif(not XSD.exists(), reason="the schema is not here")
MESSAGES: tuple[MsgType, ...] = ("Alert", "Update", "Cancel")
kinds = st.sampled_from(MESSAGES)
realms = st.sampled_from(["live", "drill:D1", "drill:live", "LIVE", "live ", "", "system"])


def references(kind: MsgType) -> tuple[str, ...]:
    earlier = replace(bulletin(), identifier="W1-0").reference
    return () if kind == "Alert" else (earlier, replace(bulletin(), identifier="W1-00").reference)


@needs_xsd
@examples(60)
@given(bulletins(), kinds, realms)
def test_every_message_is_valid_against_the_schema(said: Bulletin, kind: MsgType, realm: str) -> None:
    schema = etree.XMLSchema(etree.parse(XSD))
    schema.assertValid(etree.fromstring(write_cap(said, kind, references(kind), realm)))


@examples(100)
@given(bulletins(), kinds)
def test_our_own_reader_reads_back_what_was_said(said: Bulletin, kind: MsgType) -> None:
    alert = read_cap(write_cap(said, kind, references(kind), "live"))
    assert (alert.identifier, alert.sender, alert.sent) == (said.identifier, said.sender, said.sent)
    assert (alert.status, alert.msg_type, alert.scope) == ("Actual", kind, "Public")
    assert tuple(",".join((r.sender, r.identifier, r.sent)) for r in alert.references) == references(kind)
    zh, en = alert.infos
    assert (zh.language, en.language) == ("zh-CN", "en")
    assert (zh.headline, zh.description, zh.event) == (said.headline, said.text, said.event)
    assert (en.headline, en.description, en.event) == (said.headline_en, said.text_en, said.event_en)
    for info in (zh, en):
        assert (info.urgency, info.severity, info.certainty) == (
            said.urgency, said.severity, said.certainty,
        )  # fmt: skip
        assert info.categories == (said.category,)
        assert info.expires is not None and abs((info.expires - said.expires).total_seconds()) < 1
        assert colour_of(info) == said.colour
        assert info.areas[0].polygons == said.rings
        assert tuple(code for _, code in info.areas[0].geocodes) == said.areas


@given(bulletins(), kinds, realms)
@examples(60)
def test_a_drill_says_exercise_in_its_status_and_in_its_words(
    said: Bulletin, kind: MsgType, realm: str
) -> None:
    alert = read_cap(write_cap(said, kind, references(kind), realm))
    drill = realm != "live"
    assert alert.status == status_of(realm) == ("Exercise" if drill else "Actual")
    zh, en = alert.infos
    assert all(text.startswith(DRILL_MARK) == drill for text in (zh.headline, zh.description, alert.note))
    assert all(text.startswith(DRILL_MARK_EN) == drill for text in (en.headline, en.description))


def test_a_time_has_the_citys_offset_and_never_a_z() -> None:
    document = write_cap(bulletin(), "Alert", (), "live").decode()
    assert "<sent>2026-03-02T09:00:00+08:00</sent>" in document
    assert "<expires>2026-03-03T09:00:00+08:00</expires>" in document


def test_control_characters_of_a_careless_paste_do_not_stop_a_warning() -> None:
    alert = read_cap(write_cap(replace(bulletin(), text="请\x0b进入\x00室内"), "Alert", (), "live"))
    assert alert.infos[0].description == "请进入室内"


def test_the_words_of_the_longest_beginning_of_a_class_are_taken() -> None:
    assert TABLE.event("21100").event == "高层建筑火灾"
    assert TABLE.event("21000").event == "突发事件"
