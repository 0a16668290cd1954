"""Limits over HTTP."""

from __future__ import annotations

from tests.api.conftest import Server


def test_the_limits_are_told_with_the_time_they_are_counted_in(server: Server) -> None:
    told = server.get("/limits").json()
    dispatch = [one for one in told["items"] if (one["step"], one["urgency"]) == ("dispatch", "emergency")]
    assert [(one["amount"], one["unit"]) for one in dispatch] == [(60, "second")]
    assert (told["day_s"], told["hours"][0]["starts"]) == (7 * 3600, "08:30")
    assert told["workdays"][0]["day"] == "2027-01-01"
    assert told["holidays_until"].endswith("-12-31")
