"""Supplies: the earliest, then the fewest stores, never what is held back; equal to trying all ways."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from core.stock import Hold, Lot, Terms
from core.supply import Allocation, Need, allocate, giveable
from tests.core.strategies import examples

TODAY = date(2026, 6, 1)
TERMS = Terms(TODAY, 30)


def lot(store: str, quantity: float, item: str = "sand", **given: object) -> Lot:
    values = {"expiry": None, "minimum": 0.0} | given
    ident = str(values.pop("id", f"{store}-{item}-{values['expiry']}"))
    return Lot(ident, 1, store, item, item, "袋", "350203", quantity=quantity, **values)  # type: ignore[arg-type]


def sent(found: Allocation) -> list[tuple[str, float]]:
    return [(part.lot.store, part.quantity) for part in found.parts]


def test_the_nearest_store_that_has_all_of_it_sends_it() -> None:
    lots = [lot("far", 100), lot("near", 100)]
    assert sent(allocate([Need("sand", 60)], lots, {"far": 900, "near": 300}, TERMS)) == [("near", 60)]


def test_a_split_is_made_where_it_is_complete_earlier_than_from_one_store() -> None:
    lots = [lot("a", 40), lot("b", 40), lot("far", 100)]
    found = allocate([Need("sand", 60)], lots, {"a": 300, "b": 400, "far": 900}, TERMS)
    assert sent(found) == [("a", 40), ("b", 20)]


def test_one_store_is_chosen_where_two_are_not_complete_any_earlier() -> None:
    lots = [lot("a", 40), lot("b", 100)]
    assert sent(allocate([Need("sand", 60)], lots, {"a": 300, "b": 400}, TERMS)) == [("b", 60)]


def test_stores_of_the_same_minute_arrive_alike_and_the_one_that_has_both_items_sends_both() -> None:
    lots = [lot("a", 10), lot("b", 10), lot("b", 10, "pump")]
    found = allocate([Need("sand", 10), Need("pump", 1)], lots, {"a": 301, "b": 359}, TERMS)
    assert found.stores == ("b",)


def test_of_a_stores_lots_what_expires_first_goes_first_and_what_has_expired_stays() -> None:
    days = [TODAY - timedelta(1), TODAY + timedelta(9), TODAY + timedelta(2)]
    lots = [lot("a", 10, expiry=day) for day in days] + [lot("a", 10)]
    found = allocate([Need("sand", 25)], lots, {"a": 60}, TERMS)
    assert {part.lot.expiry: part.quantity for part in found.parts} == {days[2]: 10, days[1]: 10, None: 5}


def test_a_store_is_not_left_out_for_a_millionth() -> None:
    lots = [lot("a", 999_999.5), lot("b", 0.5)]
    found = allocate([Need("sand", 1e6)], lots, {"a": 60, "b": 60}, TERMS)
    assert (sum(part.quantity for part in found.parts), found.shortfalls) == (1e6, ())


def test_a_need_that_rounds_to_nothing_is_none() -> None:
    lots = [lot("a", 5), lot("b", 5)]
    found = allocate([Need("sand", 0.0)], lots, {"a": 60, "b": 60}, TERMS)
    assert (found.parts, found.shortfalls) == ((), ())


def test_what_is_held_back_is_told_by_its_reason() -> None:
    lots = [
        lot("a", 10, minimum=6),
        lot("b", 10, holds=(Hold("fire", 9.0),)),
        lot("c", 20, expiry=TODAY - timedelta(1)),
        lot("island", 5),
    ]
    travel = {"a": 60.0, "b": 60.0, "c": 60.0, "island": math.inf}
    found = allocate([Need("sand", 30)], lots, travel, TERMS)
    (short,) = found.shortfalls
    assert (short.missing, short.reason) == (25, "expired")
    assert short.held_back == {"minimum": 6, "reserved": 9, "expired": 20, "unreachable": 5}
    assert allocate([Need("pump", 1)], lots, travel, TERMS).shortfalls[0].reason == "no_stock"
    assert allocate([Need("sand", 9)], [lot("a", 5)], travel, TERMS).shortfalls[0].reason == "not_enough"


def test_what_comes_too_late_is_sent_and_told() -> None:
    found = allocate([Need("sand", 5, by_s=100)], [lot("a", 9)], {"a": 400}, TERMS)
    assert sent(found) == [("a", 5)]
    assert [(s.reason, s.missing, s.eta_s) for s in found.shortfalls] == [("late", 0, 400)]


def test_of_one_minute_only_those_in_time_are_asked_where_a_time_is_given() -> None:
    lots = [lot("a", 9), lot("b", 9, expiry=TODAY)]
    found = allocate([Need("sand", 5, by_s=100)], lots, {"a": 90, "b": 110}, TERMS)
    assert (sent(found), found.shortfalls) == ([("a", 5)], ())


# --- beside trying all ways -------------------------------------------------------------------------------

STORES, ITEMS = ("A", "B", "C", "D"), ("sand", "pump", "tent")


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[Need], list[Lot], dict[str, float]]:
    lots = [
        lot(
            store,
            draw(st.integers(1, 9)),
            item,
            id=f"{store}{item}{n}",
            minimum=draw(st.sampled_from([0, 0, 3])),
            expiry=draw(st.sampled_from([None, TODAY, TODAY + timedelta(5), TODAY - timedelta(1)])),
        )
        for store in STORES
        for item in ITEMS
        for n in range(draw(st.integers(0, 2)))
    ]
    needs = [Need(item, draw(st.integers(1, 20)) / 2) for item in draw(st.sets(st.sampled_from(ITEMS)))]
    travel = {store: float(draw(st.integers(0, 6)) * 60) for store in STORES}
    return needs, lots, travel


def complete_at(need: Need, lots: Sequence[Lot], travel: dict[str, float], stores: Sequence[str]) -> float:
    """When a need is complete from these stores; infinite when it never is."""
    for minute in sorted({travel[store] for store in stores}):
        there = sum(
            giveable(one, TERMS)
            for one in lots
            if one.item == need.item and one.store in stores and travel[one.store] <= minute
        )
        if there >= need.quantity:
            return minute
    return math.inf


def best(needs: Sequence[Need], lots: Sequence[Lot], travel: dict[str, float]) -> tuple[int, float]:
    """How few stores, and their least Σ share · seconds, by trying all: needs that can be met, each as early
    as from all stores together."""
    ways = []
    for size in range(len(STORES) + 1):
        for stores in combinations(STORES, size):
            if all(
                complete_at(n, lots, travel, stores) <= complete_at(n, lots, travel, STORES) for n in needs
            ):
                ways.append((size, cost(needs, lots, travel, stores)))
    return min(ways)


def cost(
    needs: Sequence[Need], lots: Sequence[Lot], travel: dict[str, float], stores: Sequence[str]
) -> float:
    total = 0.0
    for need in needs:
        left = need.quantity
        for store in sorted(stores, key=travel.__getitem__):
            gives = sum(giveable(one, TERMS) for one in lots if (one.store, one.item) == (store, need.item))
            total += min(left, gives) / need.quantity * travel[store]
            left -= min(left, gives)
    return total


@given(towns())
@examples(150)
def test_it_equals_trying_every_set_of_stores(town: tuple[list[Need], list[Lot], dict[str, float]]) -> None:
    needs, lots, travel = town
    met = [need for need in needs if math.isfinite(complete_at(need, lots, travel, STORES))]
    found = allocate(met, lots, travel, TERMS)
    assert not found.shortfalls
    few, least = best(met, lots, travel)
    assert len(found.stores) == few
    asked = {need.item: need.quantity for need in met}
    shares = sum(part.quantity / asked[part.lot.item] * part.eta_s for part in found.parts)
    assert math.isclose(shares, least, abs_tol=1e-6)
    for need in met:
        parts = [part for part in found.parts if part.lot.item == need.item]
        assert sum(part.quantity for part in parts) == need.quantity
        assert max(part.eta_s for part in parts) == complete_at(need, lots, travel, STORES)


@given(towns())
@examples(100)
def test_no_lot_gives_more_than_it_may_and_nothing_is_lost_between_sent_and_missing(
    town: tuple[list[Need], list[Lot], dict[str, float]],
) -> None:
    needs, lots, travel = town
    found = allocate(needs, lots, travel, TERMS)
    for part in found.parts:
        assert 0 < part.quantity <= giveable(part.lot, TERMS)
    assert len({part.lot.id for part in found.parts}) == len(found.parts)
    for need in needs:
        went = sum(part.quantity for part in found.parts if part.lot.item == need.item)
        missing = sum(short.missing for short in found.shortfalls if short.item == need.item)
        assert went + missing == need.quantity
