"""Reading CAP: by our own rules, held against the OASIS schema, and never a fault of ours whatever comes."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core.cap import Alert, Info, read_cap
from core.cap_rules import Word, class_of, judge, level_of
from core.errors import Refusal
from core.errors_intake import CapForAnotherRealm, CapInvalid, XmlDangerous

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
SAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "sample" / "cap"
GOOD = f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="{CAP}">
  <identifier>A-1</identifier><sender>met@city.example</sender><sent>2026-03-02T08:59:00+08:00</sent>
  <status>Actual</status><msgType>Update</msgType><source>台</source><scope>Restricted</scope>
  <restriction>desks</restriction><addresses>a</addresses><code>x</code><note>n</note>
  <references>met@city.example,A-0,2026-03-02T08:00:00+08:00</references><incidents>i</incidents>
  <info>
    <language>zh-CN</language><category>Met</category><event>暴雨</event><responseType>Shelter</responseType>
    <urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>
    <audience>all</audience><eventCode><valueName>SAME</valueName><value>SVR</value></eventCode>
    <effective>2026-03-02T08:59:00+08:00</effective><onset>2026-03-02T08:59:00+08:00</onset>
    <expires>2026-03-02T12:00:00+08:00</expires><senderName>市气象台</senderName>
    <headline>暴雨橙色预警</headline><description>雨很大</description><instruction>勿外出</instruction>
    <web>http://city.example/</web><contact>c</contact>
    <parameter><valueName>colour</valueName><value>ORANGE</value></parameter>
    <resource><resourceDesc>图</resourceDesc><mimeType>image/png</mimeType><size>12</size></resource>
    <area><areaDesc>东门</areaDesc><polygon>24.48,118.10 24.48,118.12 24.50,118.12 24.48,118.10</polygon>
      <circle>24.49,118.11 2.5</circle><geocode><valueName>GB</valueName><value>990101001</value></geocode>
      <altitude>1</altitude><ceiling>2</ceiling></area>
  </info>
</alert>
""".encode()
WORDS = [
    Word("cap_event", "暴雨", "12000"),
    Word("cap_event", "风", "12000"),
    Word("cap_category", "Fire", "21000"),
    Word("cap_colour", "Orange", "2"),
    Word("cap_severity", "Severe", "2"),
    Word("cap_severity", "Minor", "4"),
    Word("cap_severity", "Unknown/Immediate", "3"),
]
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_a_warning_is_read_whole() -> None:
    alert = read_cap(GOOD)
    info = alert.info
    assert info is not None
    assert (alert.identifier, alert.sender, alert.msg_type) == ("A-1", "met@city.example", "Update")
    assert alert.references[0].identifier == "A-0"
    assert (info.event, info.headline, info.categories) == ("暴雨", "暴雨橙色预警", ("Met",))
    assert info.areas[0].polygons[0][0] == (118.10, 24.48)
    assert info.areas[0].circles == (((118.11, 24.49), 2500.0),)
    assert info.areas[0].geocodes == (("GB", "990101001"),)


WRONG = {
    "<scope>Restricted</scope>": ("", "alert/scope", "cap_missing"),
    "<restriction>desks</restriction>": ("", "alert/restriction", "cap_missing"),
    "2026-03-02T08:59:00+08:00</sent>": ("2026-03-02T00:59:00Z</sent>", "alert/sent", "cap_time"),
    "<status>Actual": ("<status>Real", "alert/status", "cap_value"),
    "<note>n</note>": ("<note>n</note><note>m</note>", "alert/note", "cap_too_many"),
    "<code>x</code><note>n</note>": ("<note>n</note><code>x</code>", "alert/code", "cap_order"),
    "<certainty>Likely": ("<certainty>Sure", "alert/info/certainty", "cap_value"),
    "<areaDesc>东门</areaDesc>": ("", "alert/info/area/areaDesc", "cap_missing"),
    " 24.48,118.10</polygon>": ("</polygon>", "alert/info/area/polygon", "cap_polygon_open"),
    "<polygon>24.48,118.10": ("<polygon>118.10,24.48", "alert/info/area/polygon", "cap_coordinates"),
    "<circle>24.49,118.11 2.5": ("<circle>24.49", "alert/info/area/circle", "cap_coordinates"),
    "met@city.example,A-0,2026-03-02T08:00:00+08:00": ("", "alert/references", "cap_refers_to_nothing"),
    "example,A-0,2026": ("example;A-0;2026", "alert/references", "cap_reference"),
    "<identifier>A-1": ("<identifier> ", "alert/identifier", "cap_empty"),
    "<incidents>": ("<x/><incidents>", "alert/x", "cap_unknown_element"),
}


@pytest.mark.parametrize("part", WRONG)
def test_each_fault_is_named_with_its_place(part: str) -> None:
    instead, where, code = WRONG[part]
    text = GOOD.decode()
    assert part in text
    assert (where, code) in faults_of(text.replace(part, instead, 1).encode())


ATTACKS = {
    "an entity of a file": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><alert>&e;</alert>',
    "a parameter entity": b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://x.example/d.dtd"> %p;]><alert/>',
    "an outer document type": b'<!DOCTYPE alert SYSTEM "http://x.example/cap.dtd"><alert/>',
    "an empty document type": b"<!DOCTYPE alert []><alert/>",
    "a billion laughs": b"<!DOCTYPE a ["
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))
    + b"]><alert>&l9;</alert>",
    "a doctype in UTF-16": '<!DOCTYPE alert [<!ENTITY e "x">]><alert>&e;</alert>'.encode("utf-16"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_entities_and_document_types_are_refused(name: str) -> None:
    with pytest.raises((XmlDangerous, CapInvalid)) as told:
        read_cap(ATTACKS[name])
    assert b"root:" not in str(told.value.params).encode()


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_an_alert_or_a_refusal(body: bytes) -> None:
    with pytest.raises(Refusal):
        read_cap(body)


@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=6), st.integers(0, 40))
def test_a_damaged_warning_is_an_alert_or_a_refusal(at: int, put: bytes, cut: int) -> None:
    try:
        read_cap(GOOD[:at] + put + GOOD[at + cut :])
    except Refusal:
        return


