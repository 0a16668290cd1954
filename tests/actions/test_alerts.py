"""Warnings: every file of the sample, and the life of one in the city: told, changed, lifted."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from actions import alerts, intake_taking
from actions.queries import read_incident, timeline
from actions.realms import open_realm
from actions.services import Services
from actions.unit_of_work import Call
from core.cap import Info
from core.cap_rules import class_of
from core.errors import NotFound, Refusal
from core.errors_intake import CapForAnotherRealm, CapInvalid
from core.permissions import SYSTEM, Principal
from db import intake as db
from tests.cast import AREA_A, OFFICER_A, SYSTEM_A, TOWN_A, TOWN_B
from tests.parts import Clock, Follower, found_city, head

SAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "sample" / "cap"
TABLE = Path(__file__).with_name("cap_samples.csv")
needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")
CALL = Call(SYSTEM_A)


def table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def become(services: Services, row: dict[str, str]) -> str:
    """The outcome, or the code of the refusal."""
    body = (SAMPLE / row["file"]).read_bytes()
    try:
        if row["source"] == alerts.SOURCE:
            return str(alerts.take_cap(services, CALL, body)["outcome"])
        (taken,) = intake_taking.take(services, CALL, row["source"], body, "application/json")
    except Refusal as refusal:
        return refusal.code
    return str(taken.answer["outcome"]) if taken.answer else taken.refusal.code if taken.refusal else ""


@needs_sample
def test_every_message_of_the_sample_is_in_the_table() -> None:
    messages = {file.name for file in SAMPLE.iterdir() if file.suffix in (".cap", ".json")}
    assert messages == {row["file"] for row in table()}


@needs_sample
@pytest.mark.parametrize("row", table(), ids=lambda row: row["file"])
def test_what_becomes_of_a_file_today_stands_in_the_table(city: Services, row: dict[str, str]) -> None:
    assert become(city, row) == row["today"], row["why"]


IN_FORCE = {
    "australia.cap": "2011-10-06T00:00:00+10:00",
    "earthquake-iso8859-1.cap": "2012-10-14T23:00:00+00:00",
    "thunderstorm.cap": "2003-06-17T15:00:00-07:00",
    "weather.cap": "2010-08-30T05:00:00-06:00",
    "qweather_getWarningNow-zh.json": "2023-04-03T10:31:00+08:00",
    "qweather_getWeatherAlertCurrent-zh.json": "2025-10-24T11:20:00+08:00",
}


@needs_sample
@pytest.mark.parametrize(
    "row", [row for row in table() if row["file"] in IN_FORCE], ids=lambda row: row["file"]
)
def test_what_becomes_of_it_while_it_is_in_force(
    services: Services, clock: Clock, row: dict[str, str]
) -> None:
    clock.at = datetime.fromisoformat(IN_FORCE[row["file"]])
    found_city(services)
    assert become(services, row) == row["in_force"], row["why"]


@needs_sample
def test_every_kind_of_weather_warning_has_a_class(city: Services) -> None:
    with (SAMPLE / "qweather_alert-events.csv").open(encoding="utf-8") as file:
        names = [row["type_name_zh"] for row in csv.DictReader(file)]
    with city.engine.connect() as conn:
        words = db.words(conn)
    classes = {name: class_of(Info("zh-CN", ("Met",), name, "", ""), words) for name in names}
    assert len(names) > 80
    assert None not in classes.values()
    assert (classes["地质灾害"], classes["森林火险"], classes["渍涝风险"]) == ("14000", "15000", "11000")


# --- the life of a warning -------------------------------------------------------------------------------

POLYGON = "24.482,118.102 24.482,118.108 24.488,118.108 24.488,118.102 24.482,118.102"


def cap(number: str = "1", kind: str = "Alert", refers: str = "", **changed: str) -> bytes:
    told = {
        "status": "Actual", "event": "暴雨", "severity": "Severe", "headline": "暴雨橙色预警",
        "expires": "2026-03-02T20:00:00+08:00", "area": f"<polygon>{POLYGON}</polygon>", "desc": "东门",
        **changed,
    }  # fmt: skip
    sent = f"2026-03-02T09:00:0{number}+08:00"
    references = f"<references>met,{refers},2026-03-02T09:00:0{refers}+08:00</references>" if refers else ""
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{number}</identifier>
    <sender>met</sender><sent>{sent}</sent><status>{told["status"]}</status><msgType>{kind}</msgType>
    <scope>Public</scope>{references}<info><language>zh-CN</language><category>Met</category>
    <event>{told["event"]}</event><urgency>Immediate</urgency><severity>{told["severity"]}</severity>
    <certainty>Likely</certainty><expires>{told["expires"]}</expires><headline>{told["headline"]}</headline>
    <description>三小时五十毫米</description><area><areaDesc>{told["desc"]}</areaDesc>{told["area"]}</area></info>
    </alert>""".encode()


def taken(services: Services, body: bytes, realm: str = "live") -> dict[str, Any]:
    return alerts.take_cap(services, replace(CALL, realm=realm), body)


