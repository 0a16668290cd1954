"""Nobody learns what is outside their scope by a side door, and whoever tries is in the audit."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from actions import alerts, case_queries, duty, handover, incidents, intake_messages, reading
from actions.attachments import attach
from actions.attachments import read as read_attachment
from actions.duty_commands import HandOverCommand
from actions.imports import import_file
from actions.intake_pull import list_sources, pull_now, set_mapping, set_pull
from actions.intake_taking import take
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import Forbidden, NotFound
from core.errors_cases import TooOften
from core.errors_intake import PullFailed
from core.intake import Pull
from core.permissions import Principal
from db.intake import read_source
from db.tables_intake import intake_message
from tests import cast
from tests.actions.test_duty import CONTACTS
from tests.parts import Clock, facts, kinds, report, report_command

POLICE = Principal("p1", "jing", "officer", dept="gongan", seat="dept-1")
PAPER = b"%PDF-1.4\n"


def denied(city: Services) -> list[str]:
    return [wire["body"] for wire in facts(city, "system") if wire["kind"] == "ReadDenied"]


def kept(city: Services) -> int:
    with city.engine.connect() as conn:
        return conn.scalar(select(func.count()).select_from(intake_message)) or 0


@pytest.mark.parametrize("who", [cast.VIEWER, Principal("w", "wall", "wall", kind="wall")])
def test_a_warning_of_somebody_who_may_not_report_leaves_nothing(city: Services, who: Principal) -> None:
    with pytest.raises(Forbidden):
        alerts.take_cap(city, Call(who), b"<no-warning/>")
    assert kept(city) == 0


def test_a_masked_number_is_not_found_by_its_digits(city: Services, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(CONTACTS, encoding="utf-8")
    import_file(city, cast.LEADER, "contacts", tmp_path / "c.csv")
    whole = duty.phone_book(city, cast.OFFICER)[0]["phone"]
    assert duty.phone_book(city, cast.OFFICER, words=whole)
    assert not duty.phone_book(city, cast.VIEWER, words=whole)


def test_the_log_tells_a_change_of_shifts_to_its_office_and_those_above_alone(city: Services) -> None:
    handover.hand_over(city, Call(cast.OFFICER), HandOverCommand(notes="重点关注"))

    def told(who: Principal) -> bool:
        return "ShiftHandedOver" in {w["kind"] for w in reading.events(city, who, "live", 0, 100).seen}

    assert told(cast.OFFICER)
    assert not told(POLICE), "of the city, but not of the city's desk"
    handover.hand_over(city, Call(cast.OFFICER_A), HandOverCommand())
    beside = Principal("b1", "zhou", "officer", area=cast.TOWN_B)
    assert told(cast.OFFICER_A) and not told(beside)


def test_a_foreign_number_of_a_source_tells_nothing_of_its_incident(city: Services) -> None:
    report(city, cast.IN_B, source_id="GD-1", channel="12345")
    again = report_command(cast.IN_A, source_id="GD-1", channel="12345")
    with pytest.raises(NotFound):
        incidents.report(city, Call(cast.OFFICER_A), again)
    assert incidents.report(city, Call(cast.OFFICER), again)["created"] is False


def test_whoever_asks_for_what_is_not_theirs_stands_in_the_audit(city: Services) -> None:
    ident = report(city, cast.IN_B)
    given = attach(city, Call(cast.OFFICER), ident, "a.pdf", PAPER)["attachment"]
    left = handover.hand_over(city, Call(cast.OFFICER), HandOverCommand())["id"]
    taken = take(city, Call(cast.OFFICER), "webhook", b'{"source_id": 1}', "application/json")
    asked: list[Any] = [
        lambda: read_attachment(city, cast.OFFICER_A, "live", given),
        lambda: handover.read(city, cast.OFFICER_A, "live", left),
        lambda: intake_messages.find(city, Call(cast.OFFICER_A), taken[0].message),
        lambda: intake_messages.find(city, Call(POLICE), taken[0].message),
        lambda: case_queries.find_number(city, cast.OFFICER_A, "live", row_number(city, ident)),
    ]
    for number, ask in enumerate(asked, 1):
        with pytest.raises(NotFound) as refused:
            ask()
        assert ident not in str(refused.value.params)
        assert len(denied(city)) == number
    with pytest.raises(Forbidden):
        case_queries.reveal(city, cast.VIEWER, "live", ident, "想看")
    assert len(denied(city)) == len(asked) + 1


def row_number(city: Services, ident: str) -> str:
    return case_queries.read_incident(city, cast.OFFICER, "live", ident).number


def test_an_incident_takes_so_many_attachments_and_no_more(
    city: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.attachments.MOST", 2)
    ident = report(city)
    for number in range(2):
        attach(city, Call(cast.OFFICER), ident, "a.pdf", PAPER + str(number).encode())
    with pytest.raises(TooOften):
        attach(city, Call(cast.OFFICER), ident, "a.pdf", PAPER)


def test_a_key_in_an_address_is_told_to_nobody(
    city: Services, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    set_pull(city, "table", Pull(url="http://127.0.0.1:9/a.csv?key=S3CRET"))
    with pytest.raises(PullFailed) as failed:
        pull_now(city, "table")
    told = str(list_sources(city)) + str(failed.value.params) + caplog.text
    assert "S3CRET" not in told and "http://127.0.0.1:9/a.csv" in told


def test_a_message_without_a_number_told_twice_at_once_is_one_incident(city: Services) -> None:
    with city.engine.connect() as conn:
        mapping = read_source(conn, "webhook")
    fields = [one for one in mapping["fields"] if one["to"] != "source_id"]
    set_mapping(city, {**mapping, "source": "numberless", "fields": fields})
    where = {"lon": cast.IN_A[0], "lat": cast.IN_A[1]}
    body = json.dumps({"text": "楼道冒烟", "class": cast.FIRE, "severity": 2, "location": where}).encode()
    tell = partial(take, city, Call(cast.SYSTEM_A), "numberless", body, "application/json")
    with ThreadPoolExecutor(4) as pool:
        told = [one.result()[0] for one in [pool.submit(tell) for _ in range(4)]]
    assert len({one.answer["id"] if one.answer else one.refusal for one in told}) == 1
    assert kinds(city).count("IncidentReported") == 1
