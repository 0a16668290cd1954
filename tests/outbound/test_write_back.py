"""回写: the source is told in its own words, once, and nobody else is."""

from __future__ import annotations

from typing import Any

import core.events as e
from actions.commands import Location, ReportCommand
from actions.incidents import accept, merge, report
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from outbound.reader import Reader
from outbound.write_back import CHANNEL
from tests.cast import IN_A, LITTER, OFFICER
from tests.outbound.desk import messages, read, tell


def told(services: Services) -> list[Any]:
    return [row for row in messages(services) if row.channel == CHANNEL]


def reported(services: Services, channel: str, source_id: str | None) -> str:
    where = Location(lon=IN_A[0], lat=IN_A[1])
    command = ReportCommand(
        class_code=LITTER, text="占道经营", location=where, channel=channel, source_id=source_id
    )
    return str(report(services, Call(SYSTEM), command)["id"])


def test_the_source_is_told_of_what_it_asked_for_in_its_own_words(city: Services, reader: Reader) -> None:
    ident = reported(city, "citymgmt", "880231")
    accept(city, Call(OFFICER), ident)
    tell(city, ident, e.IncidentReplied(text="已劝离"), e.NoteAdded(text="与来源无关"))
    read(reader)
    bodies = [row.body for row in told(city)]
    assert [(body["source"], body["media"], body["encoding"]) for body in bodies] == [
        ("citymgmt", "form", "gbk")
    ] * 2
    assert [body["payload"]["status"] for body in bodies] == ["立案", "回复"]
    assert bodies[1]["payload"] == {
        "case_id": "880231", "status": "回复", "opinion": "已劝离", "time": "2026-03-02 09:00:00",
    }  # fmt: skip
    read(reader)
    assert len(told(city)) == 2


def test_who_gave_no_number_or_is_no_source_is_told_nothing(city: Services, reader: Reader) -> None:
    for channel, number in (("citymgmt", None), ("desk", "1"), ("traffic", "2")):
        accept(city, Call(OFFICER), reported(city, channel, number))
    read(reader)
    assert told(city) == []


def test_the_sources_of_duplicates_are_told_what_became_of_the_incident_that_took_them(
    city: Services, reader: Reader
) -> None:
    first, second = reported(city, "citymgmt", "1"), reported(city, "citymgmt", "2")
    master = reported(city, "desk", None)
    for one, into in ((first, second), (second, master)):
        merge(city, Call(OFFICER), one, into)
    accept(city, Call(OFFICER), master)
    tell(city, master, e.IncidentReplied(text="已劝离"))
    read(reader)
    bodies = [row.body["payload"] for row in told(city)]
    assert sorted((body["case_id"], body["status"]) for body in bodies) == [
        ("1", "回复"), ("1", "立案"), ("2", "回复"), ("2", "立案"),
    ]  # fmt: skip
    assert len({row.id for row in told(city)}) == 4
