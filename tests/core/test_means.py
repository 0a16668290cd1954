"""What a response sets moving: shelters are filled up, cordons have an end, stock knows its holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import core.events_linkage as m
import core.events_stock as s
from core.envelope import Body, Event
from core.events_commit import SupplyPart
from core.means import ROADS_MOST, Haven, Opened, closable, open_shelters, still_reserved
from core.plans import Cordon, Shelter

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
NEAR = Haven("B1", "一小", "990101", "III", 118.1, 24.4, free=300, metres=200)
FAR = replace(NEAR, id="B2", name="二小", free=400, metres=900)
WORDS = {"drain": ("排涝", "Draining")}


def roof(persons: int) -> Shelter:
    return Shelter(code="roof", phase="drain", radius_m=3000, persons=persons)


def ring(radius_m: float) -> Cordon:
    return Cordon(code=f"r{radius_m:g}", phase="drain", radius_m=radius_m, reason="封控")


def test_a_shelter_that_the_response_has_open_takes_more_before_another_is_opened() -> None:
    opened, missing = open_shelters([roof(350)], [FAR, NEAR], {"B1": 200}, WORDS)
    assert (opened, missing) == ([Opened(NEAR, 500), Opened(FAR, 50)], [])


def test_a_cordon_of_too_many_roads_is_named_instead_of_closed_and_a_narrower_one_stands() -> None:
    metres = [10.0] * ROADS_MOST + [20.0]
    kept, wide = closable([ring(10), ring(20)], metres, WORDS)
    assert kept == [ring(10)]
    assert [(one.kind, one.what, one.name_en, one.missing, one.reason) for one in wide] == [
        ("closure", "r20", "Draining", ROADS_MOST + 1, "too_many_roads")
    ]


def told(*bodies: tuple[str, Body]) -> list[Event]:
    return [
        Event("live", n, body.VERSION, subject, "", AT, AT, "wang", "desk-1", None, body)
        for n, (subject, body) in enumerate(bodies, 1)
    ]


def sent(quantity: float) -> m.MeansSent:
    part = SupplyPart(
        store="S", store_name="库", lot="L", item="i", name="水", unit="瓶", quantity=quantity, eta_s=60
    )
    return m.MeansSent(supplies=(part,))


def test_what_is_issued_is_the_responses_own_first_and_what_was_reserved_by_hand_stays() -> None:
    events = told(
        ("L", s.LotReserved(quantity=10, incident="I")),
        ("R", sent(10)),
        ("L", s.LotReserved(quantity=5, incident="I")),
        ("L", s.LotIssued(quantity=6, of_reserved=6, incident="I")),
        ("L", s.LotIssued(quantity=3, of_reserved=0, incident="other")),
        ("L", s.LotReturned(quantity=6, incident="I")),
        ("L", s.LotReleased(quantity=1, incident="I")),
    )
    assert still_reserved(events, "I") == {"L": 3.0}
    gone = told(("L", s.LotIssued(quantity=99, of_reserved=12, incident="I")))
    assert still_reserved([*events, *gone], "I") == {"L": 0.0}
