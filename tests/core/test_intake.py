"""Mappings, words and likeness: pure, and never a fault of ours whatever a source sends."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cap_rules import Word
from core.errors import Refusal
from core.errors_intake import FieldMissing, FieldWrong, MappingWrong
from core.intake import Facts, SourceMapping, look, mapping_of, read, write_back
from core.intake_alike import Nearness, Told, compare, rule_for
from core.intake_bodies import media_of, records, table_rows
from core.intake_words import bigrams, classes_of, level_of, likeness, number_of

DATA = Path(__file__).parents[2] / "db" / "data"
ZONE = ZoneInfo("Asia/Shanghai")
SHIPPED = {file.stem: json.loads(file.read_text()) for file in sorted((DATA / "intake").glob("*.json"))}
MEDIA = {".json": "json", ".xml": "xml", ".form": "form", ".csv": "csv"}


def shipped_words() -> list[Word]:
    with (DATA / "intake_rules.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [Word(row["kind"], row["word"], row["value"], float(row["weight"])) for row in rows]


WORDS = shipped_words()


def mapping(*fields: dict[str, Any], **more: Any) -> SourceMapping:
    about = {"source": "s", "name": "来源", "name_en": "Source", "channel": "c", "basis": "b"}
    return mapping_of({**about, "fields": list(fields), **more})


# --- mappings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SHIPPED)
def test_each_source_says_what_it_follows_and_its_sample_is_read_by_it(source: str) -> None:
    told = mapping_of(SHIPPED[source])
    assert told.source == source
    assert len(told.basis) > 15
    (file,) = (DATA / "intake" / "samples").glob(f"{source}.*")
    for record in records(told, MEDIA[file.suffix], file.read_bytes().strip(), told.encoding):
        reading = read(told, record, ZONE)
        assert reading.get("source_id")
        assert reading.get("text")
        assert {rule.to for rule in told.fields if rule.required} <= reading.values.keys()


def test_paths_go_through_lists_and_names_with_dots() -> None:
    record = {"a": [{"b": 1}, {"b": 2}], "@iot.id": 7, "x": {"@iot.id": 8}}
    assert [look(record, path) for path in ("a.1.b", "@iot.id", "x.@iot.id", "a.9.b", "a.b", "z.y")] == [
        2, 7, 8, None, None, None,
    ]  # fmt: skip


def test_values_are_taken_from_the_first_that_has_one_joined_split_and_translated() -> None:
    told = mapping(
        {"to": "source_id", "from": ["no", "id"]},
        {"to": "text", "from": ["a", "b"], "join": "，"},
        {"to": "lat", "from": ["at"], "split": ",", "part": 0},
        {"to": "lon", "from": ["at"], "split": ",", "part": 1},
        {"to": "class", "from": ["kind"], "codes": "class"},
        codes={"class": {"1": "21000"}},
    )
    record = {
        "no": "",
        "id": 12.0,
        "a": "冒烟",
        "b": "有人",
        "at": "24.49, 118.11",
        "kind": 1,
        "more": {"x": 1},
    }
    reading = read(told, record, ZONE)
    assert reading.values == {
        "source_id": "12", "text": "冒烟，有人", "lat": 24.49, "lon": 118.11, "class": "21000",
    }  # fmt: skip
    assert reading.extra == {"more.x": 1}
    assert read(told, {**record, "kind": "9"}, ZONE).unknown_codes == {"class": "9"}


@pytest.mark.parametrize(
    ("form", "given_"),
    [
        ("iso", "2026-03-02T09:00:00+08:00"),
        ("iso", "2026-03-02 09:00:00"),
        ("epoch_ms", "1772413200000"),
        ("epoch_s", 1772413200),
        ("%Y%m%d%H%M%S", "20260302090000"),
    ],
)
def test_times_are_read_by_their_format_and_are_the_citys_without_an_offset(form: str, given_: Any) -> None:
    told = mapping({"to": "occurred_at", "from": ["t"]}, times=[form])
    assert read(told, {"t": given_}, ZONE).get("occurred_at") == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_a_refusal_names_the_field_as_the_source_calls_it() -> None:
    told = mapping({"to": "text", "from": ["内容"], "required": True}, {"to": "lon", "from": ["jd"]})
    with pytest.raises(FieldMissing) as missing:
        read(told, {"jd": 118.1}, ZONE)
    assert (missing.value.params["fields"], missing.value.params["pointer"]) == (["内容"], "/内容")
    with pytest.raises(FieldWrong) as wrong:
        read(told, {"内容": "火", "jd": "东经118"}, ZONE)
    assert (wrong.value.params["field"], wrong.value.params["value"]) == ("jd", "东经118")


@pytest.mark.parametrize(
    "changed", [{"source": "A b"}, {"fields": []}, {"media": ["pdf"]}, {"unknown": 1}, {"place": "moon"}]
)
def test_a_mapping_that_does_not_fit_its_shape_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MappingWrong):
        mapping_of({**SHIPPED["webhook"], **changed})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted(
    {path.split(".")[0] for one in SHIPPED.values() for f in one["fields"] for path in f.get("from", ())}
)


@settings(deadline=None)
@given(st.sampled_from(sorted(SHIPPED)), st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), JSON))
def test_any_record_is_read_or_refused(source: str, record: dict[str, Any]) -> None:
    try:
        reading = read(mapping_of(SHIPPED[source]), record, ZONE)
    except Refusal:
        return
    assert all(value is not None for value in reading.values.values())


@settings(deadline=None)
@given(
    st.sampled_from(sorted(SHIPPED)),
    st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()) | st.text().map(str.encode),
    st.sampled_from(["", "application/json", "text/xml", "application/x-www-form-urlencoded", "x/y"]),
    st.sampled_from([None, "gbk", "utf-16", "nonsense", "base64"]),
)
def test_any_body_is_records_or_refused(source: str, body: bytes, kind: str, encoding: str | None) -> None:
    told = mapping_of(SHIPPED[source])
    try:
        found = records(told, media_of(told, kind, body), body, encoding)
    except Refusal:
        return
    assert found


def test_rows_of_a_table_are_by_their_heading() -> None:
    rows = list(table_rows("编号, 内容 ,x\n1,火\n\n2,水,3,4\n,,\n"))
    assert rows == [{"编号": "1", "内容": "火"}, {"编号": "2", "内容": "水", "x": "3"}]


def test_a_source_is_told_in_its_own_words_of_what_it_asked_for() -> None:
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    facts = Facts("880231", "20260302-000001", "handled", at, "已清理 $x", "城管")
    told = write_back(mapping_of(SHIPPED["citymgmt"]), facts, ZONE)
    assert told == {
        "case_id": "880231", "status": "处置", "opinion": "已清理 $x", "time": "2026-03-02 09:00:00",
    }  # fmt: skip
    assert write_back(mapping_of(SHIPPED["citymgmt"]), Facts("1", "n", "reported", at), ZONE) is None
    nested = write_back(mapping_of(SHIPPED["municipal"]), facts, ZONE)
    assert nested is not None
    assert nested["service_requests"]["request"]["status"] == "open"


# --- words -----------------------------------------------------------------------------------------------

SAID = {
    "3号楼5楼着火了，浓烟很大，有人被困": "21000",
    "松柏路两车追尾，一人受伤": "22000",
    "家里闻到煤气味": "24000",
    "电梯困人，里面有个老人": "26000",
    "老人晕倒在公交站": "33000",
    "有人持刀打架": "41000",
    "老人走失，穿红色外套": "43000",
    "下穿通道积水，车辆熄火": "11000",
    "工地夜间施工噪音扰民": "51030",
    "流动摊贩占道经营": "51050",
    "门口垃圾满溢没人清理": "51010",
    "人行道井盖缺失": "51040",
    "拖欠工资，几十人讨薪": "42000",
    "邻里纠纷吵架": "61000",
    "小区停水一天了": "25000",
    "后山山火": "15000",
}


@pytest.mark.parametrize("text", SAID)
def test_the_class_is_proposed_by_what_people_say(text: str) -> None:
    proposed = classes_of(text, WORDS)
    assert SAID[text] in [one.code for one in proposed[:2]], proposed
    assert all(word in text for one in proposed for word in one.why)


def test_what_only_sounds_alike_proposes_nothing() -> None:
    assert classes_of("楼道灭火器过期了", WORDS) == []
    assert classes_of("火车站在哪里", WORDS) == []
    assert classes_of("", WORDS) == []


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("已造成三十余人死亡", 1), ("12人遇难", 2), ("死亡3人", 3), ("一人死亡", 4), ("重伤五十人", 2),
        ("发生爆炸", 2), ("有人被困", 3), ("暴雨红色预警", 1), ("十二名学生中毒", 3), ("路灯不亮", None),
    ],
)  # fmt: skip
def test_the_level_is_proposed_by_counts_and_words(text: str, level: int | None) -> None:
    told = level_of(text, WORDS)
    assert (told.level if told else None) == level


@pytest.mark.parametrize(
    ("text", "number"), [("十", 10), ("二十三", 23), ("一百零五", 105), ("两百", 200), ("7", 7)]
)
def test_numbers_are_read_in_both_writings(text: str, number: int) -> None:
    assert number_of(text) == number


@given(st.text(max_size=300))
def test_any_text_has_proposals_within_bounds(text: str) -> None:
    assert all(0 < one.score <= 1 for one in classes_of(text, WORDS))
    told = level_of(text, WORDS)
    assert told is None or 1 <= told.level <= 4


# --- likeness --------------------------------------------------------------------------------------------

RULES = [Nearness("", 200, 120, 0.45), Nearness("5", 100, 1440, 0.5), Nearness("51", 80, 60, 0.5)]
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def told(ident: str, text: str, minutes: float = 0, kind: str = "21000", group: str = "accident") -> Told:
    return Told(ident, kind, group, AT + timedelta(minutes=minutes), text)


def test_the_longest_prefix_rules() -> None:
    assert [rule_for(code, RULES) for code in ("51010", "5", "21000")] == [RULES[2], RULES[1], RULES[0]]
    assert rule_for("21000", RULES[1:]) is None


def test_two_reports_of_one_fire_are_told_before_a_neighbours_complaint() -> None:
    one = told("1", "东门路12号居民楼三楼着火")
    others = [
        (told("2", "东门路12号楼着火，三楼冒烟", 4), 30.0),
        (told("3", "有人在东门路打架", 4, "41000", "security"), 30.0),
        (told("4", "东门路12号居民楼三楼着火", 121), 0.0),
        (told("5", "东门路12号居民楼三楼着火", 1), 201.0),
        (told("6", "烟感报警", 2, "27000"), 10.0),
    ]
    found = compare(one, others, RULES[0])
    assert [each.id for each in found] == ["2", "6"]
    assert (found[0].related, found[1].related) == ("class", "group")
    assert found[0].score > found[1].score


@given(st.text(max_size=50), st.text(max_size=50))
def test_likeness_is_the_same_both_ways_and_whole_of_itself(one: str, other: str) -> None:
    first, second = bigrams(one), bigrams(other)
    assert likeness(first, second) == likeness(second, first) <= 1
    assert likeness(first, first) == (1 if first else 0)
