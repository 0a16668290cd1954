"""A hazard's life: the table of moves, what is due when, and the fold of any facts in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.events_sites as e
from core.errors import MoveNotAllowed
from core.hazards import DAYS, MOVES, STATUSES, Hazard, Step, allowed, apply, decide, overdue, register
from tests.cast import AREA_A, START, event
from tests.core.strategies import examples


def hazard(status: str = "registered", version: int = 1) -> Hazard:
    due_at = START + timedelta(days=DAYS[status]) if status in DAYS else None
    return Hazard("H1", version, "海堤险段", "sea", AREA_A, status, "区水务局", START, START, due_at)


def told(known: Hazard | None, drafts: list, seq: int = 10) -> Hazard:
    """The hazard after drafts, as the log would tell them."""
    for number, draft in enumerate(drafts, start=seq):
        known = apply(known, event(number, draft.subject, draft.body, draft.occurred_at, draft.area))
    assert known is not None
    return known


def test_a_hazard_goes_from_registered_to_closed_and_each_step_has_its_time():
    known, at = told(None, [register(hazard())]), START
    for verb, status in (("assess", "assessed"), ("report", "reported"), ("rectify", "rectified"),
                         ("close", "closed")):  # fmt: skip
        at += timedelta(days=1)
        known = told(known, decide(known, verb, Step(text="已办"), at))
        assert (known.status, known.status_since) == (status, at)
        assert known.due_at == (at + timedelta(days=DAYS[status]) if status in DAYS else None)
    assert known.owner == "区水务局"


def test_what_cannot_be_mended_is_watched_and_may_be_assessed_again():
    watched = told(hazard("reported"), decide(hazard("reported"), "monitor", Step("无法搬迁"), START))
    assert watched.status == "monitored"
    assert allowed("monitored") == ("assess", "note")


@given(st.sampled_from(STATUSES), st.sampled_from(sorted(MOVES)))
def test_the_table_says_what_may_be_done_and_a_refusal_says_what_else(status, verb):
    if verb in allowed(status):
        after = MOVES[verb][1] or status
        assert told(hazard(status), decide(hazard(status), verb, Step(), START)).status == after
    else:
        with pytest.raises(MoveNotAllowed) as refused:
            decide(hazard(status), verb, Step(), START)
        assert refused.value.params["allowed"] == list(allowed(status))


def test_a_site_the_log_does_not_know_is_registered_with_its_first_step():
    drafts = decide(hazard(version=0), "assess", Step(level=2), START)
    assert [type(draft.body) for draft in drafts] == [e.HazardRegistered, e.HazardAssessed]
    assert told(None, drafts).level == 2


def test_a_note_may_give_another_owner_and_date_and_changes_no_state():
    later = START + timedelta(days=90)
    known = told(
        hazard("reported"), decide(hazard("reported"), "note", Step("延期", "市水务局", later), START)
    )
    assert (known.status, known.owner, known.due_at) == ("reported", "市水务局", later)


def test_it_is_overdue_after_its_date_and_never_when_closed():
    late = START + timedelta(days=8)
    assert overdue(hazard(), late) and not overdue(hazard(), START)
    closed = told(hazard("rectified"), decide(hazard("rectified"), "close", Step(), START))
    assert not overdue(closed, late)


def test_a_second_registration_changes_the_place_and_not_how_far_it_has_come():
    again = e.HazardRegistered(name="新名", category="sea", status="registered", owner="", due_at=None)
    known = apply(hazard("rectified"), event(9, "hazard:H1", again))
    assert known is not None
    assert (known.name, known.status, known.owner) == ("新名", "rectified", "区水务局")


_bodies = st.sampled_from([
    e.HazardRegistered(name="a", category="", status="registered", owner="", due_at=None),
    e.HazardAssessed(text="", level=None, owner="x", due_at=None),
    e.HazardReported(text="", owner="x", due_at=None), e.HazardRectified(text="", owner="x", due_at=None),
    e.HazardClosed(text=""), e.HazardMonitored(text="", owner="x", due_at=None),
    e.HazardReopened(text="", owner="x", due_at=None), e.HazardNoted(text="", owner="x", due_at=None),
    e.PatrolVisited(target="hazards", code="H1", name="a", by="x", finding=None, incident=None),
])  # fmt: skip


@given(st.lists(_bodies, max_size=12))
@examples(100)
def test_the_fold_takes_any_facts_in_any_order(bodies):
    known = None
    for seq, body in enumerate(bodies, start=1):
        known = apply(known, event(seq, "hazard:H1", body))
    assert known is None or known.status in STATUSES