def test_a_warning_becomes_an_incident_where_it_holds_and_is_given_back(city: Services) -> None:
    body = cap()
    told = taken(city, body)
    incident = read_incident(city, OFFICER_A, "live", told["incident"])
    assert (incident.class_code, incident.severity, incident.title) == ("12000", 2, "暴雨橙色预警")
    assert (round(incident.lon, 3), round(incident.lat, 3), incident.area) == (118.105, 24.485, AREA_A)
    assert told["areas"] == [TOWN_A]
    assert alerts.read_xml(city, OFFICER_A, "live", told["alert"]) == body
    assert alerts.list_alerts(city, OFFICER_A, "live")[0]["outcome"] == "reported"
    Follower(city).compare()


def test_the_same_warning_again_is_the_same_incident(city: Services) -> None:
    first, position = taken(city, cap()), head(city)
    again = taken(city, cap())
    assert (again["incident"], again["created"]) == (first["incident"], False)
    assert head(city) == position


def test_an_update_changes_the_incident_and_a_cancel_asks_to_close_it(city: Services) -> None:
    first = taken(city, cap())["incident"]
    changed = cap("2", "Update", "1", headline="暴雨红色预警", severity="Extreme", event="渍涝")
    assert taken(city, changed)["outcome"] == "updated"
    incident = read_incident(city, SYSTEM, "live", first)
    assert (incident.title, incident.severity, incident.class_code) == ("暴雨红色预警", 1, "11000")
    over = taken(city, cap("3", "Cancel", "2"))
    assert (over["outcome"], over["incident"]) == ("cleared", first)
    last = timeline(city, SYSTEM, "live", first)[-1]
    assert last["kind"] == "NoteAdded"
    assert "请核实后办结" in last["body"]["text"]
    Follower(city).compare()


def test_nobody_changes_or_lifts_a_warning_outside_their_scope_by_naming_its_sender(city: Services) -> None:
    first = taken(city, cap())["incident"]
    beside = replace(SYSTEM_A, id="t2", name="beside", area=TOWN_B)
    phone = Principal("F2", "F2", "unit", area=TOWN_B, kind="unit")
    for by in (beside, phone):
        told = alerts.take_cap(city, Call(by), cap("3" if by is phone else "4", "Cancel", "1"))
        assert (told["outcome"], told["incident"]) == ("kept_nothing_to_clear", None)
    assert read_incident(city, SYSTEM, "live", first).version == head(city)


def test_an_update_of_what_nobody_told_is_a_warning_and_a_cancel_of_it_is_kept(city: Services) -> None:
    assert taken(city, cap("2", "Update", "1"))["outcome"] == "reported"
    assert taken(city, cap("5", "Cancel", "4"))["outcome"] == "kept_nothing_to_clear"


def test_a_warning_that_only_touches_the_city_lies_in_the_part_inside(city: Services) -> None:
    wide = "<polygon>24.0,117.0 24.0,118.105 25.0,118.105 25.0,117.0 24.0,117.0</polygon>"
    told = taken(city, cap(area=wide))
    incident = read_incident(city, SYSTEM, "live", told["incident"])
    assert 118.10 <= incident.lon <= 118.105
    assert told["areas"] == [TOWN_A]


def test_a_circle_a_code_and_a_name_say_where_too(city: Services) -> None:
    circle = taken(city, cap("1", area="<circle>24.49,118.13 0.5</circle>"))
    code = taken(city, cap("2", area=f"<geocode><valueName>c</valueName><value>{TOWN_B}</value></geocode>"))
    named = taken(city, cap("3", area="", desc="西门1一带"))
    assert [one["areas"] for one in (circle, code, named)] == [[TOWN_B]] * 3


def test_a_warning_of_elsewhere_or_of_no_place_is_kept_without_acting(city: Services) -> None:
    position = head(city)
    assert taken(city, cap(area="", desc="纽约"))["outcome"] == "kept_outside"
    assert taken(city, cap("2", area="<circle>10,10 1</circle>"))["outcome"] == "kept_outside"
    assert head(city) == position


def test_an_exercise_goes_to_a_drill_alone(city: Services) -> None:
    open_realm(city, "drill:1")
    with pytest.raises(CapForAnotherRealm):
        taken(city, cap(status="Exercise"))
    with pytest.raises(CapForAnotherRealm):
        taken(city, cap(), "drill:1")
    assert taken(city, cap(status="Exercise"), "drill:1")["outcome"] == "reported"
    assert taken(city, cap("2", status="Test"))["outcome"] == "kept_not_operational"


def test_a_warning_that_is_refused_is_kept_as_a_dead_letter(city: Services) -> None:
    with pytest.raises(CapInvalid):
        taken(city, b"<alert/>")
    with city.engine.connect() as conn:
        (letter,) = db.list_messages(conn, "live", "", {"source": alerts.SOURCE}, 10)
    assert (letter.outcome, letter.error["code"]) == ("refused", "cap_invalid")


def test_a_warning_of_another_town_is_not_shown(city: Services) -> None:
    there = taken(city, cap(area="<circle>24.49,118.13 0.5</circle>"))
    with pytest.raises(NotFound):
        alerts.read_xml(city, OFFICER_A, "live", there["alert"])