# --- against the schema ----------------------------------------------------------------------------------

OURS_ALONE = {"cap_refers_to_nothing", "cap_reference", "cap_polygon_open", "cap_coordinates", "cap_empty"}
"""What the standard's text asks for and its schema cannot say."""
BY_SCOPE = ("alert/restriction", "alert/addresses")
VALUES = ("", "Alert", "Met", "2026-03-02T08:59:00Z", "24.48,118.1 3", "Unknown", "12", "Ack", "Private")


@pytest.fixture(scope="module")
def schema() -> Any:
    if not SAMPLE.exists():
        pytest.skip("the sample is not here")
    return etree.XMLSchema(etree.parse(SAMPLE / "CAP-v1.2.xsd"))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_our_rules_are_those_of_the_schema(schema: Any, data: st.DataObject) -> None:
    root = etree.fromstring(GOOD)
    for _ in range(data.draw(st.integers(0, 3))):
        _change(root, data)
    body = etree.tostring(root)
    told = faults_of(body)
    if schema.validate(etree.fromstring(body)):
        assert {code for where, code in told if where not in BY_SCOPE} <= OURS_ALONE
    else:
        assert told


def test_an_empty_language_is_the_schemas_default() -> None:
    empty = re.sub(rb"<language>[^<]*</language>", b"<language></language>", GOOD)
    assert empty != GOOD
    assert [info.language for info in read_cap(empty).infos] == ["en-US"]


def faults_of(body: bytes) -> set[tuple[str, str]]:
    try:
        read_cap(body)
    except CapInvalid as invalid:
        return {(where, code) for where, code, _ in invalid.params["faults"]}
    return set()


def _change(root: Any, data: st.DataObject) -> None:
    """Drop, double, move or rewrite an element."""
    nodes = [node for node in root.iter() if node is not root]
    if not nodes:
        return
    node = data.draw(st.sampled_from(nodes))
    how = data.draw(st.sampled_from(["drop", "double", "first", "text"]))
    if how == "drop":
        node.getparent().remove(node)
    elif how == "double":
        node.addnext(copy.deepcopy(node))
    elif how == "first":
        node.getparent().insert(0, node)
    elif len(node) == 0 and etree.QName(node).localname != "web":  # what is no address is not followed
        node.text = data.draw(st.sampled_from(VALUES))


# --- what becomes of it ----------------------------------------------------------------------------------


def warned(status: str = "Actual", kind: str = "Alert", **changed: Any) -> Alert:
    info = Info("zh-CN", ("Met",), "暴雨", "Immediate", "Severe", expires=datetime(2026, 3, 3, tzinfo=UTC))
    return Alert(
        "A", "s", "2026-03-02T08:59:00+08:00", status, kind, "Public", infos=(replace(info, **changed),)
    )


def test_a_warning_is_judged_by_status_kind_and_time() -> None:
    past = datetime(2026, 3, 1, tzinfo=UTC)
    judged = {
        "reported": judge(warned(), "live", NOW, None),
        "updated": judge(warned(kind="Update"), "live", NOW, "I1"),
        "cleared": judge(warned(kind="Cancel"), "live", NOW, "I1"),
        "kept_nothing_to_clear": judge(warned(kind="Cancel"), "live", NOW, None),
        "kept_expired": judge(warned(expires=past), "live", NOW, None),
        "kept_not_operational": judge(warned("Test"), "live", NOW, None),
        "kept_receipt": judge(warned(kind="Ack"), "live", NOW, "I1"),
        "kept_no_info": judge(replace(warned(), infos=()), "live", NOW, None),
    }
    assert list(judged) == list(judged.values())
    assert judge(warned(kind="Update"), "live", NOW, None) == "reported"
    assert judge(warned(responses=("AllClear",)), "live", NOW, "I1") == "cleared"
    assert judge(warned(urgency="Past"), "live", NOW, None) == "reported"
    assert judge(warned(kind="Update", urgency="Past"), "live", NOW, "I1") == "cleared"
    assert judge(warned("Exercise"), "drill:1", NOW, None) == "reported"


@pytest.mark.parametrize(("status", "realm"), [("Actual", "drill:1"), ("Exercise", "live")])
def test_a_drill_hears_no_real_warning_and_live_no_exercise(status: str, realm: str) -> None:
    with pytest.raises(CapForAnotherRealm):
        judge(warned(status), realm, NOW, None)


def test_class_and_level_follow_the_tables() -> None:
    info = warned().infos[0]
    assert class_of(info, WORDS) == "12000"
    assert class_of(replace(info, event="?", categories=("Fire",)), WORDS) == "21000"
    assert class_of(replace(info, event="?", categories=("Geo",)), WORDS) is None
    assert level_of(info, WORDS) == 2
    assert level_of(replace(info, severity="Unknown"), WORDS) == 3
    assert level_of(replace(info, severity="Minor", headline="大风橙色预警"), WORDS) == 2
    assert level_of(replace(info, severity="Minor", parameters=(("c", "ORANGE"),)), WORDS) == 2
    assert level_of(replace(info, severity="Moderate"), WORDS) == 4
