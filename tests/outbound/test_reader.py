"""What offices are told, from the log, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import delete

import core.events as e
from actions import incidents
from actions.services import Services
from actions.unit_of_work import Call
from core.events_cases import WhistleAnswered
from core.permissions import SYSTEM
from db import outbound as queue
from db.tables_outbound import outbound_cursor
from outbound.reader import NO_ADDRESS, Reader
from tests import cast
from tests.outbound.desk import messages, notices, read, tell, transferred, whistle
from tests.parts import Clock, report

DESK = Call(cast.OFFICER)
CHENGGUAN = "chengguan@990101"


def test_a_report_alarms_the_desk_that_has_it_and_a_grave_one_the_citys_desk_too(
    city: Services, reader: Reader
) -> None:
    ident = report(city, severity=2, **{"class": cast.LITTER})
    read(reader)
    told = notices(city)
    assert {(n.office, n.fact, n.alarm, n.incident) for n in told} == {
        ("@", "IncidentReported", True, ident),
        (f"@{cast.TOWN_A}", "IncidentReported", True, ident),
    }
    assert told[0].said["title"] and told[0].said["place"]
    report(city, severity=3, **{"class": cast.LITTER})
    read(reader)
    assert [n.office for n in notices(city)[2:]] == [f"@{cast.TOWN_A}"]


def test_what_was_acted_upon_wants_nobody_any_more(city: Services, reader: Reader) -> None:
    ident = report(city)
    read(reader)
    incidents.accept(city, DESK, ident)
    read(reader)
    assert all(n.settled_at for n in notices(city))


def test_a_transfer_and_a_whistle_are_told_to_the_office_they_name(city: Services, reader: Reader) -> None:
    ident = report(city)
    tell(city, ident, transferred(CHENGGUAN), whistle("@990101001"), whistle("shuili@990101", "w2"))
    read(reader)
    by_office = {n.office: n.fact for n in notices(city) if n.fact != "IncidentReported"}
    assert by_office == {
        CHENGGUAN: "IncidentTransferred", "@990101001": "WhistleBlown", "@": "WhistleBlown",
    }  # fmt: skip
    answered = WhistleAnswered(whistle="w1", office="@990101001", text=None, late_s=0)
    tell(city, ident, answered)
    read(reader)
    open_whistles = [n.office for n in notices(city) if n.fact == "WhistleBlown" and not n.settled_at]
    assert open_whistles == ["@"]


def test_a_missed_whistle_is_told_to_whoever_asked_owns_and_is_late_until_they_report_in(
    city: Services, reader: Reader
) -> None:
    """The city's desk whistles to the city management for an incident of town A."""
    ident = report(city, **{"class": cast.LITTER})
    blown = whistle(CHENGGUAN).model_copy(update={"asker": "@"})
    tell(city, ident, blown, e.DeadlineMissed(step="whistle:w1", due_at=city.now()))
    read(reader)

    def waiting(fact: str) -> set[str]:
        return {n.office for n in notices(city) if n.fact == fact and not n.settled_at}

    assert waiting("DeadlineMissed") == {"@", f"@{cast.TOWN_A}", CHENGGUAN}
    tell(city, ident, e.DeadlineMissed(step="dispatch", due_at=city.now()))
    tell(city, ident, WhistleAnswered(whistle="w1", office=CHENGGUAN, text=None, late_s=0))
    read(reader)
    assert waiting("WhistleBlown") == set()
    assert waiting("DeadlineMissed") == {f"@{cast.TOWN_A}"}, "its own clock is over still"


def test_a_message_goes_to_the_offices_telephone_and_names_the_time(city: Services, reader: Reader) -> None:
    ident = report(city)
    tell(city, ident, transferred(CHENGGUAN), whistle("@990101001"))
    read(reader)
    sent, unknown = messages(city)
    assert (sent.channel, sent.addressee, sent.state) == ("sms", "0592-2", "queued")
    assert "时限 03-02 13:00" in sent.body["text"]
    assert (unknown.office, unknown.state, unknown.error) == ("@990101001", "dead", NO_ADDRESS)


def test_facts_read_again_tell_nothing_twice(city: Services, reader: Reader) -> None:
    tell(city, report(city), transferred(CHENGGUAN))
    read(reader)
    before = [tuple(n) for n in notices(city)], [tuple(m) for m in messages(city)]
    with city.engine.begin() as conn:
        conn.execute(delete(outbound_cursor))
    read(reader)
    assert ([tuple(n) for n in notices(city)], [tuple(m) for m in messages(city)]) == before


def test_of_four_that_read_at_once_one_does(city: Services, reader: Reader) -> None:
    read(reader)
    for _ in range(5):
        report(city)
    with city.engine.begin() as conn:
        assert queue.take_cursor(conn, "live") is not None
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(reader.read, ["live"] * 3)) == [0, 0, 0]
    assert reader.read("live") > 0
    assert len(notices(city, "@")) == 5


def test_past_incidents_brought_in_call_nobody(city: Services, reader: Reader, clock: Clock) -> None:
    ident = report(city)
    incidents.accept(city, DESK, ident)
    read(reader)
    told = len(notices(city))
    clock.pass_(days=3)
    old = Call(SYSTEM, occurred_at=clock.at - timedelta(days=2))
    incidents.note(city, old, ident, "补录")
    tell(city, ident, e.DeadlineMissed(step="arrive", due_at=clock.at))
    read(reader)
    assert len(notices(city)) == told + 1, "only what has just happened"


def test_only_worlds_with_news_are_read(city: Services, reader: Reader) -> None:
    def behind() -> list[str]:
        with city.engine.connect() as conn:
            return queue.behind(conn)

    assert behind() == ["live"]
    read(reader)
    assert behind() == []
    report(city)
    assert behind() == ["live"]
