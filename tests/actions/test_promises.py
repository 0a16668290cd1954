"""The promises of a request: a key acts once, a stale version is refused, a source reports once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from actions import dispatch, incidents
from actions.commands import DispatchCommand
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import (
    KeyReused,
    StaleVersion,
    UnitBusy,
)
from core.permissions import Principal
from tests.cast import (
    IN_B,
    OFFICER,
    SECOND_OFFICER,
)
from tests.parts import (
    DESK,
    advance,
    head,
    kinds,
    report,
    report_command,
    row,
    send,
)


def keyed(key: str, body: str = "b", by: Principal = OFFICER) -> Call:
    return Call(by, key=key, request_hash=body)


def test_the_same_key_gives_the_same_answer_and_does_nothing_twice(city: Services) -> None:
    first = incidents.report(city, keyed("k1"), report_command())
    seq = head(city)
    assert incidents.report(city, keyed("k1"), report_command()) == first
    assert head(city) == seq


def test_the_same_key_with_another_body_is_refused(city: Services) -> None:
    incidents.report(city, keyed("k1"), report_command())
    seq = head(city)
    with pytest.raises(KeyReused):
        incidents.report(city, keyed("k1", "other"), report_command(IN_B))
    assert head(city) == seq


def test_keys_of_two_principals_are_two_keys(city: Services) -> None:
    first = incidents.report(city, keyed("k1"), report_command())
    second = incidents.report(city, keyed("k1", by=SECOND_OFFICER), report_command())
    assert first["id"] != second["id"]


def test_a_refused_request_may_come_again_with_its_key(city: Services) -> None:
    ident = report(city)
    holder = report(city)
    (assignment,) = send(city, holder, "F1")
    command = DispatchCommand(units=("F1",))
    with pytest.raises(UnitBusy):
        dispatch.dispatch(city, keyed("k1"), ident, command)
    advance(city, assignment, "release")
    assert dispatch.dispatch(city, keyed("k1"), ident, command)["status"] == "dispatched"


def test_twins_at_the_same_moment_have_one_effect_and_one_answer(city: Services) -> None:
    seq = head(city)
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: incidents.report(city, keyed("twin"), report_command()), range(8)))
    assert len({answered["id"] for answered in given}) == 1
    assert all(answered == given[0] for answered in given)
    assert kinds(city, after=seq) == ["IncidentReported"]


def test_a_stale_version_is_refused_with_the_newer_state(city: Services) -> None:
    ident = report(city)
    held = row(city, ident).version
    incidents.note(city, DESK, ident, "又来电")
    seq = head(city)
    with pytest.raises(StaleVersion) as refused:
        incidents.accept(city, replace(DESK, if_match=held), ident)
    assert (refused.value.params["held"], refused.value.params["current"]) == (held, seq)
    assert refused.value.params["newer"]["properties"]["status"] == "reported"
    assert head(city) == seq
    incidents.accept(city, replace(DESK, if_match=seq), ident)


def test_a_source_that_reports_twice_reported_once(city: Services) -> None:
    first = incidents.report(city, DESK, report_command(source_id="X-1"))
    again = incidents.report(city, DESK, report_command(IN_B, source_id="X-1"))
    other = incidents.report(city, DESK, report_command(source_id="X-1", channel="12345"))
    assert (first["created"], again["created"], other["created"]) == (True, False, True)
    assert again["id"] == first["id"] != other["id"]


def test_eight_threads_reporting_one_source_make_one_incident(city: Services) -> None:
    for round_ in range(3):
        seq = head(city)

        def tell(n: int, source: str = f"S-{round_}") -> dict[str, Any]:
            call = Call(OFFICER, key=f"{source}-{n}", request_hash=str(n))
            return incidents.report(city, call, report_command(source_id=source))

        with ThreadPoolExecutor(8) as pool:
            given = list(pool.map(tell, range(8)))
        assert len({answered["id"] for answered in given}) == 1
        assert sum(answered["created"] for answered in given) == 1
        assert kinds(city, after=seq) == ["IncidentReported"]
